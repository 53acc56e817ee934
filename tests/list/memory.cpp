// When a list allocates, how much, and how many elements it can have.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <limits>
#include <memory>
#include <new>
#include <stdexcept>
#include <utility>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(memory)

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

#ifdef __cpp_exceptions // without them an allocator that throws ends the program
BOOST_AUTO_TEST_CASE(what_cannot_be_inserted_is_not_moved_from) {
    allocators::account account;
    using allocator = allocators::counting<std::unique_ptr<int>>;
    seg::list<std::unique_ptr<int>, allocator, seg::growth{.first = 2}> l{allocator(account)};
    l.resize(2);
    auto value = std::make_unique<int>(3);
    account.allocations_until_failure = 0;
    BOOST_CHECK_THROW(l.insert(l.begin(), std::move(value)), std::bad_alloc);
    account.allocations_until_failure = 0;
    BOOST_TEST(l.try_push_back(std::move(value)) == nullptr);
    BOOST_TEST(value != nullptr);
}

BOOST_AUTO_TEST_CASE(try_push_back_reports_that_there_is_no_memory) {
    allocators::account account;
    seg::list<int, allocators::counting<int>, seg::growth{.first = 2}> l{allocators::counting<int>(account)};
    account.allocations_until_failure = 0;
    BOOST_TEST(l.try_push_back(1) == nullptr);
    BOOST_TEST(l.capacity() == 0u);
    account.allocations_until_failure = -1;
    for (int n = 0; n != 6; ++n) BOOST_TEST(*l.try_emplace_back(n) == n);
    account.allocations_until_failure = 0;
    const int value = 6;
    BOOST_TEST(l.try_push_back(value) == nullptr);
    require_numbers(l, 0, 6);
    BOOST_TEST(*l.try_push_back(value) == 6);
    const int* const made = l.try_emplace_back();
    BOOST_TEST(made == &l.back());
}
#endif

BOOST_AUTO_TEST_SUITE_END()
