// Random sequences of operations, against std::vector.
#include <boost/test/unit_test.hpp>

#include <random>

#include "seed.hpp"

#include "lists.hpp"
#include "operations.hpp"

using namespace lists;

BOOST_AUTO_TEST_SUITE(model)

BOOST_AUTO_TEST_CASE_TEMPLATE(a_list_does_what_a_vector_does, List, all) {
    const unsigned long long used_seed = seed();
    BOOST_TEST_CONTEXT("SEG_TEST_SEED=" << used_seed) {
        std::mt19937_64 random(used_seed);
        const auto below = [&random](std::size_t n) {
            return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
        };
        surroundings<List> s;
        operations::players<List, decltype(below)> players(s.get(), below);
        // An arena takes nothing back before the end: elements of 8 KiB would use gigabytes of it up.
        const int steps = sizeof(typename List::value_type) > 1000 ? 150 : 2000;
        for (int step = 0; step != steps; ++step) players.step();
    }
}

BOOST_AUTO_TEST_SUITE_END()
