// In a checked build a broken precondition of a list prints which call, where and the values, and traps, and what is
// allowed passes. What vectors have, too: sequence/preconditions.cpp. This file belongs to a program of its own, built
// with SEG_CHECKED.
#include <boost/test/unit_test.hpp>

#include <compare>
#include <cstddef>
#include <memory>
#include <string>
#include <utility>

#include "trap.hpp"

import seg.list;

static_assert(seg::checked);

BOOST_AUTO_TEST_SUITE(list_preconditions)

BOOST_AUTO_TEST_CASE(an_iterator_of_no_list_is_no_position) {
    seg::list<int> l{1, 2};
    expect_trap("seg::list::erase", "", true, [&] { l.erase(seg::list<int>::iterator()); });
}

BOOST_AUTO_TEST_CASE(the_past_the_end_iterator_of_a_full_list_is_not_kept_while_it_grows) {
    seg::list<int, std::allocator<int>, seg::growth{.first = 4}> l{1, 2, 3, 4};
    auto kept = l.end();
    BOOST_TEST((kept == l.begin() + 4));
    l.push_back(5);
    const std::string says = "a past-the-end iterator is taken anew when the size has changed (12, 5)";
    expect_trap("seg::list::iterator::operator==", says, false, [&] { return kept == l.end(); });
    expect_trap("seg::list::iterator::operator-", says, false, [&] { return kept - l.begin(); });
    expect_trap("seg::list::iterator::operator<", says, false, [&] { return l.begin() < kept; });
    expect_trap("seg::list::iterator::operator--", says, false, [&] { --kept; });
    expect_trap("seg::list::iterator::operator-", says, false, [&] { return kept - 1; });
    decltype(l) none;
    const auto of_nothing = none.begin();
    none.push_back(1);
    expect_trap("seg::list::iterator::operator-", "neither iterator was taken while its list had no memory", false,
                [&] { return none.end() - of_nothing; });
}

BOOST_AUTO_TEST_CASE(only_lists_with_equal_allocators_are_swapped) {
    seg::arena a, b;
    seg::pmr::list<int> on_a(&a), on_b(&b);
    expect_trap("seg::list::swap", "", true, [&] { on_a.swap(on_b); });
    using std::swap;
    expect_trap("seg::list::swap", "", true, [&] { swap(on_a, on_b); });
}

BOOST_AUTO_TEST_CASE(there_is_no_element_past_the_end) {
    seg::list<int> l;
    expect_trap("seg::list::iterator::operator*", "(0, 0)", false, [&] { return *l.begin(); });
    for (int n = 0; n != 100; ++n) {
        l.push_back(n);
        if (n % 15 == 0) expect_trap("seg::list::iterator::operator*", "", false, [&] { return *l.end(); });
    }
    auto last = l.end() - 1;
    BOOST_TEST(*last == 99);
    seg::list<int> moved = std::move(l);
    moved.pop_back();
    expect_trap("seg::list::iterator::operator*", "(99, 99)", false, [&] { return *last; });
    moved.push_back(7);
    BOOST_TEST(*last == 7);
    moved.resize(10);
    expect_trap("seg::list::iterator::operator*", "", false, [&] { return *last; });
    const seg::list<std::pair<int, int>> pairs;
    expect_trap("seg::list::iterator::operator->", "(0, 0)", false, [&] { return pairs.begin()->first; });
}

BOOST_AUTO_TEST_CASE(an_iterator_goes_from_the_beginning_to_the_end_and_no_further) {
    const std::string name = "seg::list::iterator::operator";
    seg::list<int> none, l;
    expect_trap(name + "++", "(0, 0)", false, [&] { return ++none.begin(); });
    expect_trap(name + "--", "(0, 0)", false, [&] { return --none.end(); });
    expect_trap(name + "+", "(1, 0)", true, [&] { return none.begin() + 1; });
    BOOST_TEST((none.begin() + 0 == none.end()));
    // In the middle of a segment, at its end, and when the next one has begun.
    for (const int n : {1, 15, 16, 17, 48, 100}) {
        while (l.size() != static_cast<std::size_t>(n)) l.push_back(static_cast<int>(l.size()));
        const std::string size = std::to_string(n);
        const std::string end = "(" + size + ", " + size + ")";
        const std::string one_behind = "(" + std::to_string(n + 1) + ", " + size + ")";
        const std::string one_before = "(18446744073709551615, " + size + ")";
        auto first = l.begin(), stop = l.end();
        expect_trap(name + "++", end, false, [stop]() mutable { ++stop; });
        expect_trap(name + "++", end, false, [stop]() mutable { stop++; });
        expect_trap(name + "--", "(0, " + size + ")", false, [first]() mutable { --first; });
        expect_trap(name + "--", "(0, " + size + ")", false, [first]() mutable { first--; });
        expect_trap(name + "--", "(0, " + size + ")", false, [&] { return *l.rend(); });
        expect_trap(name + "+=", one_behind, true, [stop]() mutable { stop += 1; });
        expect_trap(name + "+=", one_before, true, [first]() mutable { first += -1; });
        expect_trap(name + "-=", one_before, true, [first]() mutable { first -= 1; });
        expect_trap(name + "-=", one_behind, true, [stop]() mutable { stop -= -1; });
        expect_trap(name + "+", one_behind, true, [=] { return first + (n + 1); });
        expect_trap(name + "+", one_behind, true, [=] { return (n + 1) + first; });
        expect_trap(name + "-", one_before, true, [=] { return stop - (n + 1); });
        expect_trap(name + "[]", end, true, [=] { return first[n]; });
        expect_trap(name + "[]", one_before, true, [=] { return first[-1]; });
        BOOST_TEST((first + n == stop));
        BOOST_TEST((stop - n == first));
        BOOST_TEST(first[n - 1] == n - 1);
        BOOST_TEST(stop[-n] == 0);
    }
    auto last = l.end() - 1;
    l.resize(50);
    expect_trap(name + "++", "(99, 50)", false, [last]() mutable { ++last; });
}

BOOST_AUTO_TEST_CASE(only_iterators_of_one_list_have_a_difference_and_an_order) {
    const std::string name = "seg::list::iterator::operator";
    seg::list<int> l{1, 2, 3}, other{4, 5, 6};
    const auto a = l.begin() + 1;
    const auto b = other.cbegin() + 2;
    expect_trap(name + "-", "(1, 2)", false, [&] { return a - b; });
    expect_trap(name + "<", "(1, 2)", false, [&] { return a < b; });
    expect_trap(name + ">", "(1, 2)", false, [&] { return a > b; });
    expect_trap(name + "<=", "(1, 2)", false, [&] { return a <= b; });
    expect_trap(name + ">=", "(1, 2)", false, [&] { return a >= b; });
    expect_trap(name + "<=>", "(1, 2)", false, [&] { return a <=> b; });
    expect_trap(name + "-", "(1, 0)", false, [&] { return a - seg::list<int>::iterator(); });
    BOOST_TEST((a - l.cbegin() == 1));
    BOOST_TEST((a < l.cend()));
    l.swap(other);
    BOOST_TEST((b - l.begin() == 2)); // they have gone with their elements
}

BOOST_AUTO_TEST_CASE(a_run_must_be_of_the_view) {
    seg::list<int, std::allocator<int>, seg::growth{.first = 16}> l(100, 1), none;
    const auto runs = l.segments(); // of 16, 32 and 52 elements
    const auto part = seg::segments(l.begin() + 20, l.begin() + 30);
    expect_trap("seg::segments_view::operator[]", "(3, 3)", true, [&] { return runs[3]; });
    expect_trap("seg::segments_view::operator[]", "(1, 1)", true, [&] { return part[1]; });
    expect_trap("seg::segments_view::operator[]", "(0, 0)", true, [&] { return none.segments()[0]; });
    expect_trap("seg::segments_view::iterator::operator*", "(3, 3)", false, [&] { return *runs.end(); });
    expect_trap("seg::segments_view::iterator::operator*", "(1, 1)", false, [&] { return *part.end(); });
    expect_trap("seg::segments_view::iterator::operator*", "(18446744073709551615, 1)", false,
                [&] { return *--part.begin(); });
    expect_trap("seg::segments_view::iterator::operator[]", "(3, 3)", true, [&] { return runs.begin()[3]; });
    BOOST_TEST(runs[2].size() == 52u);
    BOOST_TEST(part.begin()[0].size() == 10u);
}

BOOST_AUTO_TEST_CASE(runs_are_those_between_two_iterators_of_one_list_in_order) {
    seg::list<int> l(100, 1), other(100, 2);
    expect_trap("seg::segments", "(0, 100)", true, [&] { return seg::segments(l.begin(), other.end()).size(); });
    expect_trap("seg::segments", "(40, 7)", true, [&] { return seg::segments(l.begin() + 40, l.begin() + 7).size(); });
    expect_trap("seg::segments", "(40, 7)", false, [&] { return seg::count(l.begin() + 40, l.begin() + 7, 1); });
    BOOST_TEST(seg::segments(l.begin() + 7, l.begin() + 7).empty());
}

/// Adds to the list that it is made in.
struct meddling {
    using list = seg::list<meddling, std::allocator<meddling>, seg::growth{.first = 4}>;
    meddling() = default;
    explicit meddling(list& l) { l.emplace_back(); }
    meddling(const meddling& other) : of(other.of) {
        if (of != nullptr) of->emplace_back();
    }
    list* of = nullptr;
};

BOOST_AUTO_TEST_CASE(a_constructor_does_not_change_the_list_that_it_constructs_in) {
    // Without memory, in a segment begun, where it has one place more, and full.
    for (const std::size_t n : {0u, 1u, 3u, 4u, 12u}) {
        meddling::list l;
        l.resize(n);
        const std::string values = "(" + std::to_string(n + 1) + ", " + std::to_string(n) + ")";
        meddling copied;
        copied.of = &l;
        expect_trap("seg::list::emplace_back", values, false, [&] { l.emplace_back(l); });
        expect_trap("seg::list::emplace_back", values, false, [&] { l.try_emplace_back(l); });
        expect_trap("seg::list::emplace_back", values, false, [&] { l.push_back(copied); });
        expect_trap("seg::list (several elements appended)", values, false, [&] { l.resize(n + 1, copied); });
        BOOST_TEST(l.size() == n);
        l.emplace_back(); // into another list's elements it may put what it likes
        meddling::list other;
        other.emplace_back(l);
        BOOST_TEST(l.size() == n + 2);
    }
}

constexpr bool in_constant_expressions() {
    seg::list<int> l;
    for (int n = 0; n != 100; ++n) l.push_back(n);
    l.insert(l.begin() + 3, 7);
    l.erase(l.begin());
    int sum = 0;
    for (const int n : l) sum += n;
    l.pop_back();
    return sum == 4957 && l[2] == 7 && l.front() == 1 && l.back() == 98;
}
static_assert(in_constant_expressions());

BOOST_AUTO_TEST_CASE(a_checked_build_passes_what_is_allowed) {
    BOOST_TEST(in_constant_expressions());
    expect_none([] {
        seg::arena arena;
        seg::arena_list<int> l(arena);
        for (int n = 0; n != 1000; ++n) l.emplace_back(n);
        while (l.size() > 3) l.pop_back();
    });
}

BOOST_AUTO_TEST_SUITE_END()
