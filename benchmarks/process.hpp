// What the benchmarks ask of the process they run in. Linux only.
#pragma once

#include <cstddef>
#include <cstring>
#include <functional>
#include <string>
#include <type_traits>
#include <vector>

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

/// Tells malloc to give nothing back to the system from now on. By itself glibc's maps large blocks one by one, and
/// unmaps them when they are freed; who takes one again pays for fresh memory.
void keep_memory();

/// Touches so many bytes and gives them back, so that the kernel has them at hand. On a virtual machine what was free
/// for seconds may have been taken back by the host, and getting it anew, which can cost ten times as much as all else,
/// would be counted for whoever is the next to ask.
void provide_memory(std::size_t bytes);

/// What work writes in a child process, which finds malloc as it was at the beginning and leaves no trace. Ends the
/// program if there cannot be one.
std::string written_in_child(const std::function<std::string()>& work);

/// The records that work returns there.
template <class Record> std::vector<Record> in_child(const std::function<std::vector<Record>()>& work) {
    static_assert(std::is_trivially_copyable_v<Record>);
    const std::string bytes = written_in_child([&work] {
        const std::vector<Record> made = work();
        return std::string(reinterpret_cast<const char*>(made.data()), made.size() * sizeof(Record));
    });
    std::vector<Record> records(bytes.size() / sizeof(Record));
    if (!records.empty()) std::memcpy(records.data(), bytes.data(), bytes.size());
    return records;
}

/// Bytes of memory that work takes at its peak, counted in the pages that it touched. It runs in a child process, so it
/// finds malloc as it was at the beginning, and leaves no trace. Ends the program if it cannot be measured.
double peak_memory_of(const std::function<void()>& work);

} // namespace bench
