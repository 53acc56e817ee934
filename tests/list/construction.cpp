// Construction, copy, move, swap and assignment.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <list>
#include <ranges>
#include <sstream>
#include <string>
#include <type_traits>
#include <utility>

#include "lists.hpp"

using namespace lists;

BOOST_AUTO_TEST_SUITE(construction)

static_assert(std::is_nothrow_default_constructible_v<seg::list<int>>);
static_assert(std::is_nothrow_default_constructible_v<seg::pmr::list<int>>);
static_assert(!std::is_default_constructible_v<seg::arena_list<int>>);
static_assert(std::is_nothrow_constructible_v<seg::arena_list<int>, seg::arena&>);
static_assert(std::is_nothrow_move_constructible_v<seg::list<tracked>>);
static_assert(std::is_nothrow_move_constructible_v<seg::arena_list<tracked>>);
static_assert(std::is_nothrow_move_assignable_v<seg::list<tracked>>);
static_assert(std::is_nothrow_move_assignable_v<seg::arena_list<tracked>>);
static_assert(!std::is_nothrow_move_assignable_v<seg::pmr::list<tracked>>);
static_assert(std::is_nothrow_swappable_v<seg::list<tracked>>);
static_assert(std::is_nothrow_move_constructible_v<seg::list<pinned>>);
static_assert(std::is_nothrow_destructible_v<seg::list<tracked>>);
static_assert(sizeof(seg::list<int>) == 4 * sizeof(void*));
// Whatever a list is made of, an allocator without a default is asked for; that it is missing is no error.
template <class List, class... From> constexpr bool only_with_allocator() {
    using allocator = typename List::allocator_type;
    return !std::is_constructible_v<List, From...> && std::is_constructible_v<List, From..., const allocator&>;
}
template <class List> constexpr bool asks_for_its_allocator() {
    using T = typename List::value_type;
    static_assert(only_with_allocator<List>());
    static_assert(only_with_allocator<List, int>());
    static_assert(only_with_allocator<List, std::size_t>());
    static_assert(only_with_allocator<List, int, seg::default_init_t>());
    static_assert(only_with_allocator<List, int, const T&>());
    static_assert(only_with_allocator<List, const T*, const T*>());
    static_assert(only_with_allocator<List, std::istream_iterator<T>, std::istream_iterator<T>>());
    static_assert(only_with_allocator<List, std::initializer_list<T>>());
#ifdef __cpp_lib_containers_ranges
    static_assert(only_with_allocator<List, std::from_range_t, std::list<T>>());
#endif
    static_assert(std::is_constructible_v<List, const List&> && std::is_constructible_v<List, List>);
    static_assert(std::is_constructible_v<List, const List&, const typename List::allocator_type&>);
    return true;
}
static_assert(asks_for_its_allocator<seg::arena_list<int>>());
static_assert(asks_for_its_allocator<seg::arena_list<std::string>>());
static_assert(asks_for_its_allocator<seg::list<int, allocators::counting<int>>>());
static_assert(std::is_constructible_v<seg::arena_list<int>, int, seg::arena&>);
static_assert(std::is_constructible_v<seg::list<int>, int> && std::is_constructible_v<seg::pmr::list<int>, int>);
static_assert(std::is_constructible_v<seg::list<int>, const int*, const int*>);
static_assert(!std::is_constructible_v<seg::arena_list<int>, seg::arena_list<int>&, int>);
// An explicit constructor makes no list out of a number.
static_assert(!std::is_convertible_v<int, seg::list<int>>);

BOOST_AUTO_TEST_CASE_TEMPLATE(an_empty_list_allocates_nothing, List, all) {
    surroundings<List> s;
    List l = s.empty_list();
    List moved = std::move(l);
    using std::swap;
    swap(l, moved);
    l.clear();
    l.shrink_to_fit();
    require_numbers(l, 0, 0);
    BOOST_TEST((l.begin() == l.end()));
    BOOST_TEST(l.capacity() == 0u);
    BOOST_TEST(s.arena.stats().allocated == 0u);
    BOOST_TEST(s.account.allocations == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(n_elements_are_value_initialised, List, all) {
    surroundings<List> s;
    const List l(50, s.get());
    require_equal(l.size(), 50u);
    if constexpr (std::is_same_v<typename List::value_type, std::string>)
        for (const auto& e : l) BOOST_TEST(e.empty());
    else
        for (const auto& e : l) BOOST_TEST(number(e) == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(n_copies_of_a_value, List, all_copyable) {
    using T = typename List::value_type;
    surroundings<List> s;
    const T value = make<T>(7);
    const List l(50, value, s.get());
    require_equal(l.size(), 50u);
    for (const auto& e : l) BOOST_TEST(number(e) == expected<T>(7));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_copy_holds_equal_elements_of_its_own, List, all_copyable) {
    surroundings<List> s;
    List l = s.empty_list();
    s.add(l, 0, 100);
    const notes<List> before(l);
    List copy = l;
    require_numbers(copy, 0, 100);
    BOOST_TEST(&copy[0] != &l[0]);
    const List again(l, s.get());
    require_numbers(again, 0, 100);
    before.check(l);
    s.add(copy, 100, 150);
    require_numbers(copy, 0, 150);
    require_numbers(l, 0, 100);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_moved_list_keeps_its_elements_where_they_are, List, all) {
    surroundings<List> s;
    List l = s.empty_list();
    s.add(l, 0, 100);
    const notes<List> before(l);
    List moved = std::move(l);
    before.check(moved);
    require_numbers(moved, 0, 100);
    require_numbers(l, 0, 0);
    s.add(l, 5, 20); // as good as new
    require_numbers(l, 5, 20);
    s.add(moved, 100, 200);
    before.check(moved);

    // Where allocators may be unequal, this needs elements that can be moved.
    if constexpr (movable<List> || std::allocator_traits<typename List::allocator_type>::is_always_equal::value) {
        List extended(std::move(moved), s.get());
        before.check(extended);
        require_numbers(extended, 0, 200);
        require_numbers(moved, 0, 0);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(swapped_lists_keep_their_elements_where_they_are, List, all) {
    surroundings<List> s;
    List a = s.empty_list(), b = s.empty_list();
    s.add(a, 0, 100);
    s.add(b, 1000, 1010);
    const notes<List> of_a(a), of_b(b);
    a.swap(b);
    of_a.check(b);
    of_b.check(a);
    std::ranges::swap(a, b);
    of_a.check(a);
    of_b.check(b);
    require_numbers(a, 0, 100);
    require_numbers(b, 1000, 1010);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(move_assignment_takes_the_elements_and_drops_the_old_ones, List, all) {
    surroundings<List> s;
    List a = s.empty_list(), b = s.empty_list();
    s.add(a, 0, 100);
    s.add(b, 1000, 1010);
    const notes<List> of_b(b);
    a = std::move(b);
    of_b.check(a);
    require_numbers(a, 1000, 1010);
    require_numbers(b, 0, 0);
    List& same = a;
    a = std::move(same);
    of_b.check(a);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(copy_assignment_replaces_the_contents, List, all_copyable) {
    surroundings<List> s;
    for (const int old_size : {0, 1, 37, 100, 150}) {
        List a = s.empty_list(), b = s.empty_list();
        s.add(a, 0, 100);
        s.add(b, 1000, 1000 + old_size);
        b = a;
        require_numbers(b, 0, 100);
        require_numbers(a, 0, 100);
        const List& same = b;
        b = same;
        require_numbers(b, 0, 100);
        b = s.empty_list();
        require_numbers(b, 0, 0);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(assign_replaces_the_contents, List, all_copyable) {
    using T = typename List::value_type;
    surroundings<List> s;
    List source = s.empty_list();
    s.add(source, 500, 560);
    for (const int old_size : {0, 1, 37, 60, 100}) {
        List l = s.empty_list();
        s.add(l, 0, old_size);
        l.assign(source.begin(), source.end());
        require_numbers(l, 500, 560);
        l.assign(3, make<T>(9));
        require_equal(l.size(), 3u);
        for (const T& e : l) BOOST_TEST(number(e) == expected<T>(9));
        l.assign({make<T>(1), make<T>(2), make<T>(3), make<T>(4)});
        require_numbers(l, 1, 5);
        l = {make<T>(8), make<T>(9)};
        require_numbers(l, 8, 10);
    }
}

BOOST_AUTO_TEST_CASE(assigning_copies_of_an_own_element_is_safe) {
    for (const std::size_t n : {0u, 1u, 4u, 5u, 6u, 99u, 100u, 101u, 1000u}) {
        seg::list<std::string> l;
        surroundings<seg::list<std::string>>::add(l, 0, 100);
        l.assign(n, l[5]);
        require_equal(l.size(), n);
        for (const std::string& e : l) BOOST_TEST(number(e) == 5);
    }
}

BOOST_AUTO_TEST_CASE(iterators_of_any_kind_are_a_source) {
    const std::list<int> linked{1, 2, 3};
    require_numbers(seg::list<int>(linked.begin(), linked.end()), 1, 4);
    std::istringstream words("1 2 3 4 5 6 7 8 9 10 11 12");
    seg::list<int> read{std::istream_iterator<int>(words), std::istream_iterator<int>()};
    require_numbers(read, 1, 13);
    std::istringstream more("20 21");
    read.assign(std::istream_iterator<int>(more), std::istream_iterator<int>());
    require_numbers(read, 20, 22);
    const int array[] = {4, 5, 6};
    require_numbers(seg::list<int>(std::begin(array), std::end(array)), 4, 7);
    require_numbers(seg::list<int>(std::counted_iterator(array, 2), std::default_sentinel), 4, 6);
    std::unique_ptr<int> owners[] = {std::make_unique<int>(1), std::make_unique<int>(2)};
    const seg::list<std::unique_ptr<int>> taken(std::move_iterator(std::begin(owners)),
                                                std::move_iterator(std::end(owners)));
    BOOST_TEST(*taken[1] == 2);
    BOOST_TEST(owners[1].get() == nullptr);
}

BOOST_AUTO_TEST_CASE(the_element_type_is_deduced) {
    static_assert(std::is_same_v<decltype(seg::list{1, 2, 3}), seg::list<int>>);
    const std::list<std::string> words{"a", "b"};
    static_assert(std::is_same_v<decltype(seg::list(words.begin(), words.end())), seg::list<std::string>>);
    seg::arena arena;
    static_assert(std::is_same_v<decltype(seg::list(words.begin(), words.end(), seg::arena_allocator<std::string>(arena))),
                                 seg::arena_list<std::string>>);
    const seg::list l(words.begin(), words.end(), seg::arena_allocator<std::string>(arena));
    BOOST_TEST(l.back() == "b");
    BOOST_TEST(arena.stats().used > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
