// Segments have the sizes that the growth parameters promise.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <memory>
#include <vector>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(growth)

/// The sizes of the segments of a list of n elements.
template <class List> std::vector<std::size_t> sizes(std::size_t n) {
    const List l(n);
    std::vector<std::size_t> result;
    for (const auto run : l.segments()) result.push_back(run.size());
    return result;
}

using numbers = std::vector<std::size_t>;

BOOST_AUTO_TEST_CASE(segments_double_from_the_first_on) {
    BOOST_TEST((sizes<growing<int, 8>>(8 + 16 + 32 + 64)) == (numbers{8, 16, 32, 64}),
               boost::test_tools::per_element());
    BOOST_TEST((sizes<growing<int, 1>>(1 + 2 + 4 + 1)) == (numbers{1, 2, 4, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(segments_double_up_to_the_limit) {
    BOOST_TEST((sizes<growing<int, 4, 16>>(4 + 8 + 16 + 16 + 16)) == (numbers{4, 8, 16, 16, 16}),
               boost::test_tools::per_element());
    BOOST_TEST((sizes<growing<int, 4, 4>>(4 + 4 + 4 + 1)) == (numbers{4, 4, 4, 1}), boost::test_tools::per_element());
    BOOST_TEST((sizes<growing<int, 1, 1>>(3)) == (numbers{1, 1, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(lists_in_arenas_and_over_resources_take_a_growth_too) {
    seg::arena arena;
    seg::arena_list<int, seg::growth{.first = 2, .limit = 4}> in_arena(2 + 4 + 4, 1, arena);
    BOOST_TEST(in_arena.segments().size() == 3u);
    seg::pmr::list<int, seg::growth{.first = 2}> over_resource(2 + 4 + 8, 1, &arena);
    BOOST_TEST(over_resource.segments().size() == 3u);
    const seg::arena_list deduced(in_arena);
    BOOST_TEST(deduced.segments().size() == 3u);
}

BOOST_AUTO_TEST_CASE(the_chosen_first_segment_obeys_a_limit) {
    BOOST_TEST((sizes<growing<int, 0, 2>>(5)) == (numbers{2, 2, 1}), boost::test_tools::per_element());
}

BOOST_AUTO_TEST_CASE(small_elements_begin_with_128_bytes_and_large_ones_with_one) {
    BOOST_TEST(sizes<sequence<char>>(1000)[0] == 128u);
    BOOST_TEST(sizes<sequence<long>>(1000)[0] == 16u);
    BOOST_TEST((sizes<sequence<over_aligned>>(3)) == (numbers{1, 2}), boost::test_tools::per_element());
}

template <std::size_t Bytes> std::size_t first_size() { return sizes<sequence<std::array<char, Bytes>>>(100)[0]; }

BOOST_AUTO_TEST_CASE(a_first_segment_has_four_elements_of_33_bytes_and_two_of_65) {
    BOOST_TEST(first_size<32>() == 4u);
    BOOST_TEST(first_size<33>() == 4u);
    BOOST_TEST(first_size<64>() == 4u);
    BOOST_TEST(first_size<65>() == 2u);
    BOOST_TEST(first_size<128>() == 2u);
    BOOST_TEST(first_size<129>() == 1u);
}

// i = 18 with a first segment of 8: j = 26 is 11010 in binary, 5 bits wide; 8 is 4 bits wide. So segment 1, which
// begins at j = 16, offset 10.
BOOST_AUTO_TEST_CASE(the_worked_example_of_index_18) {
    growing<int, 8> l(100);
    BOOST_TEST(&l[18] == &l.segments()[1][10]);
}

template <class List> void every_index_is_found_in_its_run(std::size_t n) {
    List l(n);
    std::size_t index = 0;
    for (const auto run : l.segments())
        for (auto& e : run) require_equal(&e, &l[index++]);
    require_equal(index, n);
}

BOOST_AUTO_TEST_CASE(every_index_is_found) {
    every_index_is_found_in_its_run<growing<int, 1>>(5000);
    every_index_is_found_in_its_run<growing<int, 8>>(5000);
    every_index_is_found_in_its_run<growing<int, 1024>>(5000);
    every_index_is_found_in_its_run<growing<int, 1, 1>>(5000);
    every_index_is_found_in_its_run<growing<int, 2, 64>>(5000);
    every_index_is_found_in_its_run<growing<node, 16, 16>>(5000);
    every_index_is_found_in_its_run<sequence<node>>(5000);
}

BOOST_AUTO_TEST_SUITE_END()
