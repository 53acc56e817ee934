// A first block without allocations gives way to a larger one, and trim unmaps it. Marks from before stay valid.
#include <boost/test/unit_test.hpp>

#include <cstddef>

#include "address_space.hpp"
#include "arena/pattern.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

} // namespace

BOOST_AUTO_TEST_SUITE(empty_block)

BOOST_AUTO_TEST_CASE(trimming_takes_the_block_that_a_mark_was_set_in) {
    arena a({.first_block = page});
    void* const p = a.allocate(83, 1);
    const auto mark = a.mark();
    a.deallocate(p, 83, 1);
    BOOST_TEST(a.trim() == page);
    a.rewind(mark);
    BOOST_TEST((a.stats() == seg::arena_stats{0, 0, a.stats().peak, 0}));
    void* const again = a.allocate(83, 1);
    fill(again, 83, 1);
    a.rewind(mark);
    BOOST_TEST(a.stats().used == 0u);
    BOOST_TEST(a.allocate(83, 1) == again);
}

BOOST_AUTO_TEST_CASE(marks_from_before_the_first_block_gave_way_lead_back_to_nothing) {
    arena a({.first_block = page});
    void* const first = a.allocate(83, 1);
    for (int round = 0; round != 4; ++round) {
        a.reset();
        const auto before = a.mark();
        a.deallocate(a.allocate(83, 1), 83, 1);
        const auto between = round % 2 == 0 ? before : (static_cast<void>(a.allocate(83, 1)), a.mark());
        if (round % 2 == 1) a.deallocate(first, 83, 1);
        fill(a.allocate(3 * page), 3 * page, 1); // the first block gives way
        fill(a.allocate(100, 1), 100, 2);
        {
            const seg::arena_scope inner(a);
            for (int i = 0; i != 100; ++i) fill(a.allocate(100, 1), 100, 3);
        }
        BOOST_TEST(a.stats().used >= 3 * page + 100);
        a.rewind(between);
        BOOST_TEST(a.stats().used == 0u);
        fill(a.allocate(100, 1), 100, 4);
        a.rewind(before);
        BOOST_TEST(a.stats().used == 0u);
        BOOST_TEST(a.allocate(83, 1) == first);
    }
}

BOOST_AUTO_TEST_CASE(a_mark_in_an_empty_arena_keeps_no_block) {
    arena a({.first_block = page});
    static_cast<void>(a.allocate(83, 1));
    a.reset();
    {
        const seg::arena_scope scope(a);
        BOOST_TEST(a.trim() == page);
        fill(a.allocate(100, 1), 100, 1);
    }
    BOOST_TEST(a.stats().used == 0u);
    BOOST_TEST(a.trim() == page);

    // Nor does one that was set there keep a block, once it is rewound to.
    static_cast<void>(a.allocate(83, 1));
    a.reset();
    const auto mark = a.mark();
    static_cast<void>(a.allocate(83, 1));
    static_cast<void>(a.mark());
    a.rewind(mark);
    BOOST_TEST(a.trim() == page);
    BOOST_TEST(a.stats().blocks == 0u);
}

BOOST_AUTO_TEST_CASE(rewinding_to_the_beginning_leaves_the_block_in_use) {
    arena a({.first_block = page});
    void* const p = a.allocate(83, 1);
    a.reset();
    for (int round = 0; round != 3; ++round) {
        const seg::arena_scope scope(a);
        BOOST_TEST(a.allocate(83, 1) == p);
    }
    BOOST_TEST(a.stats().blocks == 1u);
}

BOOST_AUTO_TEST_CASE(the_only_block_gives_way_in_a_scope_that_follows_a_reset) {
    arena a({.first_block = 4 * page, .max_bytes = 6 * page});
    static_cast<void>(a.allocate(10));
    a.reset();
    const seg::arena_scope scope(a);
    fill(a.allocate(5 * page), 5 * page, 1);
    BOOST_TEST(a.stats().allocated <= 6 * page);
}

BOOST_AUTO_TEST_CASE(the_only_block_gives_way_after_a_scope_and_after_an_object_was_made) {
    arena a({.first_block = 4 * page, .max_bytes = 6 * page});
    void* const p = a.allocate(8);
    {
        const seg::arena_scope scope(a);
        static_cast<void>(a.mark());
        static_cast<void>(a.allocate(8));
        static_cast<void>(a.create_array<int>(3));
    }
    a.deallocate(p, 8);
    BOOST_TEST(a.stats().used == 0u);
    fill(a.allocate(5 * page), 5 * page, 1);
    BOOST_TEST(a.stats().blocks == 1u);
}

BOOST_AUTO_TEST_CASE(the_only_block_gives_way_after_reset) {
    arena a({.first_block = 4 * page, .max_bytes = 6 * page});
    static_cast<void>(a.allocate(10));
    a.reset();
    void* const p = a.try_allocate(5 * page);
    BOOST_REQUIRE(p != nullptr);
    fill(p, 5 * page, 1);
    BOOST_TEST(a.stats().blocks == 1u);
    BOOST_TEST(a.stats().allocated <= 6 * page);
}

BOOST_AUTO_TEST_SUITE_END()
