// Iterators are random-access iterators over consecutive indices, across all segments.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <compare>
#include <functional>
#include <iterator>
#include <numeric>
#include <random>
#include <ranges>
#include <type_traits>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(iterators)

template <class List> constexpr bool has_good_iterators() {
    using it = typename List::iterator;
    using const_it = typename List::const_iterator;
    static_assert(std::random_access_iterator<it> && std::random_access_iterator<const_it>);
    static_assert(!std::contiguous_iterator<it>);
    static_assert(std::sized_sentinel_for<it, const_it> && std::sized_sentinel_for<const_it, it>);
    static_assert(std::indirectly_writable<it, typename List::value_type> || !movable<List>);
    static_assert(!std::is_assignable_v<std::iter_reference_t<const_it>, typename List::value_type>);
    static_assert(std::is_convertible_v<it, const_it> && !std::is_convertible_v<const_it, it>);
    static_assert(std::three_way_comparable<it, std::strong_ordering>);
    static_assert(std::is_trivially_copyable_v<it> && std::is_nothrow_default_constructible_v<it>);
    static_assert(
        std::is_same_v<typename std::iterator_traits<it>::iterator_category, std::random_access_iterator_tag>);
    static_assert(std::ranges::random_access_range<List> && std::ranges::random_access_range<const List>);
    static_assert(std::ranges::sized_range<List> && std::ranges::common_range<List>);
    static_assert(!std::ranges::view<List> && !std::ranges::borrowed_range<List>);
    return true;
}

BOOST_AUTO_TEST_CASE_TEMPLATE(arithmetic_agrees_with_indices, List, all) {
    static_assert(has_good_iterators<List>());
    surroundings<List> s;
    // The sizes where the last segment is full, just begun and in between.
    for (const int n : {0, 1, 2, 7, 8, 9, 23, 24, 25, 57}) {
        List l = s.empty();
        add(l, 0, n);
        const List& c = l;
        require(l.begin() + n == l.end());
        require(l.end() - n == l.begin());
        require(l.cend() - l.begin() == n);
        require(c.begin() == l.begin() && l.end() == c.end());
        for (int i = 0; i <= n; ++i) {
            for (int j = 0; j <= n; ++j) {
                const auto a = l.begin() + i;
                const auto b = i % 2 ? l.begin() + j : l.end() - (n - j);
                require_equal(b - a, j - i);
                require(a + (j - i) == b);
                require(b - (j - i) == a);
                require((j - i) + a == b);
                require_equal(a == b, i == j);
                require_equal(a != b, i != j);
                require_equal(a < b, i < j);
                require_equal(a > b, i > j);
                require_equal(a <= b, i <= j);
                require_equal(a >= b, i >= j);
                require((a <=> b) == (i <=> j));
                if (j == n) continue;
                require_equal(&*b, &l[static_cast<std::size_t>(j)]);
                require_equal(&a[j - i], &*b);
                require_equal(b.operator->(), &*b);
            }
        }
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(steps_agree_with_indices, List, all) {
    surroundings<List> s;
    for (const int n : {1, 2, 7, 8, 9, 24, 25, 130}) {
        List l = s.empty();
        add(l, 0, n);
        auto it = l.begin();
        for (int i = 0; i != n; ++i) {
            require(it == l.begin() + i);
            require_equal(&*it++, &l[static_cast<std::size_t>(i)]);
        }
        require(it == l.end());
        for (int i = n; i != 0; --i) {
            require(it-- == l.begin() + i);
            require_equal(&*it, &l[static_cast<std::size_t>(i - 1)]);
        }
        require(it == l.begin());
        int i = n;
        for (auto r = l.rbegin(); r != l.rend(); ++r) require_equal(&*r, &l[static_cast<std::size_t>(--i)]);
        for (auto r = l.crbegin(); r != l.crend(); ++r, ++i) {}
        require_equal(i, n);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reserved_segments_are_not_walked_into, List, all) {
    surroundings<List> s;
    List l = s.empty();
    l.reserve(500);
    BOOST_TEST((l.begin() == l.end()));
    for (int n = 0; n != 100; ++n) {
        require_equal(std::distance(l.begin(), l.end()), n);
        int steps = 0;
        for (auto it = l.begin(); it != l.end(); ++it) ++steps;
        require_equal(steps, n);
        add(l, n, n + 1);
    }
    while (!l.empty()) {
        l.pop_back();
        std::size_t steps = 0;
        for (auto it = l.begin(); it != l.end(); ++it) ++steps;
        require_equal(steps, l.size());
    }
}

/// Hands out memory in the order that the test asks for, so that one segment's end is another one's beginning.
template <class T> struct backwards_allocator {
    using value_type = T;
    explicit backwards_allocator(std::byte*& end) noexcept : end_(&end) {}
    template <class U> backwards_allocator(const backwards_allocator<U>& other) noexcept : end_(other.end_) {}
    T* allocate(std::size_t n) { return reinterpret_cast<T*>(*end_ -= n * sizeof(T)); }
    void deallocate(T*, std::size_t) noexcept {}
    friend bool operator==(const backwards_allocator&, const backwards_allocator&) { return true; }
    std::byte** end_;
};

BOOST_AUTO_TEST_CASE(segments_that_touch_in_memory_in_the_wrong_order_are_told_apart) {
    alignas(64) std::byte memory[4096];
    std::byte* end = memory + sizeof memory;
    using list = seg::list<long, backwards_allocator<long>, seg::growth{.first = 8}>;
    list l{backwards_allocator<long>(end)};
    for (long n = 0; n != 120; ++n) l.push_back(n); // 8 + 16 + 32 + 64: full
    BOOST_TEST(&l[119] + 1 == &l[24]);              // the case in question
    BOOST_TEST((l.begin() + 24 != l.end()));
    long next = 24;
    for (auto it = l.begin() + 24; it != l.end(); ++it) BOOST_TEST(*it == next++);
    BOOST_TEST(next == 120);
}

BOOST_AUTO_TEST_CASE(the_algorithms_of_the_standard_library_work_on_a_list) {
    seg::list<int> l(1000);
    std::iota(l.begin(), l.end(), 0);
    std::mt19937 random(1);
    std::ranges::shuffle(l, random);
    std::ranges::sort(l);
    for (int n = 0; n != 1000; ++n) require_equal(l[static_cast<std::size_t>(n)], n);
    BOOST_TEST(std::ranges::binary_search(l, 500));
    BOOST_TEST((std::ranges::lower_bound(l, 123) == l.begin() + 123));
    std::sort(l.begin(), l.end(), std::greater<>());
    BOOST_TEST(l.front() == 999);
    std::reverse(l.begin(), l.end());
    std::sort(l.rbegin(), l.rend());
    BOOST_TEST(l.front() == 999);
    std::rotate(l.begin(), l.begin() + 10, l.end());
    BOOST_TEST(l.front() == 989);
    BOOST_TEST(std::accumulate(l.begin(), l.end(), 0) == 499'500);
    l.resize(static_cast<std::size_t>(std::ranges::remove_if(l, [](int n) { return n % 2; }).begin() - l.begin()));
    BOOST_TEST(l.size() == 500u);
    int sum = 0;
    for (const int n : l | std::views::filter([](int n) { return n % 3 == 0; }) | std::views::take(2)) sum += n;
    BOOST_TEST(sum == 984 + 978);
    BOOST_TEST(std::ranges::distance(l | std::views::reverse) == 500);
}

BOOST_AUTO_TEST_SUITE_END()
