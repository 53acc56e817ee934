// The bytes between two allocations stay poisoned, whatever their alignment, and also when one of the two is
// deallocated.
#include <boost/test/unit_test.hpp>

#include <cstddef>

#include "sanitizer.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

} // namespace

BOOST_AUTO_TEST_SUITE(red_zones)

BOOST_AUTO_TEST_CASE(taking_back_what_begins_at_an_odd_address_leaves_nothing_accessible) {
    // The sanitizer marks bytes by eights, from the first of which on: handing out the last of eight admits to all.
    for (std::size_t before = 1; before != 17; ++before) {
        arena a;
        auto* const older = static_cast<std::byte*>(a.allocate(before, 1));
        auto* const newer = static_cast<std::byte*>(a.allocate(3, 1));
        BOOST_TEST(newer == older + rounded(before) + arena::red_zone);
        a.deallocate(newer, 3, 1);
        BOOST_TEST(all_poisoned(older + before, static_cast<std::size_t>(newer + 3 - (older + before))));
        fill(older, before, 1);
        BOOST_TEST(holds(older, before, 1));
        BOOST_TEST(a.allocate(3, 1) == newer);
    }
}

BOOST_AUTO_TEST_CASE(both_ends_of_an_allocation_are_watched) {
    arena a;
    for (std::size_t bytes = 1; bytes != 50; ++bytes) {
        auto* const p = static_cast<std::byte*>(a.allocate(bytes, 8));
        fill(p, bytes, 1);
        BOOST_TEST(all_poisoned(p - arena::red_zone, arena::red_zone));
        BOOST_TEST(all_poisoned(p + bytes, 1));
    }
}

BOOST_AUTO_TEST_CASE(going_back_to_an_odd_address_leaves_the_padding_before_it_withheld) {
    arena a;
    auto* const older = static_cast<std::byte*>(a.allocate(3, 1));
    auto* const padded = static_cast<std::byte*>(a.allocate(4, 4));
    a.deallocate(padded, 4, 4);
    const auto mark = a.mark();
    static_cast<void>(a.allocate(100, 1));
    a.rewind(mark);
    BOOST_TEST(all_poisoned(older + 3, static_cast<std::size_t>(padded + 4 - (older + 3))));
    fill(older, 3, 1);
    BOOST_TEST(holds(older, 3, 1));
}

BOOST_AUTO_TEST_SUITE_END()
