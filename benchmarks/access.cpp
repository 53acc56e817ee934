// What does it cost to go through a container, and to index it at random, in the cache and out of it?
#include "contestants.hpp"

namespace bench {

namespace {

struct sum_up {
    template <class Container> static std::uint64_t work(Container& container) {
        std::uint64_t sum = 0;
        for (const auto& element : container) sum += key_of(element);
        return sum;
    }
};

/// Adds one to each key; the first key shows how many times.
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

/// The questions about elements of one type.
template <class T> class asked {
public:
    asked() {
        const std::string bytes = ", " + std::to_string(sizeof(T)) + " bytes an element";
        sum_ = of("range-for, sum" + bytes, "ns/element");
        update_ = of("range-for, update" + bytes, "ns/element");
        index_ = of("index at random" + bytes, "ns/lookup");
        sum_.verb = "goes through its elements";
        update_.verb = "goes through its elements";
        index_.verb = "finds an element";
    }

    void add_size(const options& chosen, std::size_t n, double work) {
        const index_at_random indices(n);
        std::uint64_t sum = 0;
        std::uint64_t indexed_sum = 0;
        for (std::size_t i = 0; i != n; ++i) sum += key_at(i);
        for (const std::uint32_t i : indices.indices) indexed_sum += key_at(i);
        const auto summed = [sum](std::uint64_t) { return sum; };
        const auto updated = [](std::uint64_t times) { return key_at(0) + times; };
        const auto indexed = [indexed_sum](std::uint64_t) { return indexed_sum; };

        const auto elements = static_cast<double>(n);
        const auto lookups = static_cast<double>(indices.indices.size());
        const column going{
            .label = with_commas(n), .elements = elements, .iterations = rounds(3 * work, elements), .x = elements};
        column& s = sum_.columns.emplace_back(going);
        column& u = update_.columns.emplace_back(going);
        column& i = index_.columns.emplace_back(going);
        i.elements = lookups;
        i.iterations = rounds(work, lookups);

        const auto add = [&](auto list) {
            add_rows<T>(s, list, [=]<class C>(auto& state) { on_filled<T, C>(state, n, sum_up(), summed); });
            add_rows<T>(u, list, [=]<class C>(auto& state) { on_filled<T, C>(state, n, update(), updated); });
        };
        const auto add_indexed = [&](auto list) {
            add(list);
            add_rows<T>(i, list, [=]<class C>(auto& state) { on_filled<T, C>(state, n, indices, indexed); });
        };
        add_indexed(contestants<std_vector, std_vector_reserved_tuned_arena>() + segmented + ours);
        // A stable_vector has each element by itself and is never near the best with millions of them.
        if (n <= 1'000'000) add_indexed(contestants<boost_stable_vector>());
        if (chosen.full) add(special);
        const auto add_runs = [&](column& k, auto work_on_runs, auto expected) {
            const std::size_t before = k.rows.size();
            add_rows<T>(k, contestants<seg_list, seg_arena_list>(),
                        [=]<class C>(auto& state) { on_filled<T, C>(state, n, work_on_runs, expected); });
            for (std::size_t r = before; r != k.rows.size(); ++r) k.rows[r].contestant += ", segments()";
        };
        add_runs(s, sum_up_segments(), summed);
        add_runs(u, update_segments(), updated);
        judge(s, u, i, n);
    }

    void move_to(std::vector<question>& all) && {
        for (question* const q : {&sum_, &update_, &index_}) all.push_back(std::move(*q));
    }

    question& sum() { return sum_; }

private:
    static question of(const std::string& title, const std::string& unit) {
        return {.title = title,
                .unit = unit,
                .curves = {"seg::pinned_vector", "std::vector", "std::deque", "seg::list", "boost deque",
                           "seg::list, segments()"},
                .axis = "elements"};
    }

    static void judge(column& sum, column& update, column& index, std::size_t n) {
        const std::vector<std::string> vector{"std::vector"};
        for (column* const k : {&sum, &update, &index})
            k->targets.push_back({"seg::pinned_vector", "std::vector", vector, 1.05});
        // A megabyte is what a core has for itself today; between that and the last cache's size nothing is judged.
        const bool in_cache = n * sizeof(T) <= std::size_t{1} << 20;
        for (const std::string ours : {"seg::list", "seg::arena_list"}) {
            // No target compares a list's range-for, or its index in the cache, with the best segmented peer: equal
            // blocks are learned by the branch predictor and need no bit scan, doubling segments are not and do.
            for (column* const k : {&sum, &update})
                k->targets.push_back({ours + ", segments()", "std::vector", vector, 1.05});
            if (in_cache) index.targets.push_back({ours, "std::vector", vector, 1.6});
            else if (n * sizeof(T) >= std::size_t{64} << 20)
                index.targets.push_back({ours, "best segmented peer", segmented_peers, 0.9});
        }
    }

    question sum_;
    question update_;
    question index_;
};

} // namespace

std::vector<question> ask_access(const options& chosen) {
    using sizes = std::vector<std::size_t>;
    const double work = chosen.choose(1e3, 1e6, 5e6);
    std::vector<question> all;
    asked<small> numbers;
    numbers.sum().text =
        "A filled container is gone through again and again: by a plain range-for, and by one over the runs "
        "that segments() gives.";
    numbers.sum().in_short = "sum 10 million numbers, range-for";
    for (const std::size_t n :
         chosen.choose<sizes>({10, 1'000}, {10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000},
                              {10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000}))
        numbers.add_size(chosen, n, work);
    std::move(numbers).move_to(all);
    if (chosen.full) {
        asked<large> records;
        for (const std::size_t n : {10u, 1'000u, 100'000u, 2'000'000u}) records.add_size(chosen, n, work / 5);
        std::move(records).move_to(all);
    }
    return all;
}

} // namespace bench
