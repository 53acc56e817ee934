// What the benchmarks share. A question is a table of the page that the comparison ends in: its columns are sizes or
// tasks, its rows contestants. Google Benchmark does the timing and writes the results; its flags work.
//
// All of a chapter runs in one process on one core, and every row of a column does the same work. Times are CPU times,
// the kernel's work for this process included, so they do not grow with what else the machine is doing.
#pragma once

#include <benchmark/benchmark.h>

#include <cstddef>
#include <cstdint>
#include <functional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace bench {

/// What one contestant does. The names of seg's begin with `seg::` or `seg, `. A name in brackets is a reference point,
/// no rival: the part of the work that is the same for all, or less than any container has to do.
struct row {
    std::string contestant;
    std::function<void(benchmark::State&)> run;
};

/// What has to hold of a column: ours divided by the least of the rivals that ran is at most limit. Without rivals the
/// value of ours itself is. What all do alike is taken off each value first.
struct target {
    std::string ours;
    std::string compared; ///< what the rivals are, in words
    std::vector<std::string> rivals;
    double limit;
    std::string alike = {};
};

enum class timing {
    loop,    ///< what the loop over the state takes
    by_hand, ///< run calls SetIterationTime with what a stopwatch shows
    none,    ///< run calls found
};

struct column {
    std::string label = {};
    std::string unit = {}; ///< empty: the question's
    double elements = 1; ///< how many elements, nodes or KiB one iteration handles; 1e6 makes nanoseconds milliseconds
    std::int64_t iterations = 1; ///< in each repetition; fixed, so that every contestant does the same
    timing timed = timing::loop;
    double x = 0; ///< where it is in a plot
    std::vector<row> rows = {};
    std::vector<target> targets = {};
};

struct question {
    std::string title = {};
    std::string unit = {};
    std::string text = {}; ///< what is measured, in whole sentences
    std::vector<column> columns = {};
    std::size_t decides = last;           ///< the column that rows are ordered by, and that a sentence is about
    std::string verb = "is";              ///< "seg::list <verb> 2.1 times as fast as ..."
    std::string in_short = {};            ///< its name in the table that begins the page; empty: it is not there
    std::vector<std::string> curves = {}; ///< contestants that are drawn, six at most; empty: no plot
    std::string axis = {};                ///< what x counts

    static constexpr std::size_t last = static_cast<std::size_t>(-1);
};

/// The command line without what Google Benchmark understands.
struct options {
    bool smoke = false;   ///< --smoke: the smallest sizes once, to see that everything works
    bool full = false;    ///< --full: all sizes and contestants
    bool targets = false; ///< --targets: what has to hold, and whether it does
    std::string folder;   ///< --folder=name: for the results, the page in Markdown and the plots
    std::vector<std::string> inputs;

    /// One of three.
    template <class T> T choose(T when_smoke, T usually, T when_full) const {
        return smoke ? when_smoke : full ? when_full : usually;
    }
};

/// The questions of each chapter.
using asking = std::vector<question>(const options& chosen);
asking ask_interpreter, ask_document, ask_used_memory, ask_fresh_memory, ask_malloc_as_it_is, ask_access,
    ask_short_lived, ask_algorithms, ask_arenas, ask_latency, ask_footprint, ask_workloads, ask_compile_time;

/// Compares what a contestant computed with what is expected. If they differ, says so, and the comparison fails.
void check(benchmark::State& state, std::string_view contestant, std::uint64_t computed, std::uint64_t expected);

/// The value of a row that is not timed.
void found(benchmark::State& state, double value);

/// The value has to be computed, and memory has to be as it would be for anyone who looked. Google Benchmark's
/// DoNotOptimize, which may also change what it is passed, makes gcc 16 lose values: its "+m,r" lets the compiler store
/// to one place and read from another.
template <class T> [[gnu::always_inline]] inline void observe(T value) {
    static_assert(sizeof(T) <= sizeof(void*));
    asm volatile("" : : "r"(value) : "memory");
}

/// From here on nothing is known of where p points, nor of what is there.
template <class T> [[gnu::always_inline]] inline void hide(T*& p) { asm volatile("" : "+r"(p) : : "memory"); }

/// How many times a round that handles so many elements is repeated to handle about total.
constexpr std::int64_t rounds(double total, double elements) {
    return elements >= total ? 1 : static_cast<std::int64_t>(total / elements);
}

/// 10000000 as 10,000,000.
std::string with_commas(std::size_t n);

} // namespace bench
