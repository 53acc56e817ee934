// In a checked build a broken precondition of a vector prints which call, where and the values, and traps.
// This file belongs to a program of its own, built with SEG_CHECKED.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <string>
#include <utility>

#include "trap.hpp"

import seg.vector;

static_assert(seg::checked);

BOOST_AUTO_TEST_SUITE(vector_preconditions)

using seg::pinned_vector;

BOOST_AUTO_TEST_CASE(an_index_must_be_below_the_size) {
    pinned_vector<int> v{1, 2, 3};
    const pinned_vector<int>& c = v;
    expect_trap("seg::pinned_vector::operator[]", "(3, 3)", true, [&] { v[3] = 1; });
    expect_trap("seg::pinned_vector::operator[]", "(18446744073709551615, 3)", true,
                [&] { return c[static_cast<std::size_t>(-1)]; });
    expect_trap("seg::pinned_vector::operator[]", "(0, 0)", true, [] { return pinned_vector<int>()[0]; });
    BOOST_TEST(v[2] == 3);
    BOOST_TEST(c[0u] == 1);
}

BOOST_AUTO_TEST_CASE(front_back_and_pop_back_need_an_element) {
    pinned_vector<int> v;
    const pinned_vector<int>& c = v;
    for (int round = 0; round != 2; ++round) {
        expect_trap("seg::pinned_vector::front", "(0, 0)", true, [&] { return v.front(); });
        expect_trap("seg::pinned_vector::front", "(0, 0)", true, [&] { return c.front(); });
        expect_trap("seg::pinned_vector::back", "(0, 0)", true, [&] { return v.back(); });
        expect_trap("seg::pinned_vector::back", "(0, 0)", true, [&] { return c.back(); });
        expect_trap("seg::pinned_vector::pop_back", "(0, 0)", true, [&] { v.pop_back(); });
        v.push_back(1); // empty, but with memory, in the second round
        v.pop_back();
    }
}

BOOST_AUTO_TEST_CASE(a_position_must_be_of_this_vector_and_not_behind_its_end) {
    pinned_vector<int> v{1, 2, 3}, other{4, 5, 6};
    const auto stale = v.end();
    v.pop_back();
    expect_trap("seg::pinned_vector::insert", "", true, [&] { v.insert(other.begin(), 1); });
    expect_trap("seg::pinned_vector::insert", "(3, 2)", true, [&] { v.insert(stale, 1); });
    expect_trap("seg::pinned_vector::insert", "", true, [&] { v.insert(other.begin(), 5, 1); });
    expect_trap("seg::pinned_vector::insert", "", true, [&] { v.insert(other.begin(), other.begin(), other.end()); });
    expect_trap("seg::pinned_vector::insert", "", true, [&] { v.insert(other.begin(), {1, 2}); });
    expect_trap("seg::pinned_vector::insert_range", "", true, [&] { v.insert_range(other.begin(), other); });
    expect_trap("seg::pinned_vector::emplace", "", true, [&] { v.emplace(other.begin(), 1); });
    expect_trap("seg::pinned_vector::emplace", "(3, 2)", true, [&] { v.emplace(stale, 1); });
    expect_trap("seg::pinned_vector::erase", "(2, 2)", true, [&] { v.erase(v.end()); });
    expect_trap("seg::pinned_vector::erase", "", true, [&] { v.erase(other.begin()); });
    expect_trap("seg::pinned_vector::erase", "", true, [&] { v.erase(v.begin(), other.end()); });
    expect_trap("seg::pinned_vector::erase", "(1, 0)", true, [&] { v.erase(v.begin() + 1, v.begin()); });
    const auto inserted = v.insert(v.end(), 3);
    BOOST_TEST((inserted == v.begin() + 2));
    const auto emplaced = v.emplace(v.cbegin(), 0);
    BOOST_TEST((emplaced == v.begin()));
    const auto rest = v.erase(v.begin(), v.end());
    BOOST_TEST((rest == v.end()));
    pinned_vector<int> none;
    none.insert(none.begin(), 1);
    BOOST_TEST(none.front() == 1);
}

BOOST_AUTO_TEST_CASE(only_an_element_of_the_vector_has_a_position_in_it) {
    pinned_vector<int> v{1, 2, 3}, other{4, 5, 6}, none;
    expect_trap("seg::pinned_vector::index_of", "", true, [&] { return v.index_of(other[1]); });
    expect_trap("seg::pinned_vector::index_of", "", true, [&] { return none.index_of(other[1]); });
    expect_trap("seg::pinned_vector::iterator_to", "", true, [&] { return v.iterator_to(other[1]); });
    BOOST_TEST(v.index_of(v[2]) == 2u);
}

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
    const auto [text, trapped] = trap([] {
        pinned_vector<std::string> v;
        for (int n = 0; n != 10'000; ++n) v.emplace_back("some text");
        v.insert(v.begin() + 3, v.begin(), v.end());
        while (v.size() > 3) v.pop_back();
    });
    BOOST_TEST(text.empty());
    BOOST_TEST(!trapped);
}

BOOST_AUTO_TEST_SUITE_END()
