// How long can a single push_back take, of ten million into fresh memory?
//
// Interrupts would decide that, and what they do is nobody's fault. So every contestant runs in several child processes
// that begin alike: what a push has to do it does in each of them, at the same element; an interrupt comes anywhere.
// The longest push is the one whose shortest time among the processes is the longest.
#include "inputs.hpp"

#include <chrono>
#include <functional>
#include <map>

#if defined(__x86_64__)
#include <x86intrin.h>
#endif

#include "contestants.hpp"

namespace bench {

namespace {

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

std::uint64_t ticks_of_microsecond() {
    static const std::uint64_t per_microsecond = [] {
        using clock = std::chrono::steady_clock;
        const clock::time_point begin = clock::now();
        const std::uint64_t first = ticks();
        while (clock::now() - begin < std::chrono::milliseconds(20)) {}
        const std::uint64_t passed = ticks() - first;
        const std::chrono::duration<double, std::micro> microseconds = clock::now() - begin;
        return std::max<std::uint64_t>(static_cast<std::uint64_t>(static_cast<double>(passed) / microseconds.count()),
                                       1);
    }();
    return per_microsecond;
}

/// Runs fill in so many child processes. Returns the microseconds of the push that took longest, each push counted with
/// the shortest time that it took in any process, and one that was not slow in all of them not at all.
double longest_push(const std::function<std::vector<slow_push>()>& fill, int runs) {
    const std::uint64_t per_microsecond = ticks_of_microsecond();
    std::map<std::size_t, std::uint64_t> always; // element -> the shortest time of its push
    for (int run = 0; run != runs; ++run) {
        std::map<std::size_t, std::uint64_t> again;
        for (const slow_push& push : in_child<slow_push>(fill)) {
            const auto found = always.find(push.index);
            if (run == 0) again.emplace(push.index, push.ticks);
            else if (found != always.end()) again.emplace(push.index, std::min(push.ticks, found->second));
        }
        always = std::move(again);
    }
    std::uint64_t longest = 0;
    for (const auto& [index, passed] : always) longest = std::max(longest, passed);
    return static_cast<double>(longest) / static_cast<double>(per_microsecond);
}

template <class Contestant> std::vector<slow_push> slow_pushes_of(std::size_t n) {
    std::vector<slow_push> slow;
    slow.reserve(1 << 20);
    typename Contestant::memory memory;
    typename Contestant::type container = Contestant::make(memory, n);
    const std::uint64_t long_ticks = ticks_of_microsecond() / 2;
    std::uint64_t before = ticks();
    for (std::size_t i = 0; i != n; ++i) {
        push(container, small(key_at(i)));
        const std::uint64_t after = ticks();
        if (after - before >= long_ticks && slow.size() != slow.capacity()) [[unlikely]] {
            slow.push_back({i, after - before});
            before = ticks();
        } else {
            before = after;
        }
    }
    if (fingerprint(container) != expected_fingerprint(n)) fail(std::string(Contestant::name) + " has other elements.");
    return slow;
}

} // namespace

std::vector<question> ask_latency(const options& chosen) {
    const std::size_t n = chosen.smoke ? 100'000 : 10'000'000;
    const int runs = chosen.choose(2, 3, 10);
    question q{
        .title = "the slowest of " + with_commas(n) + " pushes, fresh memory",
        .unit = "us",
        .text =
            "For each push the shortest time that it takes in several processes counts; the slowest is shown. small "
            "pages: of 4 KiB, as malloc's; the arena's one block was "
            "mapped beforehand, without a page of it."};
    column& k = q.columns.emplace_back(column{.label = "slowest", .timed = timing::none});
    add_rows<small>(k,
                    contestants<std_vector, std_vector_reserved, c_array>() + segmented + special + ours +
                        contestants<seg_tuned_arena_list, seg_steady_arena_list, seg_steady_vector>(),
                    [n, runs]<class C>(benchmark::State& s) {
                        found(s, longest_push([n] { return slow_pushes_of<C>(n); }, runs));
                    });
    k.targets = {{"seg::arena_list", "std::vector", {"std::vector"}, 0.01},
                 {seg_steady_vector<small>::name, "seg::list", {"seg::list"}, 1.0},
                 {seg_steady_arena_list<small>::name, "best segmented peer", segmented_peers, 1.0}};
    return {q};
}

} // namespace bench
