// Defects of the C and Rust lists that seg::list descends from.
#include <boost/test/unit_test.hpp>

#include <memory>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(defects)

BOOST_AUTO_TEST_CASE(pushing_to_a_cleared_list_overwrites_nothing) {
    surroundings<sequence<tracked>> s;
    seg::list<tracked> l;
    add(l, 0, 100);
    l.clear();
    add(l, 500, 700);
    require_numbers(l, 500, 700);
}

BOOST_AUTO_TEST_CASE(pushing_to_a_copy_leaves_the_original_alone) {
    surroundings<sequence<tracked>> s;
    seg::list<tracked> l;
    add(l, 0, 10);
    seg::list<tracked> copy = l;
    add(copy, 10, 50);
    add(l, 1000, 1100);
    l.resize(10);
    require_numbers(l, 0, 10);
    require_numbers(copy, 0, 50);
}

BOOST_AUTO_TEST_CASE(destructors_run_once_for_every_element) {
    const int before = alive;
    {
        seg::arena arena;
        seg::arena_list<tracked> l(arena);
        for (int n = 0; n != 1000; ++n) l.emplace_back(n);
        BOOST_TEST(alive == before + 1000);
        l.pop_back();
        BOOST_TEST(alive == before + 999);
        l.resize(500);
        BOOST_TEST(alive == before + 500);
        l.clear();
        BOOST_TEST(alive == before);
        for (int n = 0; n != 1000; ++n) l.emplace_back(n);
    }
    BOOST_TEST(alive == before);
}

BOOST_AUTO_TEST_CASE(elements_without_members_are_elements) {
    seg::list<empty> l;
    for (int n = 0; n != 1000; ++n) l.emplace_back();
    BOOST_TEST(l.size() == 1000u);
    BOOST_TEST((l.end() - l.begin() == 1000));
}

BOOST_AUTO_TEST_CASE(a_list_goes_on_beyond_134217720_elements) {
    seg::arena arena;
    seg::list<unsigned char, seg::arena_allocator<unsigned char>, seg::growth{.first = 8}> l(arena);
    const std::size_t old_end = 134'217'720;
    l.resize(old_end - 1);
    for (int n = 0; n != 1000; ++n) l.push_back(static_cast<unsigned char>(n % 251));
    BOOST_TEST(l.size() == old_end + 999);
    for (int n = 0; n != 1000; ++n)
        require_equal(l[old_end - 1 + static_cast<std::size_t>(n)], static_cast<unsigned char>(n % 251));
}

BOOST_AUTO_TEST_SUITE_END()
