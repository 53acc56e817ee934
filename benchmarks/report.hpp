// What the benchmarks share: rows are registered in groups, run in one process on one core, and printed as tables.
//
// Google Benchmark does the timing; its flags work. Every row of a group does the same work, and the first row is what
// the others are compared with. Times are CPU times, the kernel's work for this process included, so they do not grow
// with what else the machine is doing.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// One row of a group.
struct row {
    std::string contestant;
    double peak_bytes;                         ///< the most memory that one round holds; 0 if that means nothing
    std::function<void(benchmark::State&)> run; ///< times the loop itself
};

/// Rows that do the same work.
struct group {
    std::string title;
    std::string unit;          ///< what is counted: "element"
    double elements;           ///< how many of them one iteration handles
    std::int64_t iterations;   ///< in each repetition; fixed, so that every contestant does the same
    bool timed_by_hand = false; ///< run calls SetIterationTime with what a stopwatch shows
    std::vector<row> rows;
};

/// The command line without what Google Benchmark and the report understand.
struct options {
    bool smoke = false;    ///< --smoke: the smallest sizes once, to see that everything works
    bool markdown = false; ///< --markdown: tables to paste
    std::vector<std::string> inputs;
};

/// Takes Google Benchmark's flags out of the command line, and sets those that are not given: so many repetitions, in
/// random order. Ends the program with status 1 and one sentence for a flag that nobody knows, and, unless inputs are
/// taken, for any other argument.
options initialize(int argc, char** argv, int repetitions, bool takes_inputs);

/// Runs all groups and prints the heading, the notes and a table for each group. Returns the exit status of the
/// program: 1 if a contestant computed something else than the others.
int run(const options& chosen, const std::vector<std::string>& notes, std::vector<group> groups);

/// Reports that a contestant computed something else than expected, unless it did not. Lets run return 1.
void check(benchmark::State& state, std::string_view contestant, std::uint64_t computed, std::uint64_t expected);
bool check(std::string_view contestant, std::uint64_t computed, std::uint64_t expected);

/// How many times a round that handles so many elements is repeated to handle about total.
constexpr std::int64_t rounds(double total, double elements) {
    return elements >= total ? 1 : static_cast<std::int64_t>(total / elements);
}

} // namespace bench
