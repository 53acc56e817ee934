// The pushes of a run that took long, and which of them do so in every run.
#pragma once

#include <cstddef>
#include <cstdint>
#include <functional>
#include <vector>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

namespace bench {

/// The push of element number index took so many ticks.
struct slow_push {
    std::size_t index;
    std::uint64_t ticks;
};

/// The processor's clock, read where it stands in the program.
inline std::uint64_t ticks() {
#if defined(__x86_64__)
    unsigned processor;
    return __rdtscp(&processor);
#elif defined(__aarch64__)
    std::uint64_t now;
    asm volatile("isb; mrs %0, cntvct_el0" : "=r"(now));
    return now;
#else
#error "the processor's clock is not known here"
#endif
}

std::uint64_t ticks_of_microsecond();

/// Runs fill in so many child processes. Returns the microseconds of the push that took longest, each push counted with
/// the shortest time that it took in any process, and one that was not slow in all of them not at all. Ends the program
/// if it cannot be measured.
double longest_push(const std::function<std::vector<slow_push>()>& fill, int runs);

} // namespace bench
