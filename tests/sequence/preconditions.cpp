// In a checked build a broken precondition of a list or a vector prints which call, where and the values, and traps.
// What only one of them has: list/preconditions.cpp and vector/preconditions.cpp. This file belongs to a program of its
// own, built with SEG_CHECKED.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <source_location>
#include <string>
#include <tuple>
#include <type_traits>

#include "trap.hpp"

import seg;

static_assert(seg::checked);

BOOST_AUTO_TEST_SUITE(sequence_preconditions)

using sequences = std::tuple<seg::list<int>, seg::pinned_vector<int>>;

/// What a message calls a member of the sequence.
template <class Sequence> std::string member(const char* name) {
    return (std::is_same_v<Sequence, seg::list<int>> ? "seg::list::" : "seg::pinned_vector::") + std::string(name);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_index_must_be_below_the_size, Sequence, sequences) {
    const std::string index = member<Sequence>("operator[]");
    Sequence s{1, 2, 3};
    const Sequence& c = s;
    expect_trap(index, "(3, 3)", true, [&] { s[3] = 1; });
    expect_trap(index, "(18446744073709551615, 3)", true, [&] { return c[static_cast<std::size_t>(-1)]; });
    expect_trap(index, "(0, 0)", true, [] { return Sequence()[0]; });
    BOOST_TEST(s[2] == 3);
    BOOST_TEST(c[0u] == 1);
    enum index : unsigned char { second = 1 };
    BOOST_TEST(c[second] == 2);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(the_message_begins_with_the_line_of_the_call, Sequence, sequences) {
    Sequence s{1, 2, 3}, none;
    const auto here = std::source_location::current();
    const std::string of_front = trap([&] { return none.front(); }).first;
    const std::string of_index = trap([&] { return s[3]; }).first;
    const auto line = [&](unsigned n) { return here.file_name() + (":" + std::to_string(here.line() + n) + ": "); };
    BOOST_TEST(of_front.starts_with(line(1)));
    BOOST_TEST(of_index.starts_with(line(2)));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(front_back_and_pop_back_need_an_element, Sequence, sequences) {
    Sequence s;
    const Sequence& c = s;
    for (int round = 0; round != 2; ++round) {
        expect_trap(member<Sequence>("front"), "(0, 0)", true, [&] { return s.front(); });
        expect_trap(member<Sequence>("front"), "(0, 0)", true, [&] { return c.front(); });
        expect_trap(member<Sequence>("back"), "(0, 0)", true, [&] { return s.back(); });
        expect_trap(member<Sequence>("back"), "(0, 0)", true, [&] { return c.back(); });
        expect_trap(member<Sequence>("pop_back"), "(0, 0)", true, [&] { s.pop_back(); });
        s.push_back(1); // empty, but with memory, in the second round
        s.pop_back();
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_position_must_be_of_this_sequence_and_not_behind_its_end, Sequence, sequences) {
    const std::string insert = member<Sequence>("insert"), emplace = member<Sequence>("emplace");
    const std::string erase = member<Sequence>("erase");
    Sequence s{1, 2, 3}, other{4, 5, 6};
    const auto stale = s.end();
    s.pop_back();
    expect_trap(insert, "", true, [&] { s.insert(other.begin(), 1); });
    expect_trap(insert, "(3, 2)", true, [&] { s.insert(stale, 1); });
    expect_trap(insert, "", true, [&] { s.insert(other.begin(), 5, 1); });
    expect_trap(insert, "", true, [&] { s.insert(other.begin(), other.begin(), other.end()); });
    expect_trap(insert, "", true, [&] { s.insert(other.begin(), {1, 2}); });
    expect_trap(member<Sequence>("insert_range"), "", true, [&] { s.insert_range(other.begin(), other); });
    expect_trap(emplace, "", true, [&] { s.emplace(other.begin(), 1); });
    expect_trap(emplace, "(3, 2)", true, [&] { s.emplace(stale, 1); });
    expect_trap(erase, "(2, 2)", true, [&] { s.erase(s.end()); });
    expect_trap(erase, "", true, [&] { s.erase(other.begin()); });
    expect_trap(erase, "", true, [&] { s.erase(s.begin(), other.end()); });
    expect_trap(erase, "(1, 0)", true, [&] { s.erase(s.begin() + 1, s.begin()); });
    const auto inserted = s.insert(s.end(), 3);
    BOOST_TEST((inserted == s.begin() + 2));
    const auto emplaced = s.emplace(s.cbegin(), 0);
    BOOST_TEST((emplaced == s.begin()));
    const auto rest = s.erase(s.begin(), s.end());
    BOOST_TEST((rest == s.end()));
    Sequence none;
    none.insert(none.begin(), 1);
    BOOST_TEST(none.front() == 1);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(only_an_element_of_the_sequence_has_a_position_in_it, Sequence, sequences) {
    Sequence s{1, 2, 3}, other{4, 5, 6}, none;
    expect_trap(member<Sequence>("index_of"), "", true, [&] { return s.index_of(other[1]); });
    expect_trap(member<Sequence>("index_of"), "", true, [&] { return none.index_of(other[1]); });
    expect_trap(member<Sequence>("iterator_to"), "", true, [&] { return s.iterator_to(other[1]); });
    BOOST_TEST(s.index_of(s[2]) == 2u);
}

BOOST_AUTO_TEST_SUITE_END()
