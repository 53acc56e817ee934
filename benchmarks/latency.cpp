// How long can a single push_back take, of ten million into fresh memory?
//
// Interrupts would decide that, and what they do is nobody's fault. So every contestant runs in several child processes
// that begin alike: what a push has to do it does in each of them, at the same element; an interrupt comes anywhere. The
// longest push is the one whose shortest time among the processes is the longest.
#include "contestants.hpp"

#include "slow_pushes.hpp"

namespace {

using namespace bench;

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
    check(Contestant::name, fingerprint(container), expected_fingerprint(n));
    return slow;
}

} // namespace

int main(int argc, char** argv) {
    const options chosen = initialize(argc, argv, 1, false);
    const std::size_t n = chosen.smoke ? 100'000 : 10'000'000;
    const int runs = chosen.choose(2, 5, 10);
    group g{.title = "longest push_back of " + with_commas(n) + " of 8 bytes, fresh memory", .unit = "us"};
    const auto add = [&]<class Contestant>() {
        g.rows.push_back({.contestant = Contestant::name,
                          .find = [n, runs] {
                              return longest_push([n] { return slow_pushes_of<Contestant>(n); }, runs);
                          }});
    };
    for_each_of<small>(plain_vectors(), add);
    for_each_of<small>(contestants<c_array>(), add);
    for_each_segmented<small>(chosen, n, add);
    for_each_of<small>(unindexed(), add);
    for_each_of<small>(concurrent(), add);
    for_each_of<small>(ours(), add);
    for_each_of<small>(contestants<seg_tuned_arena_list, seg_steady_arena_list, seg_steady_vector>(), add);
    g.targets = {{"longest single push_back", "seg::arena_list", "std::vector", {"std::vector"}, 0.01},
                 {"a vector's longest single push_back", seg_steady_vector<small>::name, "seg::list", {"seg::list"}, 1.0},
                 {"longest single push_back", seg_steady_arena_list<small>::name, "best segmented peer", segmented_peers,
                  1.0}};
    return run(chosen,
               {
                   "The longest of all pushes, each counted with the shortest time that it took in several processes.",
                   "Microseconds by the processor's clock; what takes less than half of one is not looked at. small",
                   "pages: of 4 KiB, as malloc's; the arena's one block was mapped beforehand, without a page of it.",
               },
               {std::move(g)});
}
