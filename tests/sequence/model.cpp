// Random sequences of operations, against std::vector.
#include <boost/test/unit_test.hpp>

#include <random>

#include "seed.hpp"

#include "kinds.hpp"
#include "sequence/operations.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(model)

struct random_numbers {
    std::mt19937_64& random;
    std::size_t operator()(std::size_t n) const { return std::uniform_int_distribution<std::size_t>(0, n - 1)(random); }
};

BOOST_AUTO_TEST_CASE_TEMPLATE(it_does_what_std_vector_does, Sequence, all) {
    const unsigned long long used_seed = seed();
    BOOST_TEST_CONTEXT("SEG_TEST_SEED=" << used_seed) {
        std::mt19937_64 random(used_seed);
        surroundings<Sequence> s;
        operations::players<Sequence, random_numbers> players(s.get(), {random});
        // An arena takes nothing back before the end: elements of 8 KiB would use gigabytes of it up.
        const int steps = sizeof(typename Sequence::value_type) > 1000 ? 150 : 2000;
        for (int step = 0; step != steps; ++step) players.step();
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(what_throws_keeps_its_promise, Sequence, all_failing) {
    const unsigned long long used_seed = seed();
    BOOST_TEST_CONTEXT("SEG_TEST_SEED=" << used_seed) {
        std::mt19937_64 random(used_seed);
        surroundings<Sequence> s, of_other;
        operations::players<Sequence, random_numbers> players(s.get(), of_other.get(), {random});
        for (int step = 0; step != 5000; ++step) players.step();
        BOOST_TEST(players.failures() > 10);
    }
}

BOOST_AUTO_TEST_SUITE_END()
