// Growth invalidates nothing but the past-the-end iterator; swap and move invalidate nothing at all.
#include <boost/test/unit_test.hpp>

#include <memory>
#include <utility>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(stability)

BOOST_AUTO_TEST_CASE_TEMPLATE(everything_taken_before_an_append_stays_good, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    for (int n = 0; n != 300; ++n) {
        const notes<Sequence> before(l);
        add(l, n, n + 1);
        before.check(l);
    }
    require_numbers(l, 0, 300);
}

// Containers that keep their iterators pointing into a map of segments, and reallocate that map, fail here: the
// iterator is incremented only after the growth, and under AddressSanitizer that reads freed memory. The table of a
// seg::list is replaced several times on the way.
BOOST_AUTO_TEST_CASE_TEMPLATE(an_iterator_taken_before_growth_walks_over_what_was_added, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    add(l, 0, 1);
    auto it = l.begin();
    auto last_element = l.begin();
    add(l, 1, 3000);
    for (int n = 0; n != 3000; ++n, ++it) require_equal(&*it, &l[static_cast<std::size_t>(n)]);
    BOOST_TEST((it == l.end()));
    last_element += 2999;
    BOOST_TEST(&*last_element == &l.back());
    BOOST_TEST((last_element - l.begin() == 2999));
    BOOST_TEST((l.begin() < last_element));
}

BOOST_AUTO_TEST_CASE_TEMPLATE(reserve_resize_and_shrink_to_fit_leave_everything_good, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    add(l, 0, 33);
    const notes<Sequence> before(l);
    l.reserve(2000);
    before.check(l);
    BOOST_TEST(l.capacity() >= 2000u);
    l.resize(500);
    before.check(l);
    l.resize(33);
    before.check(l);
    l.shrink_to_fit();
    before.check(l);
    require_numbers(l, 0, 33);
    add(l, 33, 700);
    before.check(l);
    require_numbers(l, 0, 700);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(removing_at_the_end_leaves_the_rest_good, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    add(l, 0, 200);
    const notes<Sequence> before(l);
    for (std::size_t n = 200; n-- != 0;) {
        l.pop_back();
        // The last one that is left has nothing behind it to be incremented onto but the end.
        before.check(l, n);
        require_numbers(l, 0, static_cast<int>(n));
    }
    add(l, 0, 200);
    const notes<Sequence> again(l);
    l.resize(50);
    again.check(l, 50);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(iterators_go_with_their_elements, Sequence, all) {
    surroundings<Sequence> s;
    Sequence a = s.empty();
    add(a, 0, 20);
    const notes<Sequence> before(a);
    auto it = a.begin();
    {
        Sequence b = std::move(a);
        add(b, 20, 600);
        before.check(b);
        a.swap(b);
    }
    before.check(a);
    auto moved = std::make_unique<Sequence>(std::move(a));
    add(*moved, 600, 1000);
    before.check(*moved);
    for (int n = 0; n != 1000; ++n, ++it) require_equal(number(*it), expected<typename Sequence::value_type>(n));
    BOOST_TEST((it == moved->end()));
}

BOOST_AUTO_TEST_CASE(elements_may_point_at_each_other_while_they_are_added) {
    struct person {
        int id;
        person* friend_of;
    };
    sequence<person> people;
    person* latest = nullptr;
    for (int id = 0; id != 100'000; ++id) latest = &people.emplace_back(person{id, latest});
    int id = 99'999;
    for (const person* p = latest; p != nullptr; p = p->friend_of) require_equal(p->id, id--);
    BOOST_TEST(id == -1);
}

BOOST_AUTO_TEST_SUITE_END()
