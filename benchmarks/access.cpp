// What does it cost to go through a container, and to index it at random, in the cache and out of it?
#include "contestants.hpp"

namespace {

using namespace bench;

struct sum_up {
    template <class Container> static std::uint64_t work(Container& container) {
        std::uint64_t sum = 0;
        for (const auto& element : container) sum += key_of(element);
        return sum;
    }
};

/// Adds one to each key; the sum of the first and the last shows it.
struct update {
    template <class Container> static std::uint64_t work(Container& container) {
        for (auto& element : container) ++key_of(element);
        return key_of(*container.begin());
    }
};

struct sum_up_segments {
    template <class Container> static std::uint64_t work(Container& container) {
        std::uint64_t sum = 0;
        for (const auto run : container.segments())
            for (const auto& element : run) sum += key_of(element);
        return sum;
    }
};

struct update_segments {
    template <class Container> static std::uint64_t work(Container& container) {
        for (const auto run : container.segments())
            for (auto& element : run) ++key_of(element);
        return key_of(*container.begin());
    }
};

/// n indices below size, in the order of a linear congruential generator.
std::vector<std::uint32_t> random_indices(std::size_t n, std::size_t size) {
    std::vector<std::uint32_t> indices(n);
    std::uint64_t state = 1;
    for (std::uint32_t& index : indices) {
        state = state * 6364136223846793005 + 1442695040888963407;
        index = static_cast<std::uint32_t>((state >> 32) * size >> 32);
    }
    return indices;
}

struct index_at_random {
    explicit index_at_random(std::size_t n) : indices(random_indices(std::clamp<std::size_t>(n, 4096, 1 << 20), n)) {}
    template <class Container> std::uint64_t work(Container& container) const {
        std::uint64_t sum = 0;
        for (const std::uint32_t i : indices) sum += key_of(container[i]);
        return sum;
    }
    std::vector<std::uint32_t> indices;
};

std::uint64_t sum_of_keys(std::size_t n) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i != n; ++i) sum += key_at(i);
    return sum;
}

/// Times work on a filled container, of which it knows no more than a function that is passed one. expected computes
/// what has to come out from how often the work has been done.
template <class T, class Contestant, class Work, class Expected>
void on_filled(benchmark::State& state, std::size_t n, const Work& work, Expected expected) {
    typename Contestant::memory memory;
    typename Contestant::type container = Contestant::make(memory, n);
    fill<T>(container, n);
    std::uint64_t computed = 0;
    for (auto _ : state) {
        auto* passed = &container;
        hide(passed);
        computed = work.work(*passed);
        observe(computed);
        benchmark::ClobberMemory();
    }
    check(state, Contestant::name, computed, expected(static_cast<std::uint64_t>(state.iterations())));
}

template <class T> class groups_for {
public:
    groups_for(std::size_t n, double work) : n_(n), sum_(sum_of_keys(n)), indices_(n) {
        for (const std::uint32_t i : indices_.indices) indexed_sum_ += key_at(i);
        const auto elements = static_cast<double>(n);
        const auto lookups = static_cast<double>(indices_.indices.size());
        const std::string what = ": " + elements_of(n, sizeof(T));
        const std::string bytes = std::to_string(sizeof(T)) + " bytes";
        const std::int64_t often = rounds(3 * work, elements);
        sum_up_ = {.title = "range-for, sum" + what,
                   .elements = elements,
                   .iterations = often,
                   .plotted = {"range-for, sum, " + bytes, elements}};
        update_ = {.title = "range-for, update" + what,
                   .elements = elements,
                   .iterations = often,
                   .plotted = {"range-for, update, " + bytes, elements}};
        index_ = {.title = "index at random" + what,
                  .unit = "ns/lookup",
                  .elements = lookups,
                  .iterations = rounds(work, lookups),
                  .plotted = {"index at random, " + bytes, elements}};
        const std::vector<std::string> vector{"std::vector"};
        const std::string pinned = seg_pinned_vector<T>::name;
        sum_up_.targets.push_back({"a vector's range-for, sum", pinned, "std::vector", vector, 1.05});
        update_.targets.push_back({"a vector's range-for, update", pinned, "std::vector", vector, 1.05});
        index_.targets.push_back({"a vector's index at random", pinned, "std::vector", vector, 1.05});
        for (const char* const ours : {"seg::list", "seg::arena_list"}) {
            // There is none for a list's range-for and for its index in the cache against the best segmented peer: equal
            // blocks are learned by the branch predictor and need no bit scan, doubling segments are not and do.
            for (group* const g : {&sum_up_, &update_}) {
                g->targets.push_back({g == &sum_up_ ? "segments(), sum" : "segments(), update",
                                      std::string(ours) + ", segments()", "std::vector", {"std::vector"}, 1.05});
            }
            if (!in_cache() && n * sizeof(T) < std::size_t{64} << 20) continue;
            const std::string in = in_cache() ? "in the cache" : "out of the cache";
            if (in_cache())
                index_.targets.push_back({"index at random, " + in, ours, "std::vector", {"std::vector"}, 1.6});
            else
                index_.targets.push_back({"index at random, " + in, ours, "best segmented peer", segmented_peers, 0.9});
        }
    }

    template <class Contestant> void add() {
        const std::string name = Contestant::name;
        using container = typename Contestant::type;
        const auto sum = [sum = sum_](std::uint64_t) { return sum; };
        const auto updated = [](std::uint64_t times) { return key_at(0) + times; };
        add_row<Contestant>(sum_up_, name, sum_up(), sum);
        add_row<Contestant>(update_, name, update(), updated);
        if constexpr (requires(container & c) { c.segments(); }) {
            add_row<Contestant>(sum_up_, name + ", segments()", sum_up_segments(), sum);
            add_row<Contestant>(update_, name + ", segments()", update_segments(), updated);
        }
        if constexpr (requires(container & c) { c[0]; })
            add_row<Contestant>(index_, name, indices_, [sum = indexed_sum_](std::uint64_t) { return sum; });
    }

    void move_to(std::vector<group>& groups) && {
        groups.push_back(std::move(sum_up_));
        groups.push_back(std::move(update_));
        groups.push_back(std::move(index_));
    }

private:
    /// A megabyte is what a core has for itself today; between that and the last cache's size nothing is judged.
    bool in_cache() const { return n_ * sizeof(T) <= std::size_t{1} << 20; }

    template <class Contestant, class Work, class Expected>
    void add_row(group& g, const std::string& name, const Work& work, Expected expected) {
        g.rows.push_back({name, [n = n_, work, expected](benchmark::State& s) {
                              on_filled<T, Contestant>(s, n, work, expected);
                          }});
    }

    std::size_t n_;
    std::uint64_t sum_;
    std::uint64_t indexed_sum_ = 0;
    index_at_random indices_;
    group sum_up_;
    group update_;
    group index_;
};

template <class T> void add_groups(std::vector<group>& groups, const options& chosen, std::size_t n, double work) {
    groups_for<T> made(n, work);
    const auto add = [&made]<class Contestant>() { made.template add<Contestant>(); };
    for_each_of<T>(plain_vectors(), add);
    for_each_segmented<T>(chosen, n, add);
    for_each_of<T>(unindexed(), add);
    for_each_of<T>(concurrent(), add);
    for_each_of<T>(ours(), add);
    std::move(made).move_to(groups);
}

} // namespace

int main(int argc, char** argv) {
    const options chosen = initialize(argc, argv, 5, false);
    using sizes = std::vector<std::size_t>;
    const sizes smalls = chosen.choose<sizes>(
        {10, 1'000}, {10, 1'000, 100'000, 10'000'000},
        {10, 32, 100, 316, 1'000, 3'162, 10'000, 31'623, 100'000, 316'228, 1'000'000, 3'162'278, 10'000'000, 31'622'777,
         100'000'000});
    const double work = chosen.choose(1e3, 1e6, 5e6);
    std::vector<group> groups;
    for (const std::size_t n : smalls) add_groups<small>(groups, chosen, n, work);
    if (chosen.full)
        for (const std::size_t n : {10u, 1'000u, 100'000u, 2'000'000u}) add_groups<large>(groups, chosen, n, work / 5);
    return run(chosen,
               {
                   "Medians of the CPU times of several rounds in random order. ratio: the time divided by that of",
                   "std::vector, the first row; below 1 is faster. The container was filled before.",
               },
               std::move(groups));
}
