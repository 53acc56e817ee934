// Random sequences of operations, against std::vector.
#include <boost/test/unit_test.hpp>

#include <cstdlib>
#include <random>
#include <string>

#include "lists.hpp"
#include "operations.hpp"

using namespace lists;

BOOST_AUTO_TEST_SUITE(model)

/// The seed of this run: SEG_SEED from the environment, to repeat one, or a new one.
unsigned seed() {
    static const unsigned chosen = [] {
        const char* given = std::getenv("SEG_SEED");
        return given != nullptr ? static_cast<unsigned>(std::stoul(given)) : std::random_device()();
    }();
    return chosen;
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_list_does_what_a_vector_does, List, all) {
    BOOST_TEST_MESSAGE("SEG_SEED=" << seed());
    BOOST_TEST_CONTEXT("to repeat: SEG_SEED=" << seed()) {
        std::mt19937 random(seed());
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
