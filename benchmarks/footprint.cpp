// How much memory does a container take: ten million elements at the peak, and a single one?
#include "contestants.hpp"

namespace bench {

namespace {

/// Bytes in memory at the peak while n elements are pushed.
template <class Contestant> double peak_memory(std::size_t n) {
    return peak_memory_of([n] {
        // Nothing is given back: the process ends here.
        auto& memory = *new typename Contestant::memory;
        auto* const container = new typename Contestant::type(Contestant::make(memory, n));
        fill<small>(*container, n);
    });
}

/// The heap, which counts what is asked of it.
struct counting_resource {
    void* allocate(std::size_t n, std::size_t) {
        bytes += n;
        return ::operator new(n);
    }
    void deallocate(void* p, std::size_t, std::size_t) { ::operator delete(p); }
    [[maybe_unused]] friend bool operator==(const counting_resource& a, const counting_resource& b) { return &a == &b; }
    std::size_t bytes = 0;
};
template <class T> using counting = seg::resource_allocator<T, counting_resource>;

void seed_bytes_of_one(benchmark::State& state) {
    seed_memory memory;
    seed_list<small> list(memory);
    list.push_back(1);
    found(state, static_cast<double>(memory.used()));
}

template <class Container> void heap_bytes_of_one(benchmark::State& state) {
    counting_resource heap;
    Container container{typename Container::allocator_type(heap)};
    container.push_back(1);
    found(state, static_cast<double>(heap.bytes));
    check(state, "a container of one element", container.size(), 1);
}

} // namespace

std::vector<question> ask_footprint(const options& chosen) {
    const std::size_t n = chosen.smoke ? 100'000 : 10'000'000;
    const std::string payload = "(the elements alone)";
    question peak{.title = "memory at the peak, while " + with_commas(n) + " numbers are pushed",
                  .unit = "MB",
                  .text = "What the process has in memory more than before, counted in pages that were touched, each "
                          "contestant in a process of its own."};
    column& p = peak.columns.emplace_back(column{.label = "resident", .timed = timing::none});
    p.rows.push_back({payload, [n](benchmark::State& s) { found(s, static_cast<double>(n * sizeof(small)) * 1e-6); }});
    add_rows<small>(p,
                    contestants<std_vector, std_vector_reserved, c_array>() + segmented + special + ours +
                        contestants<seg_tuned_arena_list>(),
                    [n]<class C>(benchmark::State& s) { found(s, peak_memory<C>(n) * 1e-6); });
    for (const char* const who : {"seg::list", "seg::arena_list", "seg::pinned_vector"})
        p.targets.push_back({who, payload, {payload}, 1.03});

    question one{.title = "a container with one number of 8 bytes",
                 .unit = "bytes",
                 .text = "What it has asked its allocator for."};
    column& o = one.columns.emplace_back(column{.label = "allocated", .timed = timing::none});
    o.rows = {{"std::vector", heap_bytes_of_one<std::vector<small, counting<small>>>},
              {"std::deque", heap_bytes_of_one<std::deque<small, counting<small>>>},
              {"boost deque", heap_bytes_of_one<boost::container::deque<small, counting<small>>>},
              {"boost stable_vector", heap_bytes_of_one<boost::container::stable_vector<small, counting<small>>>},
#ifdef SEG_BENCHMARK_HAS_SEGTOR
              {"boost segtor", heap_bytes_of_one<boost::container::segtor<small, counting<small>>>},
#endif
              {c_list<small>::name, seed_bytes_of_one},
              {"seg::list", heap_bytes_of_one<seg::list<small, counting<small>>>}};
    o.targets = {{"seg::list", "bytes", {}, 160}};
    return {peak, one};
}

} // namespace bench
