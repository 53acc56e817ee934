// Construction, copy, move, swap and assignment.
#include <boost/test/unit_test.hpp>

#include <iterator>
#include <list>
#include <sstream>
#include <type_traits>
#include <utility>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(construction)

static_assert(std::is_nothrow_default_constructible_v<sequence<int>>);
static_assert(std::is_nothrow_move_constructible_v<sequence<tracked>>);
static_assert(std::is_nothrow_move_assignable_v<sequence<tracked>>);
static_assert(std::is_nothrow_swappable_v<sequence<tracked>>);
static_assert(std::is_nothrow_move_constructible_v<sequence<pinned>>);
static_assert(std::is_nothrow_destructible_v<sequence<tracked>>);
// An explicit constructor makes no sequence out of a number.
static_assert(!std::is_convertible_v<int, sequence<int>>);

BOOST_AUTO_TEST_CASE_TEMPLATE(an_empty_one_allocates_nothing, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    Sequence moved = std::move(l);
    using std::swap;
    swap(l, moved);
    l.clear();
    l.shrink_to_fit();
    require_numbers(l, 0, 0);
    BOOST_TEST((l.begin() == l.end()));
    BOOST_TEST(l.capacity() == 0u);
    BOOST_TEST(s.untouched());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(n_elements_are_value_initialised, Sequence, all) {
    surroundings<Sequence> s;
    const Sequence l(50, s.get());
    require_equal(l.size(), 50u);
    if constexpr (std::is_same_v<typename Sequence::value_type, std::string>)
        for (const auto& e : l) BOOST_TEST(e.empty());
    else
        for (const auto& e : l) BOOST_TEST(number(e) == 0);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(n_copies_of_a_value, Sequence, all_copyable) {
    using T = typename Sequence::value_type;
    surroundings<Sequence> s;
    const T value = make<T>(7);
    const Sequence l(50, value, s.get());
    require_equal(l.size(), 50u);
    for (const auto& e : l) BOOST_TEST(number(e) == expected<T>(7));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_copy_holds_equal_elements_of_its_own, Sequence, all_copyable) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    add(l, 0, 100);
    const notes<Sequence> before(l);
    Sequence copy = l;
    require_numbers(copy, 0, 100);
    BOOST_TEST(&copy[0] != &l[0]);
    const Sequence again(l, s.get());
    require_numbers(again, 0, 100);
    before.check(l);
    add(copy, 100, 150);
    require_numbers(copy, 0, 150);
    require_numbers(l, 0, 100);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_moved_one_keeps_its_elements_where_they_are, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    add(l, 0, 100);
    const notes<Sequence> before(l);
    Sequence moved = std::move(l);
    before.check(moved);
    require_numbers(moved, 0, 100);
    require_numbers(l, 0, 0);
    add(l, 5, 20); // as good as new
    require_numbers(l, 5, 20);
    add(moved, 100, 200);
    before.check(moved);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(swapped_ones_keep_their_elements_where_they_are, Sequence, all) {
    surroundings<Sequence> s;
    Sequence a = s.empty(), b = s.empty();
    add(a, 0, 100);
    add(b, 1000, 1010);
    const notes<Sequence> of_a(a), of_b(b);
    a.swap(b);
    of_a.check(b);
    of_b.check(a);
    std::ranges::swap(a, b);
    of_a.check(a);
    of_b.check(b);
    require_numbers(a, 0, 100);
    require_numbers(b, 1000, 1010);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(move_assignment_takes_the_elements_and_drops_the_old_ones, Sequence, all) {
    surroundings<Sequence> s;
    Sequence a = s.empty(), b = s.empty();
    add(a, 0, 100);
    add(b, 1000, 1010);
    const notes<Sequence> of_b(b);
    a = std::move(b);
    of_b.check(a);
    require_numbers(a, 1000, 1010);
    require_numbers(b, 0, 0);
    Sequence& same = a;
    a = std::move(same);
    of_b.check(a);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(copy_assignment_replaces_the_contents, Sequence, all_copyable) {
    surroundings<Sequence> s;
    for (const int old_size : {0, 1, 37, 100, 150}) {
        Sequence a = s.empty(), b = s.empty();
        add(a, 0, 100);
        add(b, 1000, 1000 + old_size);
        b = a;
        require_numbers(b, 0, 100);
        require_numbers(a, 0, 100);
        const Sequence& same = b;
        b = same;
        require_numbers(b, 0, 100);
        b = s.empty();
        require_numbers(b, 0, 0);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(assign_replaces_the_contents, Sequence, all_copyable) {
    using T = typename Sequence::value_type;
    surroundings<Sequence> s;
    Sequence source = s.empty();
    add(source, 500, 560);
    for (const int old_size : {0, 1, 37, 60, 100}) {
        Sequence l = s.empty();
        add(l, 0, old_size);
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
        sequence<std::string> l;
        add(l, 0, 100);
        l.assign(n, l[5]);
        require_equal(l.size(), n);
        for (const std::string& e : l) BOOST_TEST(number(e) == 5);
    }
}

BOOST_AUTO_TEST_CASE(iterators_of_any_kind_are_a_source) {
    const std::list<int> linked{1, 2, 3};
    require_numbers(sequence<int>(linked.begin(), linked.end()), 1, 4);
    std::istringstream words("1 2 3 4 5 6 7 8 9 10 11 12");
    sequence<int> read{std::istream_iterator<int>(words), std::istream_iterator<int>()};
    require_numbers(read, 1, 13);
    std::istringstream more("20 21");
    read.assign(std::istream_iterator<int>(more), std::istream_iterator<int>());
    require_numbers(read, 20, 22);
    const int array[] = {4, 5, 6};
    require_numbers(sequence<int>(std::begin(array), std::end(array)), 4, 7);
    require_numbers(sequence<int>(std::counted_iterator(array, 2), std::default_sentinel), 4, 6);
    std::unique_ptr<int> owners[] = {std::make_unique<int>(1), std::make_unique<int>(2)};
    const sequence<std::unique_ptr<int>> taken(std::move_iterator(std::begin(owners)),
                                               std::move_iterator(std::end(owners)));
    BOOST_TEST(*taken[1] == 2);
    BOOST_TEST(owners[1].get() == nullptr);
}

BOOST_AUTO_TEST_SUITE_END()
