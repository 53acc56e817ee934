// What the benchmarks ask of the process they run in. Linux only.
#pragma once

#include <functional>

namespace bench {

/// Keeps this process on the core that it is running on. Returns false if the system refuses.
bool stay_on_one_core();

/// CPU seconds since it was made, without what reading the clock takes.
class stopwatch {
public:
    double seconds() const;

private:
    static double now();

    double start_ = now();
};

/// Gives back to the system what malloc keeps, so that the next allocations get memory that was never used.
void return_free_memory();

/// Bytes of memory that work takes at its peak, counted in the pages that it touched. It runs in a child process, so it
/// finds malloc as it was at the beginning, and leaves no trace. Ends the program if it cannot be measured.
double peak_memory_of(const std::function<void()>& work);

} // namespace bench
