// What does it cost to push, from ten elements to a hundred million, into memory that was used before and into fresh
// memory?
//
// What is timed is the life of a container: it is made, filled and dropped.
#include "c_list.h"
#include "libcxx_deque.hpp"
#include "rust_vec.hpp"

#include <bit>

#include "contestants.hpp"

namespace {

using namespace bench;

/// One life of a container.
template <class T, class Contestant>
[[gnu::always_inline]] inline std::uint64_t life(typename Contestant::memory& memory, std::size_t n) {
    std::uint64_t last = 0;
    {
        typename Contestant::type container = Contestant::make(memory, n);
        fill<T>(container, n);
        last = fingerprint(container);
    }
    memory.again();
    return last;
}

template <class T, class Contestant> void push_warm(benchmark::State& state, std::size_t n) {
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

template <class T, class Contestant> void push_cold(benchmark::State& state, std::size_t n) {
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

/// The seed's C list, whose whole life is C: the same work on the same terms.
struct c_list_life {
    static constexpr const char* name = "C list of the seed";
    struct memory {
        memory() : bump(c_bump_new()) {}
        memory(const memory&) = delete;
        memory& operator=(const memory&) = delete;
        ~memory() { c_bump_delete(bump); }
        c_bump* bump;
    };
    static std::uint64_t live(memory& m, std::size_t n, small*) {
        const std::uint64_t last = c_list_life_of_numbers(m.bump, n);
        c_bump_reset(m.bump);
        return last;
    }
    static std::uint64_t live(memory& m, std::size_t n, large*) {
        const std::uint64_t last = c_list_life_of_records(m.bump, n);
        c_bump_reset(m.bump);
        return last;
    }
};

#ifdef SEG_BENCHMARK_HAS_RUST
struct rust_vec_life {
    static constexpr const char* name = "Rust's Vec";
    struct memory {};
    static std::uint64_t live(memory&, std::size_t n, small*) { return rust_vec_life_of_numbers(n); }
    static std::uint64_t live(memory&, std::size_t n, large*) { return rust_vec_life_of_records(n); }
};
#endif

#ifdef SEG_BENCHMARK_HAS_LIBCXX
struct libcxx_deque_life {
    static constexpr const char* name = "std::deque of libc++";
    struct memory {};
    static std::uint64_t live(memory&, std::size_t n, small*) { return libcxx_deque_life_of_numbers(n); }
    static std::uint64_t live(memory&, std::size_t n, large*) { return libcxx_deque_life_of_records(n); }
};
#endif

template <class T, class Foreign> void foreign_warm(benchmark::State& state, std::size_t n) {
    typename Foreign::memory memory;
    std::uint64_t last = Foreign::live(memory, n, static_cast<T*>(nullptr));
    for (auto _ : state) {
        last = Foreign::live(memory, n, static_cast<T*>(nullptr));
        observe(last);
    }
    check(state, Foreign::name, last, expected_fingerprint(n));
}

template <class T, class Foreign> void foreign_cold(benchmark::State& state, std::size_t n) {
    std::uint64_t last = 0;
    for (auto _ : state) {
        return_free_memory();
        provide_memory(memory_for<T>(n));
        const stopwatch time;
        {
            typename Foreign::memory memory;
            last = Foreign::live(memory, n, static_cast<T*>(nullptr));
        }
        state.SetIterationTime(time.seconds());
    }
    check(state, Foreign::name, last, expected_fingerprint(n));
}

template <class T> class groups_for {
public:
    groups_for(std::size_t n, double work, bool judged_cold) : n_(n) {
        const auto elements = static_cast<double>(n);
        const std::string what = ": " + elements_of(n, sizeof(T));
        const std::string bytes = std::to_string(sizeof(T)) + " bytes";
        warm_ = {.title = "push_back, used memory" + what,
                 .elements = elements,
                 .iterations = rounds(work, elements),
                 .plotted = {"push_back, used memory, " + bytes, elements}};
        cold_ = {.title = "push_back, fresh memory" + what,
                 .elements = elements,
                 .iterations = std::min<std::int64_t>(rounds(work, elements), 100),
                 .timed_by_hand = true,
                 .plotted = {"push_back, fresh memory, " + bytes, elements}};
        if (std::is_same_v<T, small> && n <= 10'000'000) {
            warm_.targets = {{"push_back, 8 bytes, used memory", "seg::arena_list",
                              "best of deques, stable_vector, segtor on the same arena", arena_peers, 0.9},
                             {"push_back, 8 bytes, used memory", "seg::arena_list",
                              "std::vector reserved beforehand, same arena",
                              {"std::vector, reserved, arena"}, 1.15}};
        }
        if (n <= 10'000'000)
            warm_.targets.push_back({"a vector's push_back, " + bytes + ", used memory", seg_kept_vector<T>::name,
                                     "std::vector reserved beforehand", {std_vector_reserved<T>::name}, 1.0});
        if (judged_cold) {
            cold_.targets = {{"push_back, " + bytes + ", fresh memory", seg_tuned_arena_list<T>::name,
                              "best segmented peer, its default allocator", segmented_peers, 0.3},
                             {"push_back, " + bytes + ", fresh memory", seg_tuned_arena_list<T>::name,
                              "writing into one mapping with huge pages", {mapped_at_once<T>::name}, 1.25},
                             {"a vector's push_back, " + bytes + ", fresh memory", seg_pinned_vector<T>::name,
                              "writing into one mapping with huge pages, one by one",
                              {mapped_one_by_one<T>::name}, 1.15}};
        }
    }

    template <class List> void add_warm(List list) {
        for_each_of<T>(list, [this]<class Contestant>() {
            warm_.rows.push_back(
                {Contestant::name, [n = n_](benchmark::State& s) { push_warm<T, Contestant>(s, n); }});
        });
    }
    template <class List> void add_cold(List list) {
        for_each_of<T>(list, [this]<class Contestant>() {
            cold_.rows.push_back(
                {Contestant::name, [n = n_](benchmark::State& s) { push_cold<T, Contestant>(s, n); }});
        });
    }
    void add_segmented(const options& chosen) {
        for_each_segmented<T>(chosen, n_, [this]<class Contestant>() {
            warm_.rows.push_back(
                {Contestant::name, [n = n_](benchmark::State& s) { push_warm<T, Contestant>(s, n); }});
            cold_.rows.push_back(
                {Contestant::name, [n = n_](benchmark::State& s) { push_cold<T, Contestant>(s, n); }});
        });
        add_warm(contestants<std_deque_arena, boost_deque_arena>());
        if (n_ <= 1'000'000) add_warm(contestants<boost_stable_vector_arena>());
#ifdef SEG_BENCHMARK_HAS_SEGTOR
        add_warm(contestants<boost_segtor_arena>());
#endif
    }
    template <class Foreign> void add_foreign() {
        warm_.rows.push_back({Foreign::name, [n = n_](benchmark::State& s) { foreign_warm<T, Foreign>(s, n); }});
        cold_.rows.push_back({Foreign::name, [n = n_](benchmark::State& s) { foreign_cold<T, Foreign>(s, n); }});
    }
    template <class List> void add(List list) {
        add_warm(list);
        add_cold(list);
    }

    void move_to(std::vector<group>& groups) && {
        groups.push_back(std::move(warm_));
        groups.push_back(std::move(cold_));
    }

private:
    std::size_t n_;
    group warm_;
    group cold_;
};

/// judged_cold: the size that the targets for fresh memory name.
template <class T>
void add_groups(std::vector<group>& groups, const options& chosen, std::size_t n, double work, bool judged_cold) {
    groups_for<T> made(n, work, judged_cold);
    made.add(plain_vectors());
    made.add(reserved_vectors());
    made.add_warm(contestants<std_vector_reserved_arena>());
    made.add(contestants<c_array>());
    made.add(contestants<mapped_at_once, mapped_one_by_one>());
    made.add_segmented(chosen);
    // The short run leaves out who is never near the best of the others.
    if (chosen.smoke || chosen.full) {
        made.add(concurrent());
        made.add(unindexed());
    }
#ifdef SEG_BENCHMARK_HAS_LIBCXX
    made.template add_foreign<libcxx_deque_life>();
#endif
    made.template add_foreign<c_list_life>();
#ifdef SEG_BENCHMARK_HAS_RUST
    made.template add_foreign<rust_vec_life>();
#endif
    made.add(ours());
    made.add_warm(contestants<seg_kept_vector>());
    made.add_cold(contestants<seg_tuned_arena_list>());
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
    const sizes larges = chosen.choose<sizes>({10, 1'000}, {1'000, 2'000'000}, {10, 100, 1'000, 10'000, 100'000, 2'000'000});
    const double work = chosen.choose(1e3, 2e6, 5e6);
    std::vector<group> groups;
    for (const std::size_t n : smalls) add_groups<small>(groups, chosen, n, work, n == 10'000'000 || chosen.smoke);
    for (const std::size_t n : larges) add_groups<large>(groups, chosen, n, work / 5, n == 2'000'000 || chosen.smoke);
    return run(chosen,
               {
                   "Medians of the CPU times of several rounds in random order. ratio: the time divided by that of",
                   "std::vector, the first row; below 1 is faster. Making and dropping the container counts too. used",
                   "memory: the round before ran in the same memory (malloc keeps what is freed, the arena is reset).",
                   "fresh memory: malloc had to give everything back, the arena is new, and is unmapped afterwards.",
               },
               std::move(groups));
}
