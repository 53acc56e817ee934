// In a checked build a broken precondition of a vector prints which call, where and the values, and traps, and what is
// allowed passes. What lists have, too: sequence/preconditions.cpp. This file belongs to a program of its own, built
// with SEG_CHECKED.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <utility>

#include "trap.hpp"

import seg.vector;

static_assert(seg::checked);

BOOST_AUTO_TEST_SUITE(vector_preconditions)

using seg::pinned_vector;

/// Pushes one of its kind while it is made.
struct pushing {
    pushing() = default;
    explicit pushing(pinned_vector<pushing>& v) { v.emplace_back(); }
    pushing(const pushing& other) : of(other.of) {
        if (of != nullptr) of->emplace_back();
    }
    pinned_vector<pushing>* of = nullptr;
};

BOOST_AUTO_TEST_CASE(a_constructor_does_not_change_the_vector_that_it_is_for) {
    pinned_vector<pushing> v;
    expect_trap("seg::pinned_vector::emplace_back", "the constructor of an element does not change the vector", false,
                [&] { v.emplace_back(v); });
    v.emplace_back();
    expect_trap("seg::pinned_vector::emplace_back", "", false, [&] { v.emplace_back(v); });
    expect_trap("seg::pinned_vector::emplace_back", "", false, [&] { v.try_emplace_back(v); });
    pushing copied;
    copied.of = &v;
    expect_trap("seg::pinned_vector::emplace_back", "(2, 1)", false, [&] { v.push_back(copied); });
    expect_trap("seg::pinned_vector (several elements appended)", "(2, 1)", false, [&] { v.resize(2, copied); });
}

BOOST_AUTO_TEST_CASE(a_checked_build_passes_what_is_allowed) {
    expect_none([] {
        pinned_vector<std::string> v;
        for (int n = 0; n != 10'000; ++n) v.emplace_back("some text");
        v.insert(v.begin() + 3, v.begin(), v.end());
        while (v.size() > 3) v.pop_back();
    });
}

BOOST_AUTO_TEST_SUITE_END()
