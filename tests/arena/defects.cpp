// Defects of simple bump allocators. The comment of each case names the design that fails there.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>

#include "address_space.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"
#include "sys/private_memory.hpp"

import seg.arena;
import seg.sys;

namespace {

using namespace observation;
using seg::arena;

} // namespace

BOOST_AUTO_TEST_SUITE(defects)

// The next block is mapped at its usual size whatever was asked for.
BOOST_AUTO_TEST_CASE(a_request_larger_than_the_next_block_is_met) {
    arena a({.first_block = page});
    for (const std::size_t bytes : {page, 5 * page, 1000 * page, 7 * page}) {
        void* const p = a.allocate(bytes, 8);
        fill(p, bytes, 1);
        BOOST_TEST(holds(p, bytes, 1));
    }
    arena first_of_all({.first_block = page});
    fill(first_of_all.allocate(1000 * page, 8), 1000 * page, 2);
}

// The first block's size is not recorded, so it is unmapped with size 0, which the kernel refuses.
BOOST_AUTO_TEST_CASE(the_first_block_is_unmapped) {
    const std::size_t before = mapped_bytes();
    std::size_t during = 0;
    const void* first = nullptr;
    {
        arena a({.first_block = 64 * page});
        first = a.allocate(1);
        during = mapped_bytes();
    }
    const std::size_t after = mapped_bytes();
    const bool still_mapped = is_mapped(first);
    BOOST_TEST(during == before + 64 * page);
    BOOST_TEST(after == before);
    BOOST_TEST(!still_mapped);
}

// reset forgets how many blocks there are, so destruction unmaps only the first.
BOOST_AUTO_TEST_CASE(every_block_is_unmapped_by_the_destructor_after_a_reset) {
    void* p[5] = {};
    const std::size_t before = mapped_bytes();
    std::optional<arena> a;
    a.emplace(seg::arena_options{.first_block = page});
    for (std::size_t k = 0; k != 5; ++k) p[k] = a->allocate((page << k) - front, 1);
    a->reset();
    a.reset();
    const std::size_t after = mapped_bytes();
    const auto still_mapped = std::count_if(p, p + 5, [](const void* q) { return is_mapped(q); });
    BOOST_TEST(after == before);
    BOOST_TEST(still_mapped == 0);
}

// Every size is rounded up to 8 bytes, and that is all the alignment there is.
BOOST_AUTO_TEST_CASE(alignment_above_8_is_respected) {
    arena a;
    for (int i = 0; i != 100; ++i) {
        static_cast<void>(a.allocate(8, 8));
        for (const std::size_t alignment : {std::size_t{16}, std::size_t{32}, std::size_t{64}, std::size_t{4096}})
            BOOST_TEST(is_aligned(a.allocate(8, alignment), alignment));
    }
}

// The cap is compared with what is mapped already, not with what would be.
BOOST_AUTO_TEST_CASE(the_cap_is_tested_before_it_is_exceeded) {
    for (const std::size_t cap : {4 * page, 5 * page, 64 * page}) {
        arena a({.first_block = page, .max_bytes = cap});
        for (int i = 0; i != 1000; ++i) {
            const std::size_t before = mapped_bytes();
            const void* const p = a.try_allocate(1000, 8);
            const std::size_t after = mapped_bytes();
            BOOST_REQUIRE(a.stats().allocated <= cap);
            if (p == nullptr) BOOST_REQUIRE(after == before);
        }
        BOOST_TEST(a.try_allocate(1000, 8) == nullptr);
    }
}

// "Less than" where "at most" is meant: a request for all that is left opens another block.
BOOST_AUTO_TEST_CASE(a_request_that_exactly_fits_opens_no_block) {
    arena a({.first_block = page});
    static_cast<void>(a.allocate(page - front - gap - 16, 1));
    BOOST_TEST(a.stats().blocks == 1u);
    static_cast<void>(a.allocate(16, 1));
    BOOST_TEST(a.stats().blocks == 1u);
    BOOST_TEST(a.stats().used == page - header);
}

// Both the list of blocks and the destructor unmap; whatever was mapped there in between goes, too.
BOOST_AUTO_TEST_CASE(no_block_is_unmapped_twice) {
    std::optional<arena> a;
    a.emplace(seg::arena_options{.first_block = 16 * page});
    void* const block = reinterpret_cast<void*>(number(a->allocate(1)) / page * page);
    a->release();
    // Somebody else's memory, exactly where the block was.
    constexpr auto exactly_there = private_memory | seg::sys::map_flag::fixed_noreplace;
    const auto foreign = seg::sys::mmap(block, 16 * page, readable_and_writable, exactly_there);
    BOOST_REQUIRE(foreign.has_value());
    fill(*foreign, 16 * page, 3);
    a->release();
    a->reset();
    a.reset();
    const bool still_mapped = is_mapped(*foreign) && is_mapped(static_cast<char*>(*foreign) + 15 * page);
    BOOST_REQUIRE(still_mapped);
    BOOST_TEST(holds(*foreign, 16 * page, 3));
    BOOST_TEST(seg::sys::munmap(*foreign, 16 * page).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
