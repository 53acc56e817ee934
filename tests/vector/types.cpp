// A vector is a contiguous range of any element type that an array can have, and every member is instantiated for
// several.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <iterator>
#include <list>
#include <numeric>
#include <ranges>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

#include "sequence/elements.hpp"

import seg;

// Every member, whether a test calls it or not.
template class seg::pinned_vector<int>;
template class seg::pinned_vector<bool>;
template class seg::pinned_vector<std::string>;
template class seg::pinned_vector<elements::tracked>;
template class seg::pinned_vector<elements::page_aligned>;
template class seg::pinned_vector<elements::empty>;

BOOST_AUTO_TEST_SUITE(types)

using seg::pinned_vector;

static_assert(std::is_same_v<pinned_vector<int>::iterator, int*>);
static_assert(std::ranges::contiguous_range<pinned_vector<int>> &&
              std::ranges::contiguous_range<const pinned_vector<int>>);
static_assert(std::ranges::sized_range<pinned_vector<int>> && std::ranges::common_range<pinned_vector<int>>);
static_assert(!std::ranges::view<pinned_vector<int>> && !std::ranges::borrowed_range<pinned_vector<int>>);
static_assert(std::is_convertible_v<pinned_vector<int>&, std::span<int>>);
static_assert(std::is_convertible_v<const pinned_vector<int>&, std::span<const int>>);
static_assert(!std::is_convertible_v<const pinned_vector<int>&, std::span<int>>);
static_assert(sizeof(pinned_vector<int>) == 6 * sizeof(void*));
static_assert(std::is_nothrow_constructible_v<pinned_vector<int>, seg::pinned_options>);
static_assert(!std::is_convertible_v<seg::pinned_options, pinned_vector<int>>);
constinit pinned_vector<int> of_the_program;

BOOST_AUTO_TEST_CASE(the_element_type_is_deduced) {
    static_assert(std::is_same_v<decltype(pinned_vector{1, 2, 3}), pinned_vector<int>>);
    const std::list<std::string> words{"a", "b"};
    static_assert(std::is_same_v<decltype(pinned_vector(words.begin(), words.end())), pinned_vector<std::string>>);
    const pinned_vector v(words.begin(), words.end(), {.max_size = 10});
    BOOST_TEST(v.back() == "b");
    BOOST_TEST(v.max_size() == 10u);
#ifdef __cpp_lib_containers_ranges
    const pinned_vector from(std::from_range, words);
    static_assert(std::is_same_v<decltype(from), const pinned_vector<std::string>>);
    BOOST_TEST(from.size() == 2u);
    BOOST_TEST(std::ranges::to<pinned_vector>(words)[1] == "b");
#endif
}

// Where an index is passed for a position, a 0 would be one, and null.
template <class Vector>
concept takes_zero = requires(Vector v) { v.erase(0); } || requires(Vector v) { v.insert(0, 4); };
static_assert(!takes_zero<pinned_vector<int>> && !takes_zero<std::vector<int>>);

BOOST_AUTO_TEST_CASE(what_takes_an_array_takes_a_vector) {
    of_the_program.resize(1000);
    std::iota(of_the_program.begin(), of_the_program.end(), 0);
    const std::span<int> all = of_the_program, tail = all.subspan(990);
    for (int n = 1000; n != 1'000'000; ++n) of_the_program.push_back(n);
    tail[0] = -1; // a span survives growth
    BOOST_TEST(of_the_program[990] == -1);
    std::ranges::reverse(of_the_program);
    std::ranges::sort(of_the_program);
    BOOST_TEST((std::ranges::lower_bound(of_the_program, 500) == of_the_program.begin() + 501));
    BOOST_TEST(std::accumulate(of_the_program.rbegin(), of_the_program.rend(), 0LL) == 499'999'500'000 - 991);
    pinned_vector<char> text;
    text.append_range(std::string_view("text"));
    BOOST_TEST(std::string_view(text.data(), text.size()) == "text");
    of_the_program = {};
}

/// The vector, and an iterator of it, are members of its own element type, which is incomplete there.
struct node {
    pinned_vector<node> children;
    pinned_vector<node>::iterator position = nullptr;
};

BOOST_AUTO_TEST_CASE(the_element_type_may_be_incomplete_where_an_iterator_is_named) {
    node root;
    node& child = root.children.emplace_back();
    child.position = root.children.begin();
    BOOST_TEST(&*child.position == &child);
}

BOOST_AUTO_TEST_CASE(truth_values_are_elements_like_any_other) {
    pinned_vector<bool> v{true, false};
    bool& second = v[1];
    second = true;
    v.resize(10);
    BOOST_TEST(std::ranges::count(v, true) == 2);
}

BOOST_AUTO_TEST_SUITE_END()
