// Which allocator a list has after copy, move and swap, how it uses the allocator, and that it leaves no byte in an
// arena.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <initializer_list>
#include <iterator>
#include <list>
#include <memory>
#include <memory_resource>
#include <new>
#include <ranges>
#include <scoped_allocator>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(allocation)

static_assert(std::is_nothrow_default_constructible_v<seg::pmr::list<int>>);
static_assert(!std::is_default_constructible_v<seg::arena_list<int>>);
static_assert(std::is_nothrow_constructible_v<seg::arena_list<int>, seg::arena&>);
static_assert(std::is_nothrow_move_constructible_v<seg::arena_list<tracked>>);
static_assert(std::is_nothrow_move_assignable_v<seg::arena_list<tracked>>);
static_assert(!std::is_nothrow_move_assignable_v<seg::pmr::list<tracked>>);
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

template <class Propagation>
using list = seg::list<tracked, allocators::counting<tracked, Propagation>>;

template <class Propagation> struct two_lists {
    two_lists() {
        for (int n = 0; n != 30; ++n) a.emplace_back(n);
        for (int n = 100; n != 110; ++n) b.emplace_back(n);
    }
    allocators::account of_a, of_b;
    list<Propagation> a{allocators::counting<tracked, Propagation>(of_a)};
    list<Propagation> b{allocators::counting<tracked, Propagation>(of_b)};
};

BOOST_AUTO_TEST_CASE(an_allocator_that_stays_makes_assignment_go_element_by_element) {
    two_lists<allocators::propagate_nothing> t;
    t.b = t.a;
    BOOST_TEST(t.b.get_allocator().get() == &t.of_b);
    require_numbers(t.b, 0, 30);
    t.b.clear();
    t.b = std::move(t.a);
    BOOST_TEST(t.b.get_allocator().get() == &t.of_b);
    require_numbers(t.b, 0, 30);
    require_numbers(t.a, 0, 0);
}

BOOST_AUTO_TEST_CASE(an_allocator_that_propagates_goes_along) {
    two_lists<allocators::propagate_everything> t;
    const notes<list<allocators::propagate_everything>> of_a(t.a), of_b(t.b);
    t.a.swap(t.b);
    BOOST_TEST(t.a.get_allocator().get() == &t.of_b);
    of_a.check(t.b);
    of_b.check(t.a);
    t.a = t.b; // from of_b's memory to of_a's
    BOOST_TEST(t.a.get_allocator().get() == &t.of_a);
    BOOST_TEST(t.of_b.blocks.empty());
    require_numbers(t.a, 0, 30);
    t.a = std::move(t.b);
    of_a.check(t.a);
    require_numbers(t.b, 0, 0);
}

BOOST_AUTO_TEST_CASE(propagating_copy_assignment_that_fails_loses_nothing) {
    for (int k = 0; k != 3; ++k) {
        two_lists<allocators::propagate_everything> t;
        const notes<list<allocators::propagate_everything>> of_b(t.b);
        t.of_a.allocations_until_failure = k;
        BOOST_CHECK_THROW(t.b = t.a, std::bad_alloc);
        t.of_a.allocations_until_failure = -1;
        of_b.check(t.b);
        require_numbers(t.b, 100, 110);
        BOOST_TEST(t.b.get_allocator().get() == &t.of_b);
    }
}

BOOST_AUTO_TEST_CASE(moving_to_an_unequal_allocator_moves_the_elements) {
    two_lists<allocators::propagate_nothing> t;
    const list<allocators::propagate_nothing> l(std::move(t.a), t.b.get_allocator());
    require_numbers(l, 0, 30);
    BOOST_TEST(t.a.empty());
    BOOST_TEST(t.of_b.blocks.size() > 2u);
}

/// Keeps lists of its own kind.
template <class Propagation> struct family {
    using list = seg::list<family, allocators::counting<family, Propagation>>;
    family(allocators::account& a, int n) : kids(allocators::counting<family, Propagation>(a)), number(n) {}
    list kids;
    tracked number;
};

/// Assigns a list that lies in an element of the list assigned to, and in an element of such an element; the inner
/// lists have an allocator of their own if the allocators are to be unequal.
template <class Propagation, class Assign> void assign_from_within(bool unequal, Assign assign) {
    for (const bool deep : {false, true}) {
        const int alive_before = alive;
        allocators::account of_root, of_kids;
        allocators::account& inner = unequal ? of_kids : of_root;
        {
            family<Propagation> root(of_root, 0);
            for (int n = 0; n != 3; ++n) {
                family<Propagation>& kid = root.kids.emplace_back(inner, n);
                for (int m = 0; m != 20; ++m) {
                    kid.kids.emplace_back(inner, m);
                    for (int i = 0; i != 5; ++i) kid.kids.back().kids.emplace_back(inner, 100 + i);
                }
            }
            assign(root.kids, deep ? root.kids[1].kids[2].kids : root.kids[1].kids);
            BOOST_REQUIRE(root.kids.size() == (deep ? 5u : 20u));
            for (std::size_t i = 0; i != root.kids.size(); ++i) {
                BOOST_TEST(root.kids[i].number.number() == static_cast<int>(i) + (deep ? 100 : 0));
                BOOST_TEST(root.kids[i].kids.size() == (deep ? 0u : 5u));
            }
            BOOST_TEST((root.kids.get_allocator().get() == (Propagation::copy ? &inner : &of_root)));
            root.kids.emplace_back(inner, 7);
        }
        BOOST_TEST(alive == alive_before);
        for (const allocators::account* a : {&of_root, &of_kids}) {
            BOOST_TEST(a->blocks.empty());
            BOOST_TEST(!a->mismatched);
        }
    }
}

BOOST_AUTO_TEST_CASE(a_list_may_be_moved_from_within_an_element_and_copied_where_its_unequal_allocator_goes_along) {
    const auto copy = [](auto& to, const auto& from) { to = from; };
    const auto move = [](auto& to, auto& from) { to = std::move(from); };
    assign_from_within<allocators::propagate_everything>(true, copy);
    for (const bool unequal : {false, true}) {
        assign_from_within<allocators::propagate_everything>(unequal, move);
        assign_from_within<allocators::propagate_nothing>(unequal, move);
    }
}

BOOST_AUTO_TEST_CASE(a_pmr_list_hands_its_resource_on_to_its_elements) {
    seg::arena arena;
    seg::pmr::list<std::pmr::string> l(&arena);
    for (int n = 0; n != 100; ++n) l.emplace_back("a string that is too long for the small buffer");
    for (const std::pmr::string& s : l) BOOST_TEST(s.get_allocator().resource() == &arena);
    const seg::pmr::list<std::pmr::string> copy = l; // on the default resource, as for every pmr container
    BOOST_TEST(copy.get_allocator().resource() == std::pmr::get_default_resource());
    BOOST_TEST(copy[5].get_allocator().resource() == std::pmr::get_default_resource());
    BOOST_TEST((copy == l));
}

/// Rows that cannot be made of the arguments alone: their allocator adds itself, and it has no default.
template <class Row> void make_rows() {
    using allocator = std::scoped_allocator_adaptor<seg::arena_allocator<Row>>;
    seg::arena arena;
    seg::list<Row, allocator, seg::growth{.first = 2}> l{allocator(arena)};
    for (unsigned n = 0; n != 10; ++n) {
        l.emplace_back(n, 2);
        l.emplace(l.begin(), n, 3);
    }
    BOOST_TEST(l.try_emplace_back(7u, 4)->size() == 7u);
    l.resize(30);
    BOOST_TEST(l.size() == 30u);
    for (unsigned n = 0; n != 10; ++n) {
        BOOST_TEST(l[9 - n].size() == n);
        BOOST_TEST(l[10 + n].size() == n);
    }
    for (const Row& row : l) BOOST_TEST((row.get_allocator() == seg::arena_allocator<int>(arena)));
}

BOOST_AUTO_TEST_CASE(a_scoped_allocator_hands_itself_on_to_the_elements) {
    make_rows<seg::arena_list<int>>();
    // With Clang and libstdc++ 14 or newer, std::vector and std::deque cannot be elements of any such container.
#if !(defined __clang__ && defined _GLIBCXX_RELEASE && _GLIBCXX_RELEASE >= 14)
    make_rows<std::vector<int, seg::arena_allocator<int>>>();
#endif
}

/// Constructs by itself, and counts.
template <class T> struct constructing {
    using value_type = T;
    constructing() = default;
    template <class U> constructing(const constructing<U>&) noexcept {}
    T* allocate(std::size_t n) { return std::allocator<T>().allocate(n); }
    void deallocate(T* p, std::size_t n) { std::allocator<T>().deallocate(p, n); }
    template <class... Args> void construct(T* p, Args&&... args) {
        ++constructions;
        ::new (static_cast<void*>(p)) T(std::forward<Args>(args)...);
    }
    friend bool operator==(const constructing&, const constructing&) { return true; }
    static inline int constructions = 0;
};

BOOST_AUTO_TEST_CASE(an_allocator_that_constructs_constructs_copies_of_numbers_too) {
    seg::list<int, constructing<int>> l;
    for (int n = 0; n != 100; ++n) l.push_back(n);
    constructing<int>::constructions = 0;
    seg::list<int, constructing<int>> copy = l;
    BOOST_TEST(constructing<int>::constructions == 100);
    BOOST_TEST((copy == l));
    const std::vector<int> numbers(50, 7);
    copy.append_range(numbers);
    BOOST_TEST(constructing<int>::constructions == 150);
    copy.resize(200, seg::default_init); // not by construct, which value-initializes
    BOOST_TEST(constructing<int>::constructions == 150);
    require_numbers(seg::list<int>(l.begin(), l.end()), 0, 100);
}

BOOST_AUTO_TEST_CASE(an_arena_list_lives_in_its_arena) {
    seg::arena arena;
    {
        seg::arena_list<long> l(arena);
        for (long n = 0; n != 1000; ++n) require(arena.owns(&l.emplace_back(n)));
        seg::arena_list<long> copy = l;
        BOOST_TEST(arena.owns(&copy[0]));
    }
    arena.reset();
    const std::size_t mapped = arena.stats().allocated;
    for (int round = 0; round != 100; ++round) {
        seg::arena_list<long> l(arena);
        for (long n = 0; n != 1000; ++n) l.push_back(n);
        BOOST_TEST(l[999] == 999);
        l.clear();
        l.shrink_to_fit();
        arena.reset();
    }
    BOOST_TEST(arena.stats().allocated == mapped);
}

BOOST_AUTO_TEST_CASE(a_list_that_dies_leaves_its_arena_as_it_found_it) {
    for (const std::size_t n : {1u, 16u, 17u, 100u, 4000u, 4080u, 4081u, 5000u, 100'000u}) {
        seg::arena arena;
        seg::arena_list<long> before(1, arena);
        const std::size_t used = arena.stats().used;
        {
            seg::arena_list<long> l(arena);
            for (std::size_t i = 0; i != n; ++i) l.push_back(0);
        }
        BOOST_TEST(arena.stats().used == used);
        { const seg::arena_list<long> at_once(n, arena); }
        BOOST_TEST(arena.stats().used == used);
        seg::arena_list<long> emptied(n, arena);
        emptied.resize(1);
        emptied.shrink_to_fit();
        const std::size_t one = arena.stats().used;
        BOOST_TEST(one <= 2 * used); // a list of one element, like the one before
        emptied.resize(n);
        emptied.clear();
        emptied.shrink_to_fit();
        BOOST_TEST(arena.stats().used == used);
    }
}

BOOST_AUTO_TEST_CASE(an_attempt_in_a_full_arena_is_null_and_leaves_the_list_as_it_was) {
    const auto fill = [](auto list, seg::arena& arena) {
        std::size_t n = 0;
        while (list.try_push_back(static_cast<long>(n)) != nullptr) ++n;
        const std::size_t used = arena.stats().used;
        for (int round = 0; round != 10; ++round) BOOST_TEST(list.try_emplace_back(1) == nullptr);
        BOOST_TEST(arena.stats().used == used);
        BOOST_TEST(list.size() == n);
        for (std::size_t i = 0; i != n; ++i) BOOST_REQUIRE(list[i] == static_cast<long>(i));
        return n;
    };
    // without memory for a control block; a first segment; a table; and one that is replaced
    for (const auto& [bytes, least] : {std::pair{1024u, 0u}, {4096u, 16u}, {65'536u, 1'000u}, {4u << 20, 100'000u}}) {
        seg::arena arena({.first_block = 1, .max_bytes = bytes});
        if (least == 0) static_cast<void>(arena.try_allocate(900));
        BOOST_TEST(fill(seg::arena_list<long>(arena), arena) >= least);
        seg::arena other({.first_block = 1, .max_bytes = bytes});
        if (least == 0) static_cast<void>(other.try_allocate(900));
        BOOST_TEST(fill(seg::pmr::list<long>(&other), other) >= least);
        if (least > 1'000) continue;
        seg::arena third({.first_block = 1, .max_bytes = bytes});
        BOOST_TEST(fill(seg::list<long, seg::arena_allocator<long>, seg::growth{.first = 1, .limit = 1}>(third),
                        third) >= least / 2);
    }
}

BOOST_AUTO_TEST_CASE(a_list_that_fails_to_reserve_leaves_its_arena_as_it_found_it) {
    seg::arena arena({.max_bytes = 1 << 20});
    seg::arena_list<long> l(arena), none(arena);
    for (const std::size_t n : {1u, 17u, 4080u, 5000u}) {
        l.resize(n);
        const std::size_t used = arena.stats().used;
        for (int round = 0; round != 10; ++round) {
            BOOST_CHECK_THROW(l.reserve(1'000'000), std::bad_alloc);
            BOOST_CHECK_THROW(l.resize(1'000'000), std::bad_alloc);
            BOOST_CHECK_THROW(none.reserve(1'000'000), std::bad_alloc);
            BOOST_CHECK_THROW((seg::arena_list<long>(1'000'000, arena)), std::bad_alloc);
        }
        BOOST_TEST(arena.stats().used == used);
        BOOST_TEST(l.size() == n);
        BOOST_TEST(&l.back() == &l[n - 1]);
    }
}

BOOST_AUTO_TEST_CASE(default_initialised_elements_have_the_allocator_too) {
    seg::arena arena;
    { seg::arena_list<long> first(10, 7, arena); }
    const seg::arena_list<long> again(10, seg::default_init, arena); // where the other list was
    BOOST_TEST(again.size() == 10u);
    BOOST_TEST(again.get_allocator().resource() == &arena);
}

BOOST_AUTO_TEST_CASE(what_insertion_puts_aside_goes_back_to_the_arena) {
    for (const int i : {0, 50, 100}) {
        seg::arena arena;
        {
            seg::arena_list<std::string> other(arena), l(arena);
            add(other, 0, 100);
            add(l, 0, 100);
            const std::size_t used = arena.stats().used;
            l.insert(l.begin() + i, other.begin(), other.end());
            l.insert(l.begin() + i, l.begin(), l.end());
            l.insert_range(l.begin() + i, l | std::views::transform([](const std::string& s) { return s + "!"; }));
            BOOST_TEST(l.size() == 800u);
            l.resize(100);
            l.shrink_to_fit();
            BOOST_TEST(arena.stats().used == used);
        }
        BOOST_TEST(arena.stats().used == 0u);
    }
}

// The list keeps the table's address: it has to notice that one is deallocated.
BOOST_AUTO_TEST_CASE(a_table_that_is_given_back_is_not_used_any_more) {
    using many_segments = seg::list<int, allocators::counting<int>, seg::growth{.first = 1, .limit = 1}>;
    allocators::account account;
    many_segments l{allocators::counting<int>(account)};
    for (int n = 0; n != 100; ++n) l.push_back(n);
    const notes<many_segments> before(l);
    for (const int n : {65, 64, 33, 32, 17, 16, 9, 8, 2, 1}) {
        l.resize(static_cast<std::size_t>(n));
        l.shrink_to_fit();
        require_numbers(l, 0, n);
        before.check(l, static_cast<std::size_t>(n));
        if (n == 1) BOOST_TEST(account.blocks.size() == 1u);
    }
    for (int n = 1; n != 100; ++n) l.push_back(n);
    require_numbers(l, 0, 100);
    const int zero = 0;
    seg::list<const int*, std::allocator<const int*>, seg::growth{.first = 1, .limit = 1}> pointers;
    for (int n = 0; n != 100; ++n) pointers.push_back(&zero);
    BOOST_TEST(pointers[99] == &zero);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_list_moved_to_an_equal_allocator_keeps_its_elements_where_they_are, List, all) {
    // Where allocators may be unequal, this needs elements that can be moved.
    if constexpr (movable<List> || traits<List>::is_always_equal::value) {
        surroundings<List> s;
        List l = s.empty();
        add(l, 0, 200);
        const notes<List> before(l);
        List moved(std::move(l), s.get());
        before.check(moved);
        require_numbers(moved, 0, 200);
        require_numbers(l, 0, 0);
    }
}

BOOST_AUTO_TEST_CASE(the_element_type_is_deduced) {
    static_assert(std::is_same_v<decltype(seg::list{1, 2, 3}), seg::list<int>>);
    const std::list<std::string> words{"a", "b"};
    static_assert(std::is_same_v<decltype(seg::list(words.begin(), words.end())), seg::list<std::string>>);
    seg::arena arena;
    static_assert(
        std::is_same_v<decltype(seg::list(words.begin(), words.end(), seg::arena_allocator<std::string>(arena))),
                       seg::arena_list<std::string>>);
    const seg::list l(words.begin(), words.end(), seg::arena_allocator<std::string>(arena));
    BOOST_TEST(l.back() == "b");
    BOOST_TEST(arena.stats().used > 0u);
}

BOOST_AUTO_TEST_SUITE_END()
