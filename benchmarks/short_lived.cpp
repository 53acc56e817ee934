// What does a list cost that lives for one, ten or a hundred elements, and is followed by the next?
//
// A thousand lists are made, filled and dropped one after the other, then the arena is reset.
#include "contestants.hpp"

namespace {

using namespace bench;

constexpr std::size_t lists = 1000;

template <class T, class Contestant> std::uint64_t generation(typename Contestant::memory& memory, std::size_t n) {
    std::uint64_t sum = 0;
    for (std::size_t l = 0; l != lists; ++l) {
        typename Contestant::type container = Contestant::make(memory, n);
        fill<T>(container, n);
        sum += fingerprint(container);
    }
    memory.again();
    return sum;
}

template <class T, class Contestant> void live_shortly(benchmark::State& state, std::size_t n) {
    typename Contestant::memory memory;
    std::uint64_t sum = generation<T, Contestant>(memory, n); // now the memory has been used
    for (auto _ : state) {
        sum = generation<T, Contestant>(memory, n);
        observe(sum);
    }
    check(state, Contestant::name, sum, lists * expected_fingerprint(n));
}

template <class T> group lists_of(const options& chosen, std::size_t n, double work) {
    group g{.title = "short-lived lists of " + elements_of(n, sizeof(T)),
            .unit = "ns/list",
            .elements = lists,
            .iterations = rounds(work, lists * static_cast<double>(n))};
    const auto add = [&]<class Contestant>() {
        g.rows.push_back({Contestant::name, [n](benchmark::State& s) { live_shortly<T, Contestant>(s, n); }});
    };
    for_each_of<T>(plain_vectors(), add);
    for_each_of<T>(contestants<std_vector_reserved_arena>(), add);
    for_each_segmented<T>(chosen, n, add);
    for_each_of<T>(contestants<std_deque_arena, boost_deque_arena, boost_stable_vector_arena>(), add);
#ifdef SEG_BENCHMARK_HAS_SEGTOR
    for_each_of<T>(contestants<boost_segtor_arena>(), add);
#endif
    for_each_of<T>(unindexed(), add);
    for_each_of<T>(contestants<seg_list, seg_arena_list>(), add);
    g.targets = {{"short-lived lists, arena reset between", "seg::arena_list", "best segmented peer on the same arena",
                  arena_peers, 1.0}};
    return g;
}

/// What a vector costs that asks the system for its memory: it is for few and big arrays.
group one_of_each(double work) {
    group g{.title = "make, push one of 8 bytes, drop", .unit = "ns", .elements = lists, .iterations = rounds(work, lists)};
    for_each_of<small>(contestants<std_vector, std_deque, seg_list, seg_pinned_vector>(), [&g]<class Contestant>() {
        g.rows.push_back({Contestant::name, [](benchmark::State& s) { live_shortly<small, Contestant>(s, 1); }});
    });
    return g;
}

} // namespace

int main(int argc, char** argv) {
    const options chosen = initialize(argc, argv, 7, false);
    const double work = chosen.choose(1e3, 1e6, 5e6);
    std::vector<group> groups;
    for (const std::size_t n : {1u, 10u, 100u}) groups.push_back(lists_of<small>(chosen, n, work));
    groups.push_back(one_of_each(work / 100));
    if (chosen.full)
        for (const std::size_t n : {1u, 10u, 100u}) groups.push_back(lists_of<large>(chosen, n, work));
    return run(chosen,
               {
                   "Medians of the CPU times of several rounds in random order. ratio: the time divided by that of",
                   "std::vector, the first row; below 1 is faster. A round is a thousand lists, one after the other, in",
                   "memory that the round before has used.",
               },
               std::move(groups));
}
