// What does it cost to push, to iterate and to index?
//
// Each contestant is a container as its users write it. It is a local variable and its address is not taken while
// elements are pushed, so a compiler may keep it in registers, whichever it is. What is timed of push_back is the life
// of a container: it is made, filled and dropped.
#include "process.hpp"
#include "report.hpp"

#include <boost/container/deque.hpp>
#include <boost/container/stable_vector.hpp>
#if __has_include(<boost/container/segtor.hpp>)
#include <boost/container/segtor.hpp>
#define SEG_BENCHMARK_HAS_SEGTOR 1
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory>
#include <new>
#include <string>
#include <utility>
#include <vector>

import seg.arena;
import seg.list;

namespace {

// ---- elements

/// Of 8 bytes: a number. Of 104 bytes: a record with a key, about the size of a syntax tree's node.
using small = std::uint64_t;
struct large {
    explicit large(std::uint64_t k) noexcept : key(k) {}
    std::uint64_t key;
    std::array<std::uint64_t, 12> rest{};
};
static_assert(sizeof(small) == 8 && sizeof(large) == 104);

std::uint64_t key_of(const small& element) { return element; }
std::uint64_t key_of(const large& element) { return element.key; }

/// The key of element i.
constexpr std::uint64_t key_at(std::size_t i) { return i * 0x9E3779B97F4A7C15 + 1; }

/// The keys of n elements, summed up.
std::uint64_t sum_of_keys(std::size_t n) {
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i != n; ++i) sum += key_at(i);
    return sum;
}

// ---- contestants: a name, the type, the memory that it lives in, and how to make an empty one

/// malloc's memory.
struct heap {
    void again() {}
};

/// Memory that is handed back and used again.
struct arena {
    void again() { resource.reset(); }
    seg::arena resource;
};

template <class Container> struct on_heap {
    using type = Container;
    using memory = heap;
    static type make(memory&, std::size_t) { return type(); }
};

template <class T> struct std_vector : on_heap<std::vector<T>> {
    static constexpr const char* name = "std::vector";
};
template <class T> struct std_vector_reserved : on_heap<std::vector<T>> {
    static constexpr const char* name = "std::vector, reserved";
    static constexpr bool only_pushes = true; // afterwards it is a vector like the other
    static std::vector<T> make(heap&, std::size_t n) {
        std::vector<T> v;
        v.reserve(n);
        return v;
    }
};
template <class T> struct std_deque : on_heap<std::deque<T>> {
    static constexpr const char* name = "std::deque";
};
template <class T> struct boost_deque : on_heap<boost::container::deque<T>> {
    static constexpr const char* name = "boost deque";
};
template <class T> struct boost_stable_vector : on_heap<boost::container::stable_vector<T>> {
    static constexpr const char* name = "boost stable_vector";
};
#ifdef SEG_BENCHMARK_HAS_SEGTOR
template <class T> struct boost_segtor : on_heap<boost::container::segtor<T>> {
    static constexpr const char* name = "boost segtor";
};
#endif
template <class T> struct seg_list : on_heap<seg::list<T>> {
    static constexpr const char* name = "seg::list";
};
template <class T> struct seg_arena_list {
    static constexpr const char* name = "seg::arena_list";
    using type = seg::arena_list<T>;
    using memory = arena;
    static type make(memory& m, std::size_t) { return type(m.resource); }
};

// ---- what is timed

/// Pushes n elements. Inlined, so that the container stays a local variable of the caller.
template <class T, class Container> [[gnu::always_inline]] inline void fill(Container& container, std::size_t n) {
    for (std::size_t i = 0; i != n; ++i) container.push_back(T(key_at(i)));
    // Whoever holds a pointer to an element might look at it, so none of the stores can be left out.
    T* first = std::addressof(container.front());
    benchmark::DoNotOptimize(first);
}

template <class T, class Container> std::uint64_t iterated(const Container& container) {
    std::uint64_t sum = 0;
    for (const T& element : container) sum += key_of(element);
    return sum;
}

template <class T, class Container> std::uint64_t iterated_by_segments(const Container& container) {
    std::uint64_t sum = 0;
    for (const auto run : container.segments())
        for (const T& element : run) sum += key_of(element);
    return sum;
}

template <class Container>
std::uint64_t indexed(const Container& container, const std::vector<std::uint32_t>& indices) {
    std::uint64_t sum = 0;
    for (const std::uint32_t i : indices) sum += key_of(container[i]);
    return sum;
}

template <class T, class Contestant> void push_warm(benchmark::State& state, std::size_t n) {
    typename Contestant::memory memory;
    const auto round = [&] {
        std::uint64_t last = 0;
        {
            typename Contestant::type container = Contestant::make(memory, n);
            fill<T>(container, n);
            last = key_of(container.back()) + container.size();
        }
        memory.again();
        return last;
    };
    std::uint64_t last = round(); // now the memory has been used
    for (auto _ : state) {
        last = round();
        benchmark::DoNotOptimize(last);
    }
    bench::check(state, Contestant::name, last, key_at(n - 1) + n);
}

template <class T, class Contestant> void push_cold(benchmark::State& state, std::size_t n) {
    std::uint64_t last = 0;
    for (auto _ : state) {
        bench::return_free_memory();
        const bench::stopwatch time;
        {
            typename Contestant::memory memory;
            typename Contestant::type container = Contestant::make(memory, n);
            fill<T>(container, n);
            last = key_of(container.back()) + container.size();
            benchmark::DoNotOptimize(last);
        }
        state.SetIterationTime(time.seconds());
    }
    bench::check(state, Contestant::name, last, key_at(n - 1) + n);
}

/// Times work on a filled container, of which it knows no more than a function that is passed one.
template <class T, class Contestant, class Work>
void on_filled(benchmark::State& state, std::size_t n, std::uint64_t expected, Work work) {
    typename Contestant::memory memory;
    typename Contestant::type container = Contestant::make(memory, n);
    fill<T>(container, n);
    std::uint64_t computed = 0;
    for (auto _ : state) {
        const auto* passed = &container;
        benchmark::DoNotOptimize(passed);
        computed = work(*passed);
        benchmark::DoNotOptimize(computed);
    }
    bench::check(state, Contestant::name, computed, expected);
}

/// Bytes that a container of n elements takes while it is filled, the object itself included. Memory is counted in
/// pages, so small containers are weighed by the thousand.
template <class T, class Contestant> double peak_memory(std::size_t n) {
    using container = typename Contestant::type;
    const std::size_t bytes_of_elements = n * sizeof(T);
    const std::size_t count = bytes_of_elements < 512 * 1024 ? 1 + (std::size_t{16} << 20) / bytes_of_elements : 1;
    const double bytes = bench::peak_memory_of([&] {
        // Nothing is given back: the process ends here.
        typename Contestant::memory& memory = *new typename Contestant::memory;
        auto* const containers = static_cast<container*>(::operator new(count * sizeof(container)));
        for (std::size_t i = 0; i != count; ++i) {
            container* const made = new (containers + i) container(Contestant::make(memory, n));
            fill<T>(*made, n);
        }
    });
    return bytes / static_cast<double>(count);
}

// ---- the tables

std::string with_commas(std::size_t n) {
    std::string digits = std::to_string(n);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, 1, ',');
    return digits;
}

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

/// The groups for one kind and number of elements.
template <class T> class groups_for {
public:
    explicit groups_for(std::size_t n, double work)
        : n_(n), sum_(sum_of_keys(n)), indices_(random_indices(std::clamp<std::size_t>(n, 4096, 1 << 20), n)) {
        for (const std::uint32_t i : indices_) indexed_sum_ += key_at(i);
        const auto elements = static_cast<double>(n);
        const auto lookups = static_cast<double>(indices_.size());
        const std::string what = ": " + with_commas(n) + " elements of " + std::to_string(sizeof(T)) + " bytes";
        const std::int64_t cold = std::min<std::int64_t>(bench::rounds(work, elements), 200);
        warm_ = {"push_back, used memory" + what, "element", elements, bench::rounds(work, elements), false, {}};
        cold_ = {"push_back, fresh memory" + what, "element", elements, cold, true, {}};
        iterate_ = {"iterate" + what, "element", elements, bench::rounds(3 * work, elements), false, {}};
        index_ = {"index at random" + what, "lookup", lookups, bench::rounds(work, lookups), false, {}};
    }

    template <class Contestant> void add() {
        const double peak = peak_memory<T, Contestant>(n_);
        const std::string name = Contestant::name;
        warm_.rows.push_back({name, peak, [n = n_](benchmark::State& s) { push_warm<T, Contestant>(s, n); }});
        cold_.rows.push_back({name, peak, [n = n_](benchmark::State& s) { push_cold<T, Contestant>(s, n); }});
        if constexpr (requires { Contestant::only_pushes; }) return;
        iterate_.rows.push_back({name, peak, [n = n_, sum = sum_](benchmark::State& s) {
                                     on_filled<T, Contestant>(s, n, sum, [](const auto& c) { return iterated<T>(c); });
                                 }});
        if constexpr (requires(typename Contestant::type & c) { c.segments(); }) {
            iterate_.rows.push_back({name + ", segments()", peak, [n = n_, sum = sum_](benchmark::State& s) {
                                         on_filled<T, Contestant>(
                                             s, n, sum, [](const auto& c) { return iterated_by_segments<T>(c); });
                                     }});
        }
        index_.rows.push_back({name, peak, [n = n_, sum = indexed_sum_, indices = indices_](benchmark::State& s) {
                                   on_filled<T, Contestant>(
                                       s, n, sum, [&indices](const auto& c) { return indexed(c, indices); });
                               }});
    }

    std::vector<bench::group> groups() && {
        return {std::move(warm_), std::move(cold_), std::move(iterate_), std::move(index_)};
    }

private:
    std::size_t n_;
    std::uint64_t sum_;
    std::uint64_t indexed_sum_ = 0;
    std::vector<std::uint32_t> indices_;
    bench::group warm_;
    bench::group cold_;
    bench::group iterate_;
    bench::group index_;
};

template <class T> void add_groups(std::vector<bench::group>& groups, std::size_t n, double work) {
    groups_for<T> made(n, work);
    made.template add<std_vector<T>>();
    made.template add<std_vector_reserved<T>>();
    made.template add<std_deque<T>>();
    made.template add<boost_deque<T>>();
    made.template add<boost_stable_vector<T>>();
#ifdef SEG_BENCHMARK_HAS_SEGTOR
    made.template add<boost_segtor<T>>();
#endif
    made.template add<seg_list<T>>();
    made.template add<seg_arena_list<T>>();
    for (bench::group& g : std::move(made).groups()) groups.push_back(std::move(g));
}

} // namespace

int main(int argc, char** argv) {
    const bench::options chosen = bench::initialize(argc, argv, 5, false);
    std::vector<bench::group> groups;
    if (chosen.smoke) {
        add_groups<small>(groups, 10, 1000);
        add_groups<small>(groups, 1000, 1000);
        add_groups<large>(groups, 10, 1000);
        add_groups<large>(groups, 1000, 1000);
    } else {
        for (const std::size_t n : {10u, 1'000u, 100'000u, 10'000'000u}) add_groups<small>(groups, n, 5e6);
        for (const std::size_t n : {10u, 1'000u, 100'000u, 1'000'000u}) add_groups<large>(groups, n, 1e6);
    }
    return bench::run(
        chosen,
        {
            "Medians of the CPU times of several rounds in random order. ratio: the time divided by that of",
            "std::vector, the first row; below 1 is faster. peak memory: of one container while it is filled, the",
            "object itself included. push_back counts making and dropping the container too. used memory: the round",
            "before ran in the same memory (malloc keeps what is freed, the arena is reset). fresh memory: malloc had",
            "to give everything back, the arena is new.",
        },
        std::move(groups));
}
