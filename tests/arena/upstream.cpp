// An arena that gets its blocks from another resource: what it asks for, when it gives blocks up, and what happens when
// the resource throws.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <memory_resource>
#include <new>
#include <vector>

#include "address_space.hpp"
#include "child.hpp"
#include "system_call_filter.hpp"
#include "arena/pattern.hpp"
#include "arena/recording_upstream.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_stats;

using sizes = std::vector<std::size_t>;

} // namespace

BOOST_AUTO_TEST_SUITE(upstream)

BOOST_AUTO_TEST_CASE(it_is_asked_for_blocks_and_gets_them_back_as_it_gave_them) {
    recording_upstream r;
    {
        arena a({.first_block = page, .upstream = &r});
        BOOST_TEST(r.sizes.empty());
        for (std::size_t k = 0; k != 3; ++k) fill(a.allocate((page << k) - front, 1), (page << k) - front, 1);
        static_cast<void>(a.allocate(50 * page - front, 1));
        BOOST_TEST(r.sizes == (sizes{page, 2 * page, 4 * page, 50 * page}), boost::test_tools::per_element());
        for (const auto& block : r.out) {
            BOOST_TEST(block.alignment == alignof(std::max_align_t));
            BOOST_TEST(a.owns(block.p));
        }
        BOOST_TEST(a.stats().allocated == 57 * page);
        a.reset();
        BOOST_TEST(r.deallocations == 0u);
        for (std::size_t k = 0; k != 3; ++k) static_cast<void>(a.allocate((page << k) - front, 1));
        BOOST_TEST(r.sizes.size() == 4u);
        a.reset();
        BOOST_TEST(a.trim(3 * page) == 54 * page);
        BOOST_TEST(r.out.size() == 2u);
        BOOST_TEST(r.out.front().bytes == page);
        static_cast<void>(a.allocate(30 * page));
        a.release();
        BOOST_TEST(r.out.empty());
        static_cast<void>(a.allocate(30 * page));
        BOOST_TEST(r.out.size() == 1u);
    }
    BOOST_TEST(r.out.empty());
}

BOOST_AUTO_TEST_CASE(going_back_keeps_its_blocks) {
    recording_upstream r;
    arena a({.first_block = page, .upstream = &r});
    static_cast<void>(a.allocate(10));
    const auto mark = a.mark();
    for (int round = 0; round != 5; ++round) {
        for (int i = 0; i != 100; ++i) static_cast<void>(a.allocate(500));
        a.rewind(mark);
        const seg::arena_scope scope(a);
        for (int i = 0; i != 100; ++i) static_cast<void>(a.allocate(500));
    }
    const std::size_t asked = r.sizes.size();
    BOOST_TEST(asked == a.stats().blocks);
    BOOST_TEST(r.deallocations == 0u);
}

BOOST_AUTO_TEST_CASE(what_it_throws_reaches_the_caller_and_leaves_the_arena_as_it_was) {
    for (const bool unexpected : {false, true}) {
        recording_upstream r;
        r.throws_an_int = unexpected;
        arena a({.first_block = page, .upstream = &r});
        void* const p = a.allocate(100);
        fill(p, 100, 1);
        r.largest = 0;
        const arena_stats before = a.stats();
        BOOST_TEST(a.try_allocate(10 * page) == nullptr);
        if (unexpected) BOOST_CHECK_THROW(static_cast<void>(a.allocate(10 * page)), int);
        else BOOST_CHECK_THROW(static_cast<void>(a.allocate(10 * page)), std::bad_alloc);
        BOOST_TEST((a.stats() == before));
        BOOST_TEST(holds(p, 100, 1));
        r.largest = 11 * page;
        fill(a.allocate(10 * page), 10 * page, 1);
        // The next one as large as all is refused, one that the request needs is not.
        static_cast<void>(a.allocate(8 * page));
        static_cast<void>(a.allocate(8 * page));
        BOOST_TEST(r.sizes.back() <= 11 * page);
        a.reset();
        r.largest = 0;
        BOOST_TEST(a.allocate(100) == p);
    }
}

BOOST_AUTO_TEST_CASE(what_concerns_the_system_means_nothing) {
    alignas(page) static std::byte memory[64 * page];
    const auto use = [] {
        std::pmr::monotonic_buffer_resource r(memory, sizeof memory, std::pmr::null_memory_resource());
        arena a({.first_block = page,
                 .reserve = 1024 * page,
                 .pages = seg::page_kind::huge,
                 .prefault = seg::prefault_policy::all,
                 .guard = true,
                 .protect = true,
                 .fork = seg::fork_policy::exclude,
                 .upstream = &r});
        void* const p = a.try_allocate(page - front, 1);
        if (p == nullptr || a.stats().allocated != page) return 2;
        const auto mark = a.mark();
        void* const q = a.try_allocate(20 * page, 1);
        if (q == nullptr) return 3;
        fill(q, 20 * page, 1);
        a.rewind(mark);
        a.reset();
        if (a.try_allocate(page - front, 1) != p) return 4;
        a.release();
        return a.stats().allocated == 0 ? 0 : 5;
    };
    const int failed_step = child::status([use] {
        use(); // the sanitizers' own first calls
        filter::forbid_all();
        return use();
    });
    BOOST_TEST(failed_step == 0);
}

BOOST_AUTO_TEST_CASE(max_bytes_is_kept_and_a_buffer_comes_first) {
    recording_upstream r;
    alignas(64) static std::byte memory[1024];
    arena a({.first_block = page, .max_bytes = 4 * page + 1024, .buffer = memory, .upstream = &r});
    static_cast<void>(a.allocate(1024 - front, 1));
    BOOST_TEST(r.sizes.empty());
    while (a.try_allocate(100) != nullptr) BOOST_REQUIRE(a.stats().allocated <= 4 * page + 1024);
    // Each as large as all before it, the buffer included, and what max_bytes leaves.
    BOOST_TEST(r.sizes == (sizes{page, page + 1024, 2 * page - 1024}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(it_is_asked_for_what_is_needed_and_not_for_whole_pages) {
    recording_upstream r;
    arena a({.upstream = &r});
    static_cast<void>(a.allocate(100));
    static_cast<void>(a.allocate(10'000 - front, 1));
    static_cast<void>(a.allocate(1000 - front, 64));
    BOOST_TEST(r.sizes == (sizes{1024, 10'000, 11'024}), boost::test_tools::per_element());
    for (int i = 0; i != 250; ++i) static_cast<void>(a.allocate(40));
    BOOST_TEST(a.stats().allocated <= 2 * a.stats().used + 1024);
}

BOOST_AUTO_TEST_CASE(its_blocks_go_back_newest_first) {
    // Regular blocks, large ones, and some that are freed and used again.
    for (const bool by_trim : {false, true}) {
        arena outer({.first_block = page});
        static_cast<void>(outer.allocate(96)); // no padding follows, which would stay
        const arena_stats before = outer.stats();
        {
            arena inner({.first_block = 200, .upstream = &outer});
            for (int round = 0; round != 3; ++round) {
                for (std::size_t i = 0; i != 100; ++i) {
                    fill(inner.allocate(i * 37 % 300), i * 37 % 300, 1);
                    if (i % 10 == 0) static_cast<void>(inner.allocate(1000 * (i % 7 + 1)));
                }
                inner.reset();
            }
            if (by_trim) inner.trim();
        }
        BOOST_TEST(outer.stats().used == before.used);
    }
}

BOOST_AUTO_TEST_CASE(an_arena_is_an_upstream_too) {
    arena outer({.first_block = page});
    {
        arena inner({.first_block = page, .upstream = &outer});
        for (int i = 0; i != 100; ++i) {
            void* const p = inner.allocate(500);
            BOOST_REQUIRE(outer.owns(p));
            fill(p, 500, 1);
        }
    }
    outer.reset();
    BOOST_TEST(outer.stats().used == 0u);
}

BOOST_AUTO_TEST_CASE(an_attempt_with_any_resource_is_null_where_that_throws_bad_alloc) {
    constexpr std::size_t alignment = alignof(std::max_align_t);
    recording_upstream r;
    void* const p = seg::try_allocate(r, 100, alignment);
    BOOST_TEST(p != nullptr);
    r.deallocate(p, 100, alignment);
    r.largest = 0;
    BOOST_TEST(seg::try_allocate(r, 100, alignment) == nullptr);
    r.throws_an_int = true;
    BOOST_CHECK_THROW(static_cast<void>(seg::try_allocate(r, 100, alignment)), int);
    arena a({.upstream = &r});
    BOOST_TEST(seg::try_allocate(a, 100, alignment) == nullptr); // an arena throws nothing
}

BOOST_AUTO_TEST_SUITE_END()
