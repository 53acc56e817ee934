// segments() shows a list, or a part of it, as contiguous runs.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <memory>
#include <ranges>
#include <span>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(segments)

using view = decltype(std::declval<seg::list<int>&>().segments());
using const_view = decltype(std::declval<const seg::list<int>&>().segments());
static_assert(std::ranges::random_access_range<view> && std::ranges::sized_range<view>);
static_assert(std::ranges::view<view> && std::ranges::borrowed_range<view> && std::ranges::common_range<view>);
static_assert(std::is_same_v<std::ranges::range_value_t<view>, std::span<int>>);
static_assert(std::is_same_v<std::ranges::range_value_t<const_view>, std::span<const int>>);

BOOST_AUTO_TEST_CASE_TEMPLATE(the_runs_of_a_part_are_its_elements_in_order, List, all) {
    surroundings<List> s;
    for (const int n : {0, 1, 2, 7, 8, 9, 24, 25, 40}) {
        List l = s.empty();
        add(l, 0, n);
        for (int i = 0; i <= n; ++i) {
            for (int j = i; j <= n; ++j) {
                const auto part = seg::segments(l.begin() + i, l.begin() + j);
                auto index = static_cast<std::size_t>(i);
                std::size_t runs = 0;
                for (const auto run : part) {
                    require(!run.empty());
                    require_equal(run.data(), &l[index]);
                    require_equal(&run.back(), &l[index + run.size() - 1]);
                    require_equal(part[runs].data(), run.data());
                    index += run.size();
                    ++runs;
                }
                require_equal(index, static_cast<std::size_t>(j));
                require_equal(part.size(), runs);
                require_equal(part.empty(), i == j);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(the_first_iterator_says_whether_the_elements_can_be_changed) {
    seg::list<int> l(100, 1);
    for (const auto run : seg::segments(l.begin() + 3, l.cend()))
        for (int& e : run) e = 2;
    BOOST_TEST(std::ranges::count(l, 2) == 97);
    const auto runs = seg::segments(l.cbegin(), l.end() - 1);
    static_assert(std::is_same_v<decltype(runs), const const_view>);
    BOOST_TEST((runs[runs.size() - 1].data() + runs[runs.size() - 1].size() == &l.back()));
}

/// Whether a range has runs.
template <class R>
concept has_runs = requires(R&& range) { seg::segments(std::forward<R>(range)); };
static_assert(has_runs<seg::list<int>&> && has_runs<const seg::list<int>&> && !has_runs<std::vector<int>&>);
static_assert(!has_runs<seg::list<int>>); // it would be gone

BOOST_AUTO_TEST_CASE(a_range_of_a_lists_iterators_has_runs) {
    seg::list<int, std::allocator<int>, seg::growth{.first = 4}> l;
    const auto& c = l;
    BOOST_TEST(seg::segments(l).empty());
    for (int n = 0; n != 100; ++n) l.push_back(n);
    const auto runs = seg::segments(l);
    static_assert(std::is_same_v<decltype(runs), const decltype(l.segments())>);
    static_assert(std::is_same_v<decltype(seg::segments(c)), decltype(c.segments())>);
    BOOST_TEST(runs.size() == l.segments().size());
    BOOST_TEST(&runs.back().back() == &l.back());
    const auto part = seg::segments(std::ranges::subrange(l.begin() + 2, l.end() - 1));
    BOOST_TEST(&part.front().front() == &l[2]);
    BOOST_TEST(&part.back().back() == &l[98]);
    const auto of_view = seg::segments(l | std::views::take(7));
    BOOST_TEST(of_view.size() == 2u);
    BOOST_TEST(of_view[1].size() == 3u);
}

BOOST_AUTO_TEST_CASE(an_iterator_over_runs_goes_anywhere) {
    seg::list<int, std::allocator<int>, seg::growth{.first = 4}> l(100);
    const auto check = [](const auto& runs) {
        const auto size = std::ranges::ssize(runs);
        for (std::ptrdiff_t from = 0; from <= size; ++from) {
            for (std::ptrdiff_t to = 0; to <= size; ++to) {
                auto it = runs.begin() + from;
                it += to - from;
                require(it == runs.begin() + to && it - runs.begin() == to);
                if (to == size) continue;
                require_equal((*it).data(), runs[static_cast<std::size_t>(to)].data());
                require_equal((*it).size(), runs[static_cast<std::size_t>(to)].size());
                if (to != 0) {
                    auto before = it--;
                    require_equal((*it).data(), runs[static_cast<std::size_t>(to - 1)].data());
                    require_equal((*before).data(), (*++it).data());
                }
            }
        }
    };
    check(l.segments());
    check(seg::segments(l.begin() + 2, l.end() - 3));
    check(seg::segments(l.begin() + 5, l.begin() + 7));
    check(seg::segments(l.end(), l.end()));
}

BOOST_AUTO_TEST_CASE(the_runs_are_as_long_as_the_growth_says) {
    seg::list<int, std::allocator<int>, seg::growth{.first = 4, .limit = 16}> l(4 + 8 + 16 + 16 + 3);
    const std::size_t sizes[] = {4, 8, 16, 16, 3};
    BOOST_TEST(std::ranges::equal(l.segments(), sizes, {}, [](auto run) { return run.size(); }));
}

BOOST_AUTO_TEST_CASE(a_run_is_a_random_access_range_of_writable_spans) {
    seg::list<int, std::allocator<int>, seg::growth{.first = 16}> l(100);
    int next = 100;
    for (const std::span<int> run : l.segments())
        for (int& e : run) e = next--;
    for (const auto run : l.segments()) std::ranges::sort(run);
    BOOST_TEST(l.segments()[0].front() == 100 - 15);
    const auto runs = l.segments();
    BOOST_TEST((runs.begin() + static_cast<std::ptrdiff_t>(runs.size()) == runs.end()));
    BOOST_TEST((runs.end() - runs.begin() == static_cast<std::ptrdiff_t>(runs.size())));
    BOOST_TEST((runs.end()[-1].data() == (*--runs.end()).data()));
    BOOST_TEST((runs.begin() < runs.end()));
    std::size_t sum = 0;
    for (const auto run : runs | std::views::reverse) sum += run.size();
    BOOST_TEST(sum == 100u);
    l.push_back(0); // what comes later is not in the view
    sum = 0;
    for (const auto run : runs) sum += run.size();
    BOOST_TEST(sum == 100u);
    BOOST_TEST(&runs.front().front() == &l.front());
    BOOST_TEST(&runs.back().back() == &l[99]);
    BOOST_TEST((runs && !seg::list<int>().segments()));
}

BOOST_AUTO_TEST_CASE(what_comes_later_is_not_in_a_view_of_a_list_that_was_full) {
    seg::list<int, std::allocator<int>, seg::growth{.first = 4}> l(4 + 8);
    const auto all = l.segments();
    const auto part = seg::segments(l.begin() + 1, l.end());
    l.resize(100);
    BOOST_TEST(all.size() == 2u);
    BOOST_TEST(all[1].size() == 8u);
    BOOST_TEST(part.size() == 2u);
    BOOST_TEST(&part.back().back() == &l[11]);
}

BOOST_AUTO_TEST_CASE(an_own_array_of_elements_is_inserted_anywhere) {
    for (int i = 0; i <= 12; ++i) {
        for (const auto part : {0, 1, 2}) {
            growing<std::string, 4> l;
            std::vector<std::string> v;
            for (int n = 0; n != 15; ++n) {
                l.push_back(make<std::string>(n));
                v.push_back(make<std::string>(n));
            }
            const auto run = l.segments()[static_cast<std::size_t>(part)];
            const std::vector<std::string> copy(run.begin(), run.end());
            l.insert(l.begin() + i, run.begin(), run.end());
            v.insert(v.begin() + i, copy.begin(), copy.end());
            require(std::ranges::equal(l, v));
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
