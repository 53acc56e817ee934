// Growth invalidates nothing but the past-the-end iterator.
#include <boost/test/unit_test.hpp>

import seg.list;

BOOST_AUTO_TEST_SUITE(stability)

BOOST_AUTO_TEST_CASE(an_iterator_taken_before_growth_walks_over_what_was_added) {
    seg::list<int> l{0};
    auto it = l.begin();
    for (int i = 1; i != 10'000; ++i) l.push_back(i);
    for (int i = 0; i != 10'000; ++i, ++it) BOOST_REQUIRE_EQUAL(*it, i);
    BOOST_TEST((it == l.end()));
}

BOOST_AUTO_TEST_SUITE_END()
