// Random operations on arenas with random options do what a model of an arena does. The same operations, chosen by a
// fuzzer: fuzz.cpp.
#include <boost/test/unit_test.hpp>

#include <random>

#include "random.hpp"

#include "arena/operations.hpp"

BOOST_AUTO_TEST_SUITE(model)

BOOST_AUTO_TEST_CASE(an_arena_on_the_system_does_what_the_model_says) {
    with_random_numbers([](std::mt19937_64& random) {
        for (int arenas = 0; arenas != 300; ++arenas) operations::play(random_below{random}, operations::steps(300));
    });
}

BOOST_AUTO_TEST_CASE(an_arena_on_a_resource_that_refuses_now_and_then_does_what_the_model_says) {
    with_random_numbers([](std::mt19937_64& random) {
        for (int arenas = 0; arenas != 300; ++arenas)
            operations::play_on_upstream(random_below{random}, operations::steps(300));
    });
}

BOOST_AUTO_TEST_SUITE_END()
