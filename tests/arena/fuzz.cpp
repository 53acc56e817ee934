// A fuzzer chooses the operations that model.cpp chooses at random, and the system calls that the kernel refuses.
#include <cstddef>
#include <cstdint>

#include "fuzz_input.hpp"

#include "arena/refused_operations.hpp"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz_input from(data, size);
    const auto below = [&from](std::size_t n) { return from.below(n); };
    const auto again = [&from, steps = 200]() mutable { return steps-- != 0 && !from.at_end(); };
    if (below(2) == 0) kernel::play(below, again);
    else operations::play_on_upstream(below, again);
    return 0;
}
