// resource_allocator as a standard allocator: containers of std and Boost on arenas and on polymorphic resources.
#include <boost/container/deque.hpp>
#include <boost/container/flat_map.hpp>
#include <boost/container/map.hpp>
#include <boost/container/pmr/memory_resource.hpp>
#include <boost/container/string.hpp>
#include <boost/container/vector.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <deque>
#include <functional>
#include <limits>
#include <list>
#include <map>
#include <memory>
#include <memory_resource>
#include <new>
#include <numeric>
#include <string>
#include <type_traits>
#include <unordered_map>
#include <utility>
#include <vector>

#include "address_space.hpp"
#include "arena/heap_resource.hpp"
#include "arena/pattern.hpp"

import seg.arena;

// Every member, compiled through the import.
template class seg::resource_allocator<int>;
template class seg::resource_allocator<std::max_align_t, seg::arena>;
template class seg::resource_allocator<int, std::pmr::memory_resource>;
template class seg::resource_allocator<int, boost::container::pmr::memory_resource>;

namespace {

using namespace observation;
using seg::arena;
template <class T> using in_arena = seg::arena_allocator<T>;
template <class T> using over_std = seg::resource_allocator<T, std::pmr::memory_resource>;
template <class T> using over_boost = seg::resource_allocator<T, boost::container::pmr::memory_resource>;

using text = std::basic_string<char, std::char_traits<char>, in_arena<char>>;

struct alignas(256) wide {
    int value;
};

// A resource whose objects are all interchangeable.
struct shared_heap {
    void* allocate(std::size_t bytes, std::size_t alignment) {
        return ::operator new(bytes, std::align_val_t(alignment));
    }
    void deallocate(void* p, std::size_t, std::size_t alignment) { ::operator delete(p, std::align_val_t(alignment)); }
    friend bool operator==(const shared_heap&, const shared_heap&) { return true; }
};

} // namespace

BOOST_AUTO_TEST_SUITE(allocator)

BOOST_AUTO_TEST_CASE(it_is_an_allocator_that_goes_along_on_move_and_swap_but_not_on_copy) {
    using traits = std::allocator_traits<in_arena<int>>;
    static_assert(std::is_same_v<traits::value_type, int> && std::is_same_v<traits::pointer, int*>);
    static_assert(!traits::propagate_on_container_copy_assignment::value);
    static_assert(traits::propagate_on_container_move_assignment::value);
    static_assert(traits::propagate_on_container_swap::value);
    static_assert(!traits::is_always_equal::value);
    static_assert(std::is_same_v<traits::rebind_alloc<char>, in_arena<char>>);
    static_assert(std::is_same_v<std::allocator_traits<over_std<int>>::rebind_alloc<char>, over_std<char>>);
    static_assert(std::is_same_v<in_arena<int>, seg::resource_allocator<int>>);
    static_assert(std::is_same_v<in_arena<int>::resource_type, arena>);
    arena a;
    const in_arena<int> of_int(a);
    BOOST_TEST(traits::select_on_container_copy_construction(of_int).resource() == &a);
    const traits::rebind_alloc<double> of_double(of_int);
    BOOST_TEST(of_double.resource() == &a);
}

BOOST_AUTO_TEST_CASE(nothing_but_allocate_throws_and_a_resource_converts) {
    static_assert(std::is_convertible_v<arena&, in_arena<int>> && !std::is_convertible_v<arena*, in_arena<int>>);
    static_assert(!std::is_constructible_v<in_arena<int>, arena> && !std::is_default_constructible_v<in_arena<int>>);
    static_assert(std::is_convertible_v<in_arena<int>, in_arena<char>>);
    static_assert(!std::is_convertible_v<in_arena<int>, over_std<int>>);
    static_assert(std::is_nothrow_constructible_v<in_arena<int>, arena&>);
    static_assert(std::is_nothrow_constructible_v<in_arena<int>, const in_arena<char>&>);
    static_assert(std::is_nothrow_copy_constructible_v<in_arena<int>>);
    static_assert(std::is_nothrow_copy_assignable_v<in_arena<int>>);
    static_assert(std::is_nothrow_move_constructible_v<in_arena<int>> && std::is_nothrow_swappable_v<in_arena<int>>);
    static_assert(noexcept(std::declval<in_arena<int>&>().deallocate(nullptr, 0)));
    static_assert(!noexcept(std::declval<in_arena<int>&>().allocate(1)));
    static_assert(noexcept(std::declval<in_arena<int>>() == std::declval<in_arena<char>>()));
    static_assert(sizeof(in_arena<int>) == sizeof(void*));
    arena a;
    std::pmr::memory_resource& base = a;
    BOOST_TEST(over_std<int>(a).resource() == &base);
}

BOOST_AUTO_TEST_CASE(two_are_equal_when_their_resources_are) {
    arena a;
    arena b;
    BOOST_TEST((in_arena<int>(a) == in_arena<int>(a)));
    BOOST_TEST((in_arena<int>(a) == in_arena<char>(a)));
    BOOST_TEST((in_arena<int>(a) != in_arena<int>(b)));
    BOOST_TEST((in_arena<int>(a) != in_arena<char>(b)));
    BOOST_TEST((over_std<int>(a) == over_std<int>(a)));
    BOOST_TEST((over_std<int>(a) != over_std<char>(b)));
    std::pmr::memory_resource* const heap = std::pmr::new_delete_resource();
    BOOST_TEST((over_std<int>(a) != over_std<int>(*heap)));
    // Not by address alone.
    shared_heap one;
    shared_heap two;
    const seg::resource_allocator<int, shared_heap> from_one(one);
    const seg::resource_allocator<int, shared_heap> from_two(two);
    BOOST_TEST((from_one == from_two));
}

BOOST_AUTO_TEST_CASE(memory_for_n_objects_is_asked_for_in_bytes_and_at_their_alignment) {
    arena a;
    static_cast<void>(a.allocate(1, 1));
    in_arena<wide> wides(a);
    wide* const p = wides.allocate(3);
    BOOST_TEST(is_aligned(p, 256));
    fill(p, 3 * sizeof(wide), 1);
    const auto with_three = a.stats();
    wides.deallocate(p, 3);
    BOOST_TEST(a.stats().used == with_three.used - 3 * 256 - arena::red_zone);
    BOOST_TEST(wides.allocate(1) == p);
}

BOOST_AUTO_TEST_CASE(more_objects_than_bytes_can_be_counted_for_is_a_bad_array_length) {
    arena a;
    in_arena<std::uint64_t> numbers(a);
    volatile std::size_t n = std::numeric_limits<std::size_t>::max() / 8 + 1;
    BOOST_CHECK_THROW(static_cast<void>(numbers.allocate(n)), std::bad_array_new_length);
    n = std::numeric_limits<std::size_t>::max();
    BOOST_CHECK_THROW(static_cast<void>(numbers.allocate(n)), std::bad_array_new_length);
    // The largest number that can be counted is merely more than there is.
    n = std::numeric_limits<std::size_t>::max() / 8;
    try {
        static_cast<void>(numbers.allocate(n));
        BOOST_ERROR("allocated");
    } catch (const std::bad_array_new_length&) {
        BOOST_ERROR("a length that can be counted");
    } catch (const std::bad_alloc&) {
        BOOST_TEST((a.stats() == seg::arena_stats{}));
    }
}

BOOST_AUTO_TEST_CASE(standard_containers_live_in_an_arena) {
    arena a({.first_block = page});
    {
        std::vector<int, in_arena<int>> numbers(a);
        for (int i = 0; i != 50'000; ++i) numbers.push_back(i);
        BOOST_TEST(std::accumulate(numbers.begin(), numbers.end(), 0LL) == 50'000LL * 49'999 / 2);
        BOOST_TEST((a.owns(numbers.data()) && a.owns(&numbers.back())));

        std::map<int, int, std::less<>, in_arena<std::pair<const int, int>>> tree(a);
        for (int i = 0; i != 500; ++i) tree.emplace(i * 7 % 500, i);
        BOOST_TEST((tree.at(7) == 1 && tree.size() == 500u && a.owns(&tree.at(7))));

        std::vector<text, in_arena<text>> words(a);
        for (int i = 0; i != 500; ++i)
            words.emplace_back("a string that is too long to be stored in place: ", a) += std::to_string(i).c_str();
        BOOST_TEST(words.at(321).ends_with(": 321"));
        BOOST_TEST((a.owns(&words.at(321)) && a.owns(words.at(321).data())));

        std::deque<double, in_arena<double>> queue(a);
        for (int i = 0; i != 5000; ++i) (i % 2 == 0 ? queue.push_back(i) : queue.push_front(i));
        BOOST_TEST((queue.front() == 4999.0 && queue.back() == 4998.0 && a.owns(&queue.front())));

        std::list<wide, in_arena<wide>> wides(3, wide{5}, a);
        for (const wide& w : wides) BOOST_TEST((is_aligned(&w, 256) && w.value == 5));

        std::unordered_map<int, int, std::hash<int>, std::equal_to<>, in_arena<std::pair<const int, int>>> squares(a);
        for (int i = 0; i != 1000; ++i) squares[i] = i * i;
        BOOST_TEST(squares.at(31) == 961);

        const auto shared = std::allocate_shared<wide>(in_arena<wide>(a), wide{6});
        BOOST_TEST((shared->value == 6 && a.owns(shared.get())));
    }
    a.reset();
    BOOST_TEST(a.stats().used == 0u);
}

BOOST_AUTO_TEST_CASE(boost_containers_live_in_an_arena) {
    namespace bc = boost::container;
    arena a({.first_block = page});
    bc::vector<int, in_arena<int>> numbers{in_arena<int>(a)};
    bc::deque<int, in_arena<int>> queue{in_arena<int>(a)};
    bc::flat_map<int, int, std::less<int>, in_arena<std::pair<int, int>>> flat{in_arena<std::pair<int, int>>(a)};
    bc::map<int, int, std::less<int>, in_arena<std::pair<const int, int>>> tree{in_arena<std::pair<const int, int>>(a)};
    for (int i = 0; i != 3000; ++i) {
        numbers.push_back(i);
        queue.push_front(i);
        flat[i] = -i;
        tree[i] = 2 * i;
    }
    bc::basic_string<char, std::char_traits<char>, in_arena<char>> s{in_arena<char>(a)};
    for (int i = 0; i != 300; ++i) s += "ab";
    BOOST_TEST((numbers[2999] == 2999 && queue[0] == 2999 && flat.at(7) == -7 && tree.at(7) == 14));
    BOOST_TEST((a.owns(&numbers[0]) && a.owns(&queue[0]) && a.owns(&*flat.begin()) && a.owns(&*tree.begin())));
    BOOST_TEST((s.size() == 600u && s.substr(598) == "ab" && a.owns(s.data())));
}

BOOST_AUTO_TEST_CASE(a_moved_container_takes_its_arena_along_and_nothing_moves) {
    arena a;
    arena b;
    std::vector<int, in_arena<int>> from({1, 2, 3}, a);
    std::vector<int, in_arena<int>> to({4, 5}, b);
    const int* const address = from.data();
    to = std::move(from);
    BOOST_TEST(to.data() == address);
    BOOST_TEST(to.get_allocator().resource() == &a);
    const std::vector<int, in_arena<int>> constructed(std::move(to));
    BOOST_TEST(constructed.data() == address);
    BOOST_TEST(constructed.get_allocator().resource() == &a);
}

BOOST_AUTO_TEST_CASE(swapped_containers_swap_their_arenas_and_nothing_moves) {
    arena a;
    arena b;
    std::vector<int, in_arena<int>> one({1, 2, 3}, a);
    std::vector<int, in_arena<int>> two({4, 5}, b);
    const int* const first = one.data();
    const int* const second = two.data();
    swap(one, two);
    BOOST_TEST((one.data() == second && two.data() == first));
    BOOST_TEST((one.get_allocator().resource() == &b && two.get_allocator().resource() == &a));
}

BOOST_AUTO_TEST_CASE(a_copied_to_container_stays_in_its_own_arena) {
    arena a;
    arena b;
    const std::vector<int, in_arena<int>> from({1, 2, 3}, a);
    std::vector<int, in_arena<int>> to({4}, b);
    to = from;
    BOOST_TEST((to == from));
    BOOST_TEST(to.get_allocator().resource() == &b);
    BOOST_TEST(b.owns(to.data()));
    const auto copy = from;
    BOOST_TEST(copy.get_allocator().resource() == &a);
}

BOOST_AUTO_TEST_CASE(a_container_over_a_polymorphic_resource_gives_back_what_it_took) {
    heap_resource<std::pmr::memory_resource> heap;
    {
        std::vector<wide, over_std<wide>> wides(heap);
        for (int i = 0; i != 100; ++i) wides.push_back({i});
        BOOST_TEST(heap.bytes == wides.capacity() * sizeof(wide));
        BOOST_TEST(is_aligned(wides.data(), 256));
        std::map<int, int, std::less<>, over_std<std::pair<const int, int>>> tree(heap);
        for (int i = 0; i != 100; ++i) tree[i] = i;
        BOOST_TEST(heap.allocations >= 100u);
    }
    BOOST_TEST(heap.bytes == 0u);
}

BOOST_AUTO_TEST_CASE(a_container_over_boosts_polymorphic_resource_gives_back_what_it_took) {
    heap_resource<boost::container::pmr::memory_resource> heap;
    heap_resource<boost::container::pmr::memory_resource> other;
    {
        std::vector<wide, over_boost<wide>> wides(heap);
        for (int i = 0; i != 100; ++i) wides.push_back({i});
        BOOST_TEST(heap.bytes == wides.capacity() * sizeof(wide));
        BOOST_TEST((is_aligned(wides.data(), 256) && wides[99].value == 99));
        boost::container::vector<int, over_boost<int>> numbers(1000, 7, over_boost<int>(heap));
        BOOST_TEST(heap.bytes >= wides.capacity() * sizeof(wide) + 1000 * sizeof(int));
        BOOST_TEST((over_boost<int>(heap) == over_boost<char>(heap)));
        BOOST_TEST((over_boost<int>(heap) != over_boost<int>(other)));
    }
    BOOST_TEST(heap.bytes == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
