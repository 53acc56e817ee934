// What does it cost to build a collection of files in a store, and to drop it? For every Built, a class that has
// build(files), drop(), which leaves the store for the next one, and sum(), a checksum of what was built.
#pragma once

#include "comparison.hpp"
#include "inputs.hpp"
#include "process.hpp"

#include <cstdint>
#include <string>
#include <vector>

namespace bench {

struct build_task {
    std::vector<file> files;
    std::size_t nodes = 0;
    checksum sum; ///< of what is built of them

    std::size_t bytes() const {
        std::size_t all = 0;
        for (const file& f : files) all += f.text.size();
        return all;
    }
};

/// Builds, and sums up what was built outside of the time that is measured.
template <class Built> std::uint64_t build_timed(benchmark::State& state, Built& built, const build_task& task) {
    const stopwatch time;
    built.build(task.files);
    state.SetIterationTime(time.seconds());
    return built.sum().value();
}

template <class Built> void build_in_used_memory(benchmark::State& state, const char* store, const build_task& task) {
    Built built;
    built.build(task.files);
    std::uint64_t sum = 0;
    for (auto _ : state) {
        built.drop();
        sum = build_timed(state, built, task);
    }
    check(state, store, sum, task.sum.value());
}

template <class Built> void build_in_fresh_memory(benchmark::State& state, const char* store, const build_task& task) {
    std::uint64_t sum = 0;
    for (auto _ : state) {
        return_free_memory();
        provide_memory(8 * task.bytes()); // more than any store's peak
        Built built;
        sum = build_timed(state, built, task);
    }
    check(state, store, sum, task.sum.value());
}

template <class Built> void drop_built(benchmark::State& state, const build_task& task) {
    Built built;
    for (auto _ : state) {
        built.build(task.files);
        const stopwatch time;
        built.drop();
        state.SetIterationTime(time.seconds());
    }
}

/// The columns of it. The task has to live as long as they do.
class building {
public:
    /// total: nodes to handle in a repetition
    building(const build_task& task, const std::string& unit, double total) : task_(task) {
        const auto nodes = static_cast<double>(task.nodes);
        used = fresh =
            drop = {.unit = unit, .elements = nodes, .iterations = rounds(total, nodes), .timed = timing::by_hand};
        used.label = "used memory";
        fresh.label = "fresh memory";
        drop.label = "drop";
        peak = {.label = "peak", .unit = "MiB", .timed = timing::none};
    }

    template <class Built> void add(const char* store) {
        const build_task& t = task_;
        used.rows.push_back({store, [store, &t](auto& state) { build_in_used_memory<Built>(state, store, t); }});
        fresh.rows.push_back({store, [store, &t](auto& state) { build_in_fresh_memory<Built>(state, store, t); }});
        drop.rows.push_back({store, [&t](auto& state) { drop_built<Built>(state, t); }});
        peak.rows.push_back({store, [&t](auto& state) {
                                 found(state, peak_memory_of([&t] { (new Built)->build(t.files); }) / (1 << 20));
                             }});
    }
    /// A row for the part of building that is the same for every store.
    void add_what_is_alike(const row& r) {
        used.rows.push_back(r);
        fresh.rows.push_back(r);
    }
    void judge_building(const target& t) {
        used.targets.push_back(t);
        fresh.targets.push_back(t);
    }

    column used;
    column fresh;
    column drop;
    column peak;

private:
    const build_task& task_;
};

} // namespace bench
