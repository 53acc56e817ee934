// A fuzzer chooses the operations that model.cpp chooses at random. Included after kinds.hpp.
#pragma once

#include <cstddef>

#include "fuzz_input.hpp"
#include "sequence/operations.hpp"

namespace fuzzing {

template <class Sequence>
void play(fuzz_input& from, const kinds::memory<Sequence>& a, const kinds::memory<Sequence>& b) {
    const auto below = [&from](std::size_t n) { return from.below(n); };
    operations::players<Sequence, decltype(below)> players(a, b, below);
    for (int step = 0; step != 200 && !from.at_end(); ++step) players.step();
}
template <class Sequence> void play(fuzz_input& from, const kinds::memory<Sequence>& of_both) {
    play<Sequence>(from, of_both, of_both);
}

} // namespace fuzzing
