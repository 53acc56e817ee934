// How much memory does a container take: ten million elements at the peak, and a single one?
#include "c_list.h"

#include "contestants.hpp"

namespace {

using namespace bench;

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

template <class Container> double heap_bytes_of_one() {
    counting_resource heap;
    Container container{typename Container::allocator_type(heap)};
    container.push_back(1);
    check("a container of one element", container.size(), 1);
    return static_cast<double>(heap.bytes);
}

} // namespace

int main(int argc, char** argv) {
    const options chosen = initialize(argc, argv, 1, false);
    const std::size_t n = chosen.smoke ? 100'000 : 10'000'000;
    const std::string payload = "the elements alone";

    group peak{.title = "peak resident memory: " + elements_of(n, sizeof(small)), .unit = "bytes"};
    peak.rows.push_back({.contestant = payload, .find = [n] { return static_cast<double>(n * sizeof(small)); }});
    const auto add = [&]<class Contestant>() {
        peak.rows.push_back({.contestant = Contestant::name, .find = [n] { return peak_memory<Contestant>(n); }});
    };
    for_each_of<small>(plain_vectors(), add);
    for_each_of<small>(reserved_vectors(), add);
    for_each_of<small>(contestants<c_array>(), add);
    for_each_segmented<small>(chosen, n, add);
    for_each_of<small>(unindexed(), add);
    for_each_of<small>(concurrent(), add);
    for_each_of<small>(ours(), add);
    for_each_of<small>(contestants<seg_tuned_arena_list>(), add);
    for (const char* const ours : {"seg::list", "seg::arena_list", "seg::pinned_vector"})
        peak.targets.push_back({"peak resident memory, 10 million of 8 bytes", ours, payload, {payload}, 1.03});

    group one{.title = "heap bytes of a container with one element of 8 bytes", .unit = "bytes"};
    one.rows = {
        {.contestant = "std::vector", .find = heap_bytes_of_one<std::vector<small, counting<small>>>},
        {.contestant = "std::deque", .find = heap_bytes_of_one<std::deque<small, counting<small>>>},
        {.contestant = "boost deque", .find = heap_bytes_of_one<boost::container::deque<small, counting<small>>>},
        {.contestant = "boost stable_vector",
         .find = heap_bytes_of_one<boost::container::stable_vector<small, counting<small>>>},
#ifdef SEG_BENCHMARK_HAS_SEGTOR
        {.contestant = "boost segtor", .find = heap_bytes_of_one<boost::container::segtor<small, counting<small>>>},
#endif
        {.contestant = "C list of the seed", .find = [] { return static_cast<double>(c_list_bytes_of_one_number()); }},
        {.contestant = "seg::list", .find = heap_bytes_of_one<seg::list<small, counting<small>>>},
    };
    one.targets = {{"heap bytes of a list of one number", "seg::list", "bytes", {}, 160}};
    return run(chosen,
               {
                   "Peak resident memory: what the process has in memory more than before, counted in pages that were",
                   "touched, each contestant in a process of its own. Heap bytes: what was asked of the allocator.",
               },
               {std::move(peak), std::move(one)});
}
