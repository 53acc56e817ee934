// What lies between two allocations is nobody's, whatever their alignment, and stays so when one is taken back.
#include <boost/test/unit_test.hpp>

#include <cstddef>

#include "arena/observation.hpp"
#include "sanitizer.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

/// Says nothing without the sanitizer.
bool withheld(const std::byte* first, const std::byte* last) {
    for (; sanitized && first != last; ++first)
        if (!poisoned(first)) return false;
    return true;
}

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
        BOOST_TEST(withheld(older + before, newer + 3));
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
        BOOST_TEST(withheld(p - arena::red_zone, p));
        BOOST_TEST(withheld(p + bytes, p + bytes + 1));
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
    BOOST_TEST(withheld(older + 3, padded + 4));
    fill(older, 3, 1);
    BOOST_TEST(holds(older, 3, 1));
}

BOOST_AUTO_TEST_SUITE_END()
