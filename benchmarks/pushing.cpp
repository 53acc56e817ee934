// What does it cost to push, from ten elements to a hundred million, into memory that was used before and into fresh
// memory? What is timed is the life of a container: it is made, filled and dropped.
#include <bit>

#include "contestants.hpp"

namespace bench {

namespace {

template <class T, class Contestant> void push_again(benchmark::State& state, std::size_t n) {
    typename Contestant::memory memory;
    std::uint64_t last = life<T, Contestant>(memory, n); // now the memory has been used
    for (auto _ : state) {
        last = life<T, Contestant>(memory, n);
        observe(last);
    }
    check(state, Contestant::name, last, expected_fingerprint(n));
}

/// What the greediest contestant may hold: a vector that has just doubled.
template <class T> std::size_t memory_for(std::size_t n) { return std::bit_ceil(n) * 3 / 2 * sizeof(T); }

template <class T, class Contestant> void push_fresh(benchmark::State& state, std::size_t n) {
    std::uint64_t last = 0;
    for (auto _ : state) {
        return_free_memory();
        provide_memory(memory_for<T>(n));
        const stopwatch time;
        {
            typename Contestant::memory memory;
            last = life<T, Contestant>(memory, n);
            observe(last);
        }
        state.SetIterationTime(time.seconds());
    }
    check(state, Contestant::name, last, expected_fingerprint(n));
}

using sizes = std::vector<std::size_t>;
sizes numbers(const options& chosen) {
    return chosen.choose<sizes>({10, 1'000}, {10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000},
                                {10, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000, 100'000'000});
}
sizes records(const options& chosen) {
    return chosen.choose<sizes>({10, 1'000}, {1'000, 2'000'000}, {10, 100, 1'000, 10'000, 100'000, 2'000'000});
}

column column_of(std::size_t n, double work) {
    const auto elements = static_cast<double>(n);
    return {.label = with_commas(n), .elements = elements, .iterations = rounds(work, elements), .x = elements};
}

template <class T> question used_memory(const options& chosen, const sizes& all, double work) {
    const std::string bytes = std::to_string(sizeof(T)) + " bytes";
    question q{.title = "push_back, " + bytes + " an element, used memory",
               .unit = "ns/element",
               .verb = "pushes",
               .curves = {"seg::arena_list", "std::vector", "std::deque", "seg::list", "boost deque",
                          seg_kept_vector<T>::name},
               .axis = "elements"};
    for (const std::size_t n : all) {
        column k = column_of(n, work);
        const auto run = [n]<class C>(benchmark::State& s) { push_again<T, C>(s, n); };
        add_rows<T>(k,
                    contestants<std_vector, std_vector_reserved, std_vector_reserved_arena, c_array, c_list,
                                mapped_at_once, mapped_one_by_one>() +
                        segmented + segmented_on_arena + foreign + ours +
                        contestants<seg_kept_vector, std_vector_kept>(),
                    run);
        if (n <= 1'000'000) add_rows<T>(k, contestants<boost_stable_vector, boost_stable_vector_arena>(), run);
        if (chosen.smoke || chosen.full) add_rows<T>(k, special, run);
        if (sizeof(T) == 8 && n <= 10'000'000) {
            k.targets = {
                {"seg::arena_list", "best of deques, stable_vector, segtor on the same arena", arena_peers, 0.9},
                {"seg::arena_list", "std::vector, reserved, arena", {"std::vector, reserved, arena"}, 1.15}};
        }
        if (n <= 10'000'000)
            k.targets.push_back(
                {seg_kept_vector<T>::name, "std::vector, reserved", {std_vector_reserved<T>::name}, 1.0});
        q.columns.push_back(std::move(k));
    }
    return q;
}

/// judged: the size that the targets name.
template <class T> question fresh_memory(const options& chosen, const sizes& all, double work, std::size_t judged) {
    const std::string bytes = std::to_string(sizeof(T)) + " bytes";
    question q{.title = "push_back, " + bytes + " an element, fresh memory",
               .unit = "ns/element",
               .verb = "pushes",
               .curves = {"seg::arena_list", "std::vector", "std::deque", "seg::list", "(one mapping, huge pages)",
                          "seg::pinned_vector"},
               .axis = "elements"};
    for (const std::size_t n : all) {
        column k = column_of(n, work);
        k.iterations = std::min<std::int64_t>(k.iterations, 100);
        k.timed = timing::by_hand;
        const auto run = [n]<class C>(benchmark::State& s) { push_fresh<T, C>(s, n); };
        add_rows<T>(k,
                    contestants<std_vector, std_vector_reserved, c_array, c_list, mapped_at_once, mapped_one_by_one>() +
                        segmented + foreign + ours +
                        contestants<seg_tuned_arena_list, std_vector_reserved_tuned_arena>(),
                    run);
        if (n <= 1'000'000) add_rows<T>(k, contestants<boost_stable_vector>(), run);
        if (chosen.smoke || chosen.full) add_rows<T>(k, special, run);
        if (n == judged || chosen.smoke) {
            k.targets = {{seg_tuned_arena_list<T>::name, "best segmented peer", segmented_peers, 0.3},
                         {seg_tuned_arena_list<T>::name, "one mapping", {mapped_at_once<T>::name}, 1.25},
                         {seg_pinned_vector<T>::name, "one mapping, one by one", {mapped_one_by_one<T>::name}, 1.15}};
        }
        q.columns.push_back(std::move(k));
    }
    return q;
}

template <class Contestant> void drop(benchmark::State& state, std::size_t n) {
    typename Contestant::memory memory;
    std::uint64_t last = 0;
    for (auto _ : state) {
        return_free_memory(); // no free memory of earlier rows; the thresholds that malloc has learned stay
        stopwatch time;
        {
            typename Contestant::type container = Contestant::make(memory, n);
            fill<small>(container, n);
            last = fingerprint(container);
            time = stopwatch();
        }
        memory.again();
        state.SetIterationTime(time.seconds());
    }
    check(state, Contestant::name, last, expected_fingerprint(n));
}

question dropped(const options& chosen, std::size_t n) {
    question q{.title = "drop " + with_commas(n) + " numbers",
               .unit = "ns/element",
               .text = "Only freeing is timed. The arena is reset, and keeps its memory.",
               .verb = "drops"};
    column k = column_of(n, 1);
    k.timed = timing::by_hand;
    const auto run = [n]<class C>(benchmark::State& s) { drop<C>(s, n); };
    add_rows<small>(k, contestants<std_vector, std_vector_reserved_arena>() + segmented + segmented_on_arena + ours,
                    run);
    if (chosen.full) add_rows<small>(k, special, run);
    k.targets = {{"seg::arena_list", "best segmented peer", segmented_peers, 0.1}};
    q.columns.push_back(std::move(k));
    return q;
}

} // namespace

std::vector<question> ask_used_memory(const options& chosen) {
    const double work = chosen.choose(1e3, 2e6, 5e6);
    std::vector<question> all{used_memory<small>(chosen, numbers(chosen), work),
                              used_memory<large>(chosen, records(chosen), work / 5)};
    all[0].in_short = "push 10 million numbers, used memory";
    all[0].text =
        "A container is made, filled and dropped again and again. Every contestant finds memory that it used before: "
        "malloc "
        "is told to keep what is freed (mallopt: M_MMAP_MAX 0, M_TRIM_THRESHOLD -1), the arena is reset, and what is "
        "called cleared is kept and cleared. By itself malloc gives blocks of some megabytes back to the system each "
        "time; "
        "that is measured below.";
    return all;
}

std::vector<question> ask_fresh_memory(const options& chosen) {
    const double work = chosen.choose(1e3, 2e6, 5e6);
    std::vector<question> all{fresh_memory<small>(chosen, numbers(chosen), work, 10'000'000),
                              fresh_memory<large>(chosen, records(chosen), work / 5, 2'000'000),
                              dropped(chosen, chosen.smoke ? 1'000 : 10'000'000)};
    all[0].in_short = "push 10 million numbers, fresh memory";
    all[0].text =
        "The same with memory that the system has to provide, as in a program that does it once: malloc had to give "
        "everything back, and the arena is new and is unmapped afterwards.";
    return all;
}

std::vector<question> ask_malloc_as_it_is(const options& chosen) {
    const std::size_t n = chosen.smoke ? 1'000 : 10'000'000;
    question q{
        .title = "push_back again and again, malloc as it is",
        .unit = "ns/element",
        .text = "Used memory once more, with malloc's own settings: glibc maps a large block by itself, and unmaps it "
                "when it is freed, so that containers that allocate large blocks pay for fresh memory each time.",
        .verb = "pushes"};
    const auto add = [&q]<class T>(std::size_t size) {
        column k = column_of(size, 1);
        k.label += " of " + std::to_string(sizeof(T)) + " bytes";
        add_rows<T>(k,
                    contestants<std_vector, std_vector_reserved, std_vector_reserved_arena, std_deque, std_deque_arena,
                                boost_deque>() +
                        ours,
                    [size]<class C>(benchmark::State& s) { push_again<T, C>(s, size); });
        q.columns.push_back(std::move(k));
    };
    add.template operator()<small>(n);
    add.template operator()<large>(n / 5);
    return {q};
}

} // namespace bench
