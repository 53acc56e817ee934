// Unusual element types: empty, incomplete, with an overloaded address operator, in a namespace whose functions must
// not be called.
#include <boost/test/unit_test.hpp>

#include <stdexcept>
#include <utility>

#include "sequence/adl.hpp"

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(element_types)

BOOST_AUTO_TEST_CASE(empty_elements_are_objects_of_their_own) {
    sequence<empty> s(100);
    BOOST_TEST(s.size() == 100u);
    BOOST_TEST(&s[0] != &s[1]);
    BOOST_TEST(&s.back() == &s[99]);
}

BOOST_AUTO_TEST_CASE(elements_that_overload_the_address_operator_are_left_alone) {
    struct shy {
        int n = 0;
        shy* operator&() const { raise(std::logic_error("asked for its address")); }
    };
    sequence<shy> s;
    for (int n = 0; n != 100; ++n) s.push_back(shy{n});
    s.resize(200);
    int sum = 0;
    for (auto it = s.begin(); it != s.end(); ++it) sum += it->n;
    BOOST_TEST(sum == 4950);
    s.insert(s.begin() + 3, s.begin(), s.begin() + 5);
    BOOST_TEST(s.index_of(s[7]) == 7u);
    BOOST_TEST(s[8].n == 3);
}

/// The sequence is a member of its own element type, which is incomplete there.
struct tree {
    sequence<tree> children;
    int value = 0;
    int sum() const {
        int total = value;
        for (const tree& child : children) total += child.sum();
        return total;
    }
};

BOOST_AUTO_TEST_CASE(the_element_type_may_be_incomplete_where_the_sequence_is_named) {
    tree root;
    for (int n = 0; n != 50; ++n) {
        tree& child = root.children.emplace_back();
        for (int m = 0; m != 50; ++m) child.children.emplace_back().value = 1;
    }
    BOOST_TEST(root.sum() == 2500);
    tree copy = root;
    BOOST_TEST(copy.sum() == 2500);
}

BOOST_AUTO_TEST_CASE(a_sequence_can_be_replaced_by_one_that_lies_within_it) {
    tree root;
    root.children.emplace_back().children.emplace_back().value = 9;
    root.children = std::move(root.children[0].children);
    BOOST_TEST(root.children.size() == 1u);
    BOOST_TEST(root.children[0].value == 9);
    root.children.emplace_back().children.emplace_back().value = 7;
    root.children = std::move(root.children[1].children);
    BOOST_TEST(root.children.size() == 1u);
    BOOST_TEST(root.sum() == 7);
}

BOOST_AUTO_TEST_CASE(nothing_of_the_elements_namespace_is_called_by_accident) {
    sequence<adl::element> s{{1}, {2}, {3}}, other;
    other = s;
    other.assign(s.begin(), s.end());
    other.insert(other.begin() + 1, 3, {7});
    other.insert(other.begin() + 1, s.begin(), s.end());
    other.erase(other.begin(), other.begin() + 1);
    other.pop_back();
    other.append_range(s);
    other.resize(20);
    other.shrink_to_fit();
    BOOST_TEST((s < other));
    BOOST_TEST((s != other));
}

BOOST_AUTO_TEST_SUITE_END()
