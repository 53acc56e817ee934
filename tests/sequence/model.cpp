// Random operations on a sequence do what they do to a std::vector. The same operations, chosen by a fuzzer: fuzz.hpp.
#include <boost/test/unit_test.hpp>

#include <random>

#include "random.hpp"

#include "kinds.hpp"
#include "sequence/operations.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(model)

BOOST_AUTO_TEST_CASE_TEMPLATE(it_does_what_std_vector_does, Sequence, all) {
    with_random_numbers([](std::mt19937_64& random) {
        surroundings<Sequence> s;
        operations::players<Sequence, random_below> players(s.get(), {random});
        // An arena takes nothing back before the end: elements of 8 KiB would use gigabytes of it up.
        const int steps = sizeof(typename Sequence::value_type) > 1000 ? 150 : 2000;
        for (int step = 0; step != steps; ++step) players.step();
    });
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_throws_keeps_its_promise, Sequence, all_failing) {
    with_random_numbers([](std::mt19937_64& random) {
        surroundings<Sequence> s, of_other;
        operations::players<Sequence, random_below> players(s.get(), of_other.get(), {random});
        for (int step = 0; step != 5000; ++step) players.step();
        BOOST_TEST(players.failures() > 10);
    });
}

BOOST_AUTO_TEST_SUITE_END()
