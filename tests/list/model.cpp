// Random sequences of operations, against std::vector.
#include <boost/test/unit_test.hpp>

#include <random>

#include "seed.hpp"

#include "lists.hpp"
#include "operations.hpp"

using namespace lists;

BOOST_AUTO_TEST_SUITE(model)

struct random_numbers {
    std::mt19937_64& random;
    std::size_t operator()(std::size_t n) const {
        return std::uniform_int_distribution<std::size_t>(0, n - 1)(random);
    }
};

BOOST_AUTO_TEST_CASE_TEMPLATE(a_list_does_what_a_vector_does, List, all) {
    const unsigned long long used_seed = seed();
    BOOST_TEST_CONTEXT("SEG_TEST_SEED=" << used_seed) {
        std::mt19937_64 random(used_seed);
        surroundings<List> s;
        operations::players<List, random_numbers> players(s.get(), {random});
        // An arena takes nothing back before the end: elements of 8 KiB would use gigabytes of it up.
        const int steps = sizeof(typename List::value_type) > 1000 ? 150 : 2000;
        for (int step = 0; step != steps; ++step) players.step();
    }
}

template <class T, class Propagation, std::size_t First, std::size_t Limit = 0>
using failing = seg::list<T, allocators::counting<T, Propagation>, seg::growth{.first = First, .limit = Limit}>;
using allocators::propagate_everything;
using allocators::propagate_nothing;

// Allocations and elements that throw, in every growth: with segments of one element the table is replaced often.
using all_failing =
    std::tuple<failing<tracked, propagate_nothing, 1>, failing<tracked, propagate_everything, 2, 4>,
               failing<int, propagate_nothing, 1, 1>, failing<std::string, propagate_everything, 1, 1>,
               failing<pinned, propagate_everything, 1, 2>>;

BOOST_AUTO_TEST_CASE_TEMPLATE(what_throws_between_unequal_allocators_keeps_its_promise, List, all_failing) {
    const unsigned long long used_seed = seed();
    BOOST_TEST_CONTEXT("SEG_TEST_SEED=" << used_seed) {
        std::mt19937_64 random(used_seed);
        surroundings<List> s, of_other;
        operations::players<List, random_numbers> players(s.get(), of_other.get(), {random});
        for (int step = 0; step != 5000; ++step) players.step();
        BOOST_TEST(players.failures() > 100);
    }
}

BOOST_AUTO_TEST_SUITE_END()
