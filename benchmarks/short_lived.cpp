// What does a list cost that lives for one, ten or a hundred elements, and is followed by the next?
#include "contestants.hpp"

namespace bench {

namespace {

constexpr std::size_t lists = 1000;

/// A thousand lists, one after the other; then the arena is reset.
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

template <class T> question lists_of(const options& chosen, double work) {
    question q{
        .title = "containers of 1, 10 or 100 elements of " + std::to_string(sizeof(T)) + " bytes",
        .unit = "ns/container",
        .text =
            "A thousand of them are made, filled and dropped, one after the other, in memory that was used before."};
    for (const std::size_t n : {1u, 10u, 100u}) {
        column k{
            .label = with_commas(n), .elements = lists, .iterations = rounds(work, lists * static_cast<double>(n))};
        const auto run = [n]<class C>(benchmark::State& s) { live_shortly<T, C>(s, n); };
        add_rows<T>(
            k,
            contestants<std_vector, std_vector_reserved_arena, boost_stable_vector, boost_stable_vector_arena>() +
                segmented + segmented_on_arena + contestants<seg_list, seg_arena_list>(),
            run);
        if (chosen.full) add_rows<T>(k, special, run);
        k.targets = {{"seg::arena_list", "best segmented peer on the same arena", arena_peers, 1.0}};
        q.columns.push_back(std::move(k));
    }
    return q;
}

/// What a vector costs that asks the system for its memory.
question one_of_each(double work) {
    question q{.title = "make, push one number, drop",
               .unit = "ns/container",
               .text = "A seg::pinned_vector asks the system for its memory: it is for few and big arrays."};
    column& k = q.columns.emplace_back(column{.label = "time", .elements = lists, .iterations = rounds(work, lists)});
    add_rows<small>(k, contestants<std_vector, std_deque, seg_list, seg_pinned_vector>(),
                    []<class C>(benchmark::State& s) { live_shortly<small, C>(s, 1); });
    return q;
}

} // namespace

std::vector<question> ask_short_lived(const options& chosen) {
    const double work = chosen.choose(1e3, 1e6, 5e6);
    std::vector<question> all{lists_of<small>(chosen, work), one_of_each(work / 100)};
    if (chosen.full) all.push_back(lists_of<large>(chosen, work));
    return all;
}

} // namespace bench
