// Random numbers for tests, and the seed that repeats a run.
#pragma once

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdlib>
#include <iostream>
#include <random>

/// Runs the test with this many seeds, one after another. They are new in each run, unless SEG_TEST_SEED in the
/// environment names the first one. It is printed at once, in case of a crash, and a failed check names the seed that
/// it was for.
template <class Test> void for_each_seed(int count, Test test) {
    const char* const given = std::getenv("SEG_TEST_SEED");
    unsigned long long seed = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::cout << "SEG_TEST_SEED=" << seed << std::endl;
    for (int i = 0; i != count; ++i, ++seed) BOOST_TEST_CONTEXT("SEG_TEST_SEED=" << seed) test(seed);
}

/// Runs the test with random numbers.
template <class Test> void with_random_numbers(Test test) {
    for_each_seed(1, [&test](unsigned long long seed) {
        std::mt19937_64 random(seed);
        test(random);
    });
}

/// A number from low to high, both included.
inline std::size_t between(std::mt19937_64& random, std::size_t low, std::size_t high) {
    return std::uniform_int_distribution<std::size_t>(low, high)(random);
}

/// Chooses a number from 0 to n - 1. A fuzzer chooses by its input instead: see fuzz_input.hpp.
struct random_below {
    std::mt19937_64& random;
    std::size_t operator()(std::size_t n) const { return between(random, 0, n - 1); }
};
