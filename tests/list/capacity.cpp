// Sizes, and when memory is taken and given back.
#include <boost/test/unit_test.hpp>

#include <limits>
#include <stdexcept>

#include "lists.hpp"

using namespace lists;

BOOST_AUTO_TEST_SUITE(capacity)

BOOST_AUTO_TEST_CASE_TEMPLATE(reserve_makes_room_and_nothing_else, List, all) {
    surroundings<List> s;
    List l = s.empty_list();
    for (const std::size_t n : {1u, 2u, 9u, 40u, 700u}) {
        l.reserve(n);
        const std::size_t made = l.capacity();
        BOOST_TEST(made >= n);
        BOOST_TEST(l.empty());
        l.reserve(n / 2);
        BOOST_TEST(l.capacity() == made);
    }
    const std::size_t made = l.capacity();
    s.add(l, 0, static_cast<int>(made));
    BOOST_TEST(l.capacity() == made);
    require_numbers(l, 0, static_cast<int>(made));
    s.add(l, static_cast<int>(made), static_cast<int>(made) + 1);
    BOOST_TEST(l.capacity() > made);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(resize_appends_and_removes_at_the_end, List, all) {
    surroundings<List> s;
    List l = s.empty_list();
    for (const std::size_t n : {0u, 1u, 100u, 99u, 3u, 64u, 8u, 0u, 200u}) {
        l.resize(n);
        BOOST_TEST(l.size() == n);
        BOOST_TEST(static_cast<std::size_t>(l.end() - l.begin()) == n);
    }
    if constexpr (copyable<List>) {
        using T = typename List::value_type;
        l.clear();
        s.add(l, 0, 10);
        l.resize(5, make<T>(7));
        require_numbers(l, 0, 5);
        l.resize(500, l[3]); // an element of its own is a good source
        for (std::size_t i = 5; i != 500; ++i) require_equal(number(l[i]), expected<T>(3));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(clear_keeps_the_memory_and_shrink_to_fit_gives_it_back, List, all) {
    surroundings<List> s;
    List l = s.empty_list();
    s.add(l, 0, 300);
    const std::size_t full = l.capacity();
    l.clear();
    require_numbers(l, 0, 0);
    BOOST_TEST(l.capacity() == full);
    s.add(l, 0, 300);
    require_numbers(l, 0, 300);
    BOOST_TEST(l.capacity() == full);
    l.resize(20);
    l.shrink_to_fit();
    BOOST_TEST(l.capacity() >= 20u);
    BOOST_TEST(l.capacity() <= std::max<std::size_t>(128, 20 * 2 + 8));
    require_numbers(l, 0, 20);
    l.clear();
    l.shrink_to_fit();
    BOOST_TEST(l.capacity() == 0u);
    require_numbers(l, 0, 0);
    s.add(l, 0, 40);
    require_numbers(l, 0, 40);
}

BOOST_AUTO_TEST_CASE(pushing_and_popping_around_a_segments_end_allocates_once) {
    allocators::account account;
    seg::list<int, allocators::counting<int>, seg::growth{.first = 4}> l{allocators::counting<int>(account)};
    for (int n = 0; n != 12; ++n) l.push_back(n);
    l.push_back(12); // opens the third segment
    const int allocations = account.allocations;
    const std::size_t blocks = account.blocks.size();
    for (int round = 0; round != 100; ++round) {
        l.pop_back();
        l.pop_back();
        BOOST_TEST(l.back() == 10);
        l.push_back(11);
        l.push_back(12);
    }
    BOOST_TEST(account.allocations == allocations);
    BOOST_TEST(account.blocks.size() == blocks);
}

BOOST_AUTO_TEST_CASE(a_list_of_one_small_element_owns_at_most_160_bytes) {
    allocators::account account;
    seg::list<long, allocators::counting<long>> l{allocators::counting<long>(account)};
    l.push_back(1);
    BOOST_TEST(account.bytes() <= 160u);
}

BOOST_AUTO_TEST_CASE(max_size_is_what_can_be_counted_and_no_more_is_attempted) {
    allocators::account account;
    seg::list<int, allocators::counting<int>> l{allocators::counting<int>(account)};
    const std::size_t most = l.max_size();
    BOOST_TEST(most <= static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(int));
    BOOST_TEST(most >= static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(int) / 2);
    l.push_back(1);
    const int before = account.allocations;
    BOOST_CHECK_THROW(l.reserve(most + 1), std::length_error);
    BOOST_CHECK_THROW(l.resize(most + 1), std::length_error);
    BOOST_CHECK_THROW(l.resize(std::numeric_limits<std::size_t>::max(), 3), std::length_error);
    BOOST_TEST(account.allocations == before);
    require_numbers(l, 1, 2);
}

/// An allocator that has room for 20 elements at most, and says so.
template <class T> struct small_allocator {
    using value_type = T;
    small_allocator() = default;
    template <class U> small_allocator(const small_allocator<U>&) noexcept {}
    T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
    void deallocate(T* p, std::size_t n) { std::allocator<T>().deallocate(p, n); }
    std::size_t max_size() const noexcept { return 20; }
    friend bool operator==(const small_allocator&, const small_allocator&) { return true; }
};

BOOST_AUTO_TEST_CASE(growing_beyond_max_size_throws_and_changes_nothing) {
    seg::list<int, small_allocator<int>, seg::growth{.first = 2}> l;
    BOOST_TEST(l.max_size() == 14u); // 2 + 4 + 8; the next segment would have 16
    for (int n = 0; n != 14; ++n) l.push_back(n);
    BOOST_CHECK_THROW(l.push_back(14), std::length_error);
    BOOST_CHECK_THROW(l.resize(15), std::length_error);
    require_numbers(l, 0, 14);
    BOOST_TEST(l.capacity() == 14u);
}

BOOST_AUTO_TEST_CASE(a_list_whose_first_segment_is_too_large_for_its_allocator_stays_empty) {
    seg::list<int, small_allocator<int>, seg::growth{.first = 32}> l;
    BOOST_TEST(l.max_size() == 0u);
    BOOST_CHECK_THROW(l.push_back(1), std::length_error);
    BOOST_CHECK_THROW(l.resize(1), std::length_error);
    BOOST_CHECK_THROW(l.reserve(1), std::length_error);
    BOOST_CHECK_THROW((seg::list<int, small_allocator<int>, seg::growth{.first = 32}>(3)), std::length_error);
    BOOST_TEST(l.try_push_back(1) == nullptr);
    l.reserve(0);
    require_numbers(l, 0, 0);
    BOOST_TEST(l.capacity() == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
