// What the benchmarks share: rows are registered in groups, run in one process on one core, and printed as tables.
//
// Google Benchmark does the timing; its flags work. Every row of a group does the same work, and the first row is what
// the others are compared with. Times are CPU times, the kernel's work for this process included, so they do not grow
// with what else the machine is doing. A group may say what has to hold of it: its targets.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <initializer_list>
#include <string>
#include <string_view>
#include <vector>

namespace bench {

/// One row of a group.
struct row {
    std::string contestant;
    std::function<void(benchmark::State&)> run = {}; ///< times the loop itself
    std::function<double()> find = {};               ///< instead of run: finds what is in no loop's time
    double peak_bytes = 0;                           ///< the most memory that one round holds; 0 if that means nothing
};

/// What has to hold of the group that it belongs to: ours divided by the least of the rivals that ran is at most limit.
/// Without rivals the value of ours itself is. What all do alike is taken off each value first.
struct target {
    std::string question;            ///< targets of one question, one a group, are one line of the summary
    std::string ours;                ///< contestant
    std::string compared;            ///< what the rivals are, in words
    std::vector<std::string> rivals; ///< contestants; those that did not run are left out
    double limit;
    std::string alike = {}; ///< the row that does what all do alike; empty: none does
};

/// A curve over sizes that the rows of a group are points of.
struct curve {
    std::string name; ///< the plot; empty: none
    double x = 0;     ///< elements
};

/// Rows that do the same work.
struct group {
    std::string title;
    std::string unit = "ns/element";
    double elements = 1;         ///< how many of what the unit counts one iteration handles
    std::int64_t iterations = 1; ///< in each repetition; fixed, so that every contestant does the same
    bool timed_by_hand = false;  ///< run calls SetIterationTime with what a stopwatch shows
    curve plotted = {};
    std::vector<row> rows = {};
    std::vector<target> targets = {};
};

/// The command line without what Google Benchmark and the report understand.
struct options {
    bool smoke = false;    ///< --smoke: the smallest sizes once, to see that everything works
    bool full = false;     ///< --full: all sizes
    bool markdown = false; ///< --markdown: tables to paste
    std::string results;   ///< --results=file: everything that was measured as JSON there, and no tables
    std::vector<std::string> inputs;

    /// One of three.
    template <class T> T choose(T when_smoke, T usually, T when_full) const {
        return smoke ? when_smoke : full ? when_full : usually;
    }
};

/// Takes Google Benchmark's flags out of the command line, and sets those that are not given: so many repetitions, in
/// random order. Ends the program with status 1 and one sentence for a flag that nobody knows, and, unless inputs are
/// taken, for any other argument.
options initialize(int argc, char** argv, int repetitions, bool takes_inputs);

/// Runs all groups and prints the heading, the notes, a table for each group and the targets, or writes them to the
/// file of results. Returns the exit status of the program: 1 if a contestant computed something else than the others.
/// A missed target is no failure.
int run(const options& chosen, const std::vector<std::string>& notes, std::vector<group> groups);

/// Reports that a contestant computed something else than expected, unless it did not. Lets run return 1.
void check(benchmark::State& state, std::string_view contestant, std::uint64_t computed, std::uint64_t expected);
bool check(std::string_view contestant, std::uint64_t computed, std::uint64_t expected);

/// The value has to be computed, and memory has to be as it would be for anyone who looked. Google Benchmark's
/// DoNotOptimize, which may also change what it is passed, makes gcc 16 lose values: its "+m,r" lets the compiler store
/// to one place and read from another.
template <class T> [[gnu::always_inline]] inline void observe(T value) {
    static_assert(sizeof(T) <= sizeof(void*));
    asm volatile("" : : "r"(value) : "memory");
}

/// From here on nothing is known of where p points, nor of what is there.
template <class T> [[gnu::always_inline]] inline void hide(T*& p) {
    asm volatile("" : "+r"(p) : : "memory");
}

/// How many times a round that handles so many elements is repeated to handle about total.
constexpr std::int64_t rounds(double total, double elements) {
    return elements >= total ? 1 : static_cast<std::int64_t>(total / elements);
}

/// 10000000 as 10,000,000.
std::string with_commas(std::size_t n);

} // namespace bench
