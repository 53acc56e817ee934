// What modules/list/migration.md says of the differences from std::vector and std::deque, where no other test shows it.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <concepts>
#include <cstddef>
#include <deque>
#include <iterator>
#include <memory>
#include <memory_resource>
#include <ranges>
#include <span>
#include <stdexcept>
#include <type_traits>
#include <utility>
#include <vector>

import seg;

BOOST_AUTO_TEST_SUITE(migration)

namespace {

using list = seg::list<int>;
using pinned = seg::pinned_vector<int>;

template <class C>
concept has_data = requires(C& c) { c.data(); };
template <class C>
concept has_front_operations = requires(C& c) { c.push_front(1); } || requires(C& c) { c.pop_front(); };
template <class C>
concept has_allocator = requires(C& c) { c.get_allocator(); };
template <class C>
concept has_capacity = requires(C& c) { c.reserve(c.capacity()); };
template <class C>
concept has_flip = requires(C& c) { c.flip(); };
template <class C>
concept is_erased_from_by_std = requires(C& c) { std::erase(c, 1); };

static_assert(has_data<std::vector<int>> && !has_data<list> && has_data<pinned>);
static_assert(!std::constructible_from<std::span<int>, list&> && std::constructible_from<std::span<int>, pinned&>);
static_assert(std::random_access_iterator<list::iterator> && !std::contiguous_iterator<list::iterator>);
static_assert(std::same_as<pinned::iterator, int*>);
static_assert(has_front_operations<std::deque<int>> && !has_front_operations<list> && !has_front_operations<pinned>);
static_assert(!has_capacity<std::deque<int>> && has_capacity<list> && has_capacity<pinned>);
static_assert(has_allocator<list> && !has_allocator<pinned>);
static_assert(std::same_as<seg::list<bool>::reference, bool&> && !has_flip<seg::list<bool>>);
static_assert(std::same_as<seg::pinned_vector<bool>::reference, bool&> && !has_flip<seg::pinned_vector<bool>>);
static_assert(is_erased_from_by_std<std::vector<int>> && !is_erased_from_by_std<list> &&
              !is_erased_from_by_std<pinned>);
static_assert(std::is_nothrow_move_constructible_v<list> && std::is_nothrow_default_constructible_v<list>);
static_assert(std::is_nothrow_move_constructible_v<pinned> && std::is_nothrow_default_constructible_v<pinned>);
#ifdef __GLIBCXX__
static_assert(!std::is_nothrow_move_constructible_v<std::deque<int>>);
#endif
template <class A, class B>
concept compares = requires(const A& a, const B& b) { a == b; };
static_assert(!compares<list, seg::list<int, std::allocator<int>, seg::growth{.first = 64}>>);

struct fixed {
    explicit fixed(int v) : value(v) {}
    fixed(fixed&&) = delete;
    int value;
};

/// Can be moved only, and throws then if it is negative.
struct throws_when_moved {
    explicit throws_when_moved(int v) : value(v) {}
    throws_when_moved(throws_when_moved&& other) : value(other.value) {
        if (value < 0) throw std::runtime_error("moved");
    }
    int value;
};

template <class C> void grow_and_shrink(C& c) {
    c.reserve(100);
    const auto first = c.begin();
    auto* const address = &c.front();
    const auto old_capacity = c.capacity();
    while (c.capacity() == old_capacity) c.push_back(7);
    c.reserve(100'000);
    c.shrink_to_fit();
    BOOST_TEST(address == &c.front());
    BOOST_TEST((first == c.begin()));
    BOOST_TEST(*first == 1);
}

template <class C> void takes_its_own_elements() {
    C c{1, 2, 3, 4};
    c.insert(c.begin() + 1, c.begin(), c.end());
    BOOST_TEST((c == C{1, 1, 2, 3, 4, 2, 3, 4}));
    c.append_range(c);
    BOOST_TEST(c.size() == 16u);
    BOOST_TEST(erase(c, 1) == 4u);
    BOOST_TEST(erase_if(c, [](int i) { return i == 2; }) == 4u);
    BOOST_TEST((c == C{3, 4, 3, 4, 3, 4, 3, 4}));
}

template <class C> void keeps_what_cannot_be_moved() {
    C c;
    for (int i = 0; i != 100'000; ++i) c.emplace_back(i);
    BOOST_TEST(c.back().value == 99'999);
}

template <class C> void an_append_that_throws_changes_nothing() {
    C c;
    while (c.size() != c.capacity() || c.empty()) c.emplace_back(1);
    auto* const address = &c.front();
    const auto size = c.size();
    BOOST_CHECK_THROW(c.push_back(throws_when_moved(-1)), std::runtime_error);
    BOOST_TEST(c.size() == size);
    BOOST_TEST(address == &c.front());
}

template <class C> void swaps_all_iterators() {
    C a{1, 2}, b{3};
    const auto end = a.end();
    swap(a, b);
    BOOST_TEST((end == b.end()));
}

template <class C> void takes_an_end_of_another_type() {
    const int values[] = {1, 2, 3};
    const C c(std::counted_iterator(values, 3), std::default_sentinel);
    BOOST_TEST((c == C{1, 2, 3}));
}

} // namespace

BOOST_AUTO_TEST_CASE(growing_and_shrinking_invalidate_nothing) {
    list l{1, 2, 3};
    grow_and_shrink(l);
    pinned v{1, 2, 3};
    grow_and_shrink(v);
}

BOOST_AUTO_TEST_CASE(a_containers_own_elements_can_be_inserted) {
    takes_its_own_elements<list>();
    takes_its_own_elements<pinned>();
}

BOOST_AUTO_TEST_CASE(elements_need_not_be_movable) {
    keeps_what_cannot_be_moved<seg::list<fixed>>();
    keeps_what_cannot_be_moved<seg::pinned_vector<fixed>>();
}

BOOST_AUTO_TEST_CASE(an_append_is_strong_for_elements_that_can_only_be_moved) {
    an_append_that_throws_changes_nothing<seg::list<throws_when_moved>>();
    an_append_that_throws_changes_nothing<seg::pinned_vector<throws_when_moved>>();
}

BOOST_AUTO_TEST_CASE(the_end_is_swapped_too) {
    swaps_all_iterators<list>();
    swaps_all_iterators<pinned>();
}

BOOST_AUTO_TEST_CASE(an_end_may_be_of_another_type) {
    takes_an_end_of_another_type<list>();
    takes_an_end_of_another_type<pinned>();
}

BOOST_AUTO_TEST_CASE(a_vectors_options_go_as_the_page_says) {
    pinned small({.max_size = 2}), other;
    small.push_back(1);
    small.push_back(2);
    BOOST_CHECK_THROW(small.push_back(3), std::length_error);
    BOOST_TEST(small.size() == 2u);
    BOOST_TEST(pinned(small).options().max_size == 2u);
    other = small;
    BOOST_TEST(other.options().max_size == 0u);
    swap(small, other);
    BOOST_TEST(other.options().max_size == 2u);
    BOOST_TEST(pinned(3, 7, {.max_size = 5}).options().max_size == 5u);
}

#ifdef __GLIBCXX__
BOOST_AUTO_TEST_CASE(a_deque_of_one_number_takes_576_bytes) {
    seg::counting_resource heap(*std::pmr::new_delete_resource());
    std::deque<long, seg::resource_allocator<long, decltype(heap)>> d(heap);
    d.push_back(1);
    BOOST_TEST(heap.counts().bytes == 576u);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
