// A block with nothing left in it: marks may name it, and nothing else holds it back.
#include <boost/test/unit_test.hpp>

#include <cstddef>

#include "arena/observation.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

} // namespace

BOOST_AUTO_TEST_SUITE(emptied)

BOOST_AUTO_TEST_CASE(trimming_leaves_the_block_that_a_mark_names) {
    arena a({.first_block = page});
    void* const p = a.allocate(83, 1);
    const auto mark = a.mark();
    a.deallocate(p, 83, 1);
    a.trim();
    a.rewind(mark);
    void* const again = a.allocate(83, 1);
    fill(again, 83, 1);
    BOOST_TEST(holds(again, 83, 1));
    BOOST_TEST(a.stats().blocks == 1u);
}

BOOST_AUTO_TEST_CASE(trimming_leaves_the_block_that_a_mark_set_after_reset_names) {
    arena a({.first_block = page});
    static_cast<void>(a.allocate(83, 1));
    a.reset();
    {
        const seg::arena_scope scope(a);
        a.trim();
    }
    a.reset();
    BOOST_TEST(a.trim() == page);
    BOOST_TEST(a.stats().blocks == 0u);
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
