// Access to elements by position, and what at says of a wrong one.
#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <string>
#include <type_traits>
#include <utility>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(element_access)

static_assert(std::is_same_v<decltype(std::declval<sequence<int>&>()[0]), int&>);
static_assert(std::is_same_v<decltype(std::declval<const sequence<int>&>()[0]), const int&>);
static_assert(std::is_same_v<decltype(std::declval<const sequence<int>&>().at(0)), const int&>);
static_assert(std::is_same_v<decltype(std::declval<const sequence<int>&>().front()), const int&>);
static_assert(std::is_same_v<decltype(std::declval<const sequence<int>&>().back()), const int&>);
static_assert(std::is_same_v<decltype(std::declval<sequence<int>&>().emplace_back(1)), int&>);

BOOST_AUTO_TEST_CASE_TEMPLATE(every_way_of_access_leads_to_the_same_element, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    for (int n = 0; n != 150; ++n) {
        add(l, n, n + 1);
        require_numbers(l, 0, n + 1);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(at_throws_beyond_the_last_element, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    BOOST_CHECK_THROW(l.at(0), std::out_of_range);
    add(l, 0, 17);
    BOOST_TEST(&l.at(16) == &l.back());
    BOOST_CHECK_THROW(l.at(17), std::out_of_range);
    BOOST_CHECK_THROW(std::as_const(l).at(static_cast<std::size_t>(-1)), std::out_of_range);
}

BOOST_AUTO_TEST_CASE(at_says_which_index_and_which_size) {
    sequence<int> l{1, 2, 3};
    const auto says_both = [](const std::out_of_range& e) {
        return std::string(e.what()).find("42") != std::string::npos &&
               std::string(e.what()).find("3") != std::string::npos;
    };
    BOOST_CHECK_EXCEPTION(l.at(42), std::out_of_range, says_both);
}

BOOST_AUTO_TEST_CASE(emplace_back_returns_the_new_element) {
    sequence<std::string> l;
    for (int n = 0; n != 100; ++n) {
        std::string& made = l.emplace_back(3, 'x');
        BOOST_TEST(&made == &l.back());
        BOOST_TEST(made == "xxx");
    }
}

BOOST_AUTO_TEST_CASE(an_own_element_is_a_good_source_for_push_back) {
    sequence<std::string> l{make<std::string>(0)};
    for (int n = 0; n != 1000; ++n) {
        l.push_back(l.front());
        l.push_back(std::move(l.back()));
        l[l.size() - 2] = l.back();
    }
    for (const std::string& e : l) require_equal(number(e), 0);
}

BOOST_AUTO_TEST_SUITE_END()
