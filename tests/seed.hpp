// The seed of the random tests.
#pragma once

#include <cstdlib>
#include <iostream>
#include <random>

/// A seed, new each run; SEG_TEST_SEED in the environment repeats a run. It is printed at once, in case of a crash.
inline unsigned long long seed() {
    const char* const given = std::getenv("SEG_TEST_SEED");
    const unsigned long long chosen = given != nullptr ? std::strtoull(given, nullptr, 10) : std::random_device()();
    std::cout << "SEG_TEST_SEED=" << chosen << std::endl;
    return chosen;
}
