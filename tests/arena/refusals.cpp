// The kernel refuses to map, unmap, protect or advise now and then: an arena loses no memory, and allocates none that
// is not there.
#include <sys/mman.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <deque>
#include <fstream>
#include <optional>
#include <random>

#include "address_space.hpp"
#include "child.hpp"
#include "random.hpp"
#include "sanitizer.hpp"
#include "arena/pattern.hpp"

#include "arena/refused_operations.hpp"

namespace {

using namespace observation;
using kernel::call;
using kernel::settle;
using seg::arena;

} // namespace

BOOST_AUTO_TEST_SUITE(refusals, *boost::unit_test::label("kernel"))

BOOST_AUTO_TEST_CASE(whatever_the_kernel_refuses_an_arena_does_what_the_model_says) {
    with_random_numbers([](std::mt19937_64& random) {
        for (int arenas = 0; arenas != 300; ++arenas) kernel::play(random_below{random}, operations::steps(200));
    });
}

BOOST_AUTO_TEST_CASE(what_the_kernel_does_not_unmap_serves_the_next_block_or_is_unmapped_later) {
    settle();
    arena a({.first_block = 64 * page});
    const std::size_t before = mapped_bytes();
    for (int round = 0; round != 100; ++round) {
        fill(a.allocate(50 * page), 50 * page, 1);
        kernel::refuse(call::munmap, 0, 1);
        a.release();
        BOOST_REQUIRE(kernel::refusals() == 1);
        BOOST_REQUIRE(a.stats().allocated == 0u);
        BOOST_REQUIRE(mapped_bytes() == before + 64 * page);
    }
    // A smaller block takes a part of it.
    arena small({.first_block = page});
    void* const p = small.allocate(100);
    fill(p, 100, 2);
    BOOST_TEST(mapped_bytes() == before + 64 * page);
    fill(a.allocate(50 * page), 50 * page, 1);
    BOOST_TEST(holds(p, 100, 2));
    a.release();
    small.release();
    BOOST_TEST(mapped_bytes() == before);
}

BOOST_AUTO_TEST_CASE(blocks_of_the_cache_that_the_kernel_does_not_unmap_serve_again) {
    const auto round = [] {
        std::array<arena, 4> arenas;
        for (arena& a : arenas)
            for (int i = 0; i != 9; ++i) fill(a.allocate(60'000), 60'000, 1);
    };
    round();
    seg::trim_block_cache();
    settle();
    kernel::refuse(call::munmap, 0, 1'000'000);
    for (int i = 0; i != 3; ++i) round();
    const std::size_t before = mapped_bytes();
    for (int i = 0; i != 100; ++i) round();
    BOOST_TEST(mapped_bytes() <= before + (std::size_t{4} << 20));
    settle();
}

BOOST_AUTO_TEST_CASE(a_child_lets_go_of_what_it_has_and_of_nothing_that_lies_in_the_place_of_the_rest) {
    settle();
    char* block = nullptr;
    {
        arena a({.first_block = 64 * page, .fork = seg::fork_policy::exclude});
        block = static_cast<char*>(a.allocate(8)) - page;
        block -= number(block) % page;
        kernel::refuse(call::munmap, 0, 1);
    }
    BOOST_REQUIRE(kernel::refusals() == 1);
    const int failed_step = child::status([block] {
        void* const own = ::mmap(block + 2 * page, 8 * page, PROT_READ | PROT_WRITE,
                                 MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (own != block + 2 * page) return 1;
        settle();
        settle();
        return is_mapped(own) ? 0 : 2;
    });
    BOOST_TEST(failed_step == 0);
    settle();
}

BOOST_AUTO_TEST_CASE(trim_does_not_count_what_the_kernel_does_not_unmap) {
    settle();
    arena a({.first_block = page});
    for (int i = 0; i != 100; ++i) static_cast<void>(a.allocate(1000));
    a.reset();
    const auto full = a.stats();
    BOOST_REQUIRE(full.blocks > 3u);
    kernel::refuse(call::munmap, 0, 1000);
    BOOST_TEST(a.trim() == 0u);
    BOOST_TEST(kernel::refusals() == full.blocks);
    BOOST_TEST(a.stats().blocks == 0u);
    settle();
}

BOOST_AUTO_TEST_CASE(every_option_leaves_nothing_behind_once_the_kernel_unmaps_again) {
    settle();
    const seg::arena_options all[] = {{},
                                      {.first_block = page},
                                      {.reserve = 64 * page},
                                      {.pages = seg::page_kind::huge},
                                      {.guard = true},
                                      {.protect = true},
                                      {.fork = seg::fork_policy::exclude},
                                      {.fork = seg::fork_policy::wipe}};
    for (const seg::arena_options& options : all) {
        seg::trim_block_cache();
        settle();
        const std::size_t before = mapped_bytes();
        {
            arena a(options);
            for (int i = 0; i != 20; ++i) static_cast<void>(a.try_allocate(10'000));
            kernel::refuse(call::munmap, 0, 1000);
            a.release();
            static_cast<void>(seg::trim_block_cache());
            BOOST_TEST(kernel::refusals() != 0u);
        }
        settle();
        settle();
        BOOST_TEST(mapped_bytes() == before);
    }
}

// Neighbouring mappings are one to the kernel, and giving back every second one cuts it into more than a process may
// have.
BOOST_AUTO_TEST_CASE(the_real_kernel_refuses_to_unmap_and_nothing_is_lost) {
    settle();
    std::ifstream file("/proc/sys/vm/max_map_count");
    std::size_t most = 0;
    BOOST_REQUIRE(file >> most);
    const std::size_t n =
        2 * std::min<std::size_t>(most, 65'530) + 10'000; // more than that is allowed: nothing is refused
    std::deque<std::optional<arena>> arenas(n);
    const std::size_t before = mapped_bytes();
    for (auto& a : arenas) static_cast<void>(a.emplace(seg::arena_options{.first_block = page}).allocate(8));
    // AddressSanitizer's list of where LeakSanitizer looks is as long as there are arenas.
    constexpr std::size_t list = sanitized ? std::size_t{16} << 20 : 0;
    const std::size_t full = mapped_bytes();
    BOOST_TEST(full >= before + n * page);
    BOOST_TEST(full <= before + n * page + list);
    for (std::size_t i = 0; i < n; i += 2) arenas[i].reset();
    if (most <= 65'530) BOOST_TEST(mapped_bytes() > before + n / 2 * page);
    // What was kept serves, though no further mapping is to be had.
    for (std::size_t i = 0; i < 2000; i += 2) {
        void* const p = arenas[i].emplace(seg::arena_options{.first_block = page}).try_allocate(8);
        BOOST_REQUIRE(p != nullptr);
        fill(p, 8, 1);
    }
    for (auto& a : arenas) a.reset();
    BOOST_TEST(mapped_bytes() <= before + list);
}

BOOST_AUTO_TEST_CASE(a_reservation_says_what_was_refused_and_is_as_it_was) {
    settle();
    constexpr seg::arena_options plain{.first_block = page, .pages = seg::page_kind::normal};
    kernel::refuse(call::mmap, 0, 2);
    BOOST_TEST(!seg::reservation::make(plain, 100 * page, page, 4 * page));
    kernel::refuse(call::mprotect, 0, 1);
    auto r = seg::reservation::make(plain, 100 * page, page, 4 * page);
    BOOST_TEST(r.committed() == page); // what is needed
    kernel::refuse(call::mprotect, 0, 2);
    BOOST_TEST(r.commit(plain, page, 16 * page));
    BOOST_TEST(r.committed() == 5 * page); // a quarter
    kernel::refuse(call::mprotect);
    BOOST_TEST(!r.commit(plain, page, 16 * page));
    kernel::refuse(call::madvise);
    BOOST_TEST(!r.decommit(page));
    BOOST_TEST(r.committed() == 5 * page);
    kernel::refuse(call::munmap, 0, 1);
    BOOST_TEST(!r.give_back(plain));
    BOOST_TEST(!r);
    settle();
}

BOOST_AUTO_TEST_SUITE_END()
