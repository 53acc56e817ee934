// What does an arena save: for each small request, and when everything is dropped?
#include "c_list.h"

#include <memory_resource>

#ifdef SEG_BENCHMARK_HAS_BOOST_PMR
#include <boost/container/pmr/monotonic_buffer_resource.hpp>
#endif

#include "contestants.hpp"

namespace {

using namespace bench;

// ---- small requests

constexpr std::size_t requests = 10'000;
constexpr std::size_t bytes_of_requests = requests * 24;
constexpr std::size_t bytes_of_request(std::size_t i) { return 8 + i % 5 * 8; }

/// Asks for 8 to 40 bytes again and again; what is got stores the address of what was got before. Returns the last.
template <class Resource> [[gnu::always_inline]] inline void* chain(Resource& resource) {
    void* last = nullptr;
    for (std::size_t i = 0; i != requests; ++i) {
        void* const p = resource.allocate(bytes_of_request(i), 8);
        *static_cast<void**>(p) = last;
        last = p;
    }
    return last;
}

/// How many there are in a chain.
std::uint64_t length(void* last) {
    std::uint64_t n = 0;
    for (; last != nullptr; last = *static_cast<void**>(last)) ++n;
    return n;
}

/// Makes chains in a resource, each after the one before has been handed back. The resource is a local variable.
template <class Resource, class HandBack, class... Arguments>
void request(benchmark::State& state, const char* name, HandBack hand_back, Arguments... arguments) {
    Resource resource(arguments...);
    void* last = chain(resource);
    for (auto _ : state) {
        hand_back(resource, last);
        last = chain(resource);
        observe(last);
        benchmark::ClobberMemory();
    }
    check(state, name, length(last), requests);
    hand_back(resource, last);
}

struct malloc_and_free {
    void* allocate(std::size_t n, std::size_t) { return std::malloc(n); }
};

group small_requests(double work) {
    group g{.title = "allocate 8 to 40 bytes",
            .unit = "ns/request",
            .elements = requests,
            .iterations = rounds(work, requests)};
    const auto release = [](auto& resource, void*) { resource.release(); };
    const auto reset = [](auto& resource, void*) { resource.reset(); };
    g.rows.push_back({"malloc and free", [](benchmark::State& s) {
                          request<malloc_and_free>(s, "malloc", [](malloc_and_free&, void* last) {
                              while (last != nullptr) std::free(std::exchange(last, *static_cast<void**>(last)));
                          });
                      }});
    using std::pmr::monotonic_buffer_resource;
    static std::vector<std::byte> buffer(2 * bytes_of_requests);
    g.rows.push_back({"std::pmr::monotonic_buffer_resource", [release](benchmark::State& s) {
                          request<monotonic_buffer_resource>(s, "std monotonic", release);
                      }});
    g.rows.push_back({"std::pmr::monotonic_buffer_resource, buffer", [release](benchmark::State& s) {
                          request<monotonic_buffer_resource>(s, "std monotonic, buffer", release, buffer.data(),
                                                             buffer.size());
                      }});
#ifdef SEG_BENCHMARK_HAS_BOOST_PMR
    using boost_resource = boost::container::pmr::monotonic_buffer_resource;
    g.rows.push_back({"boost monotonic_buffer_resource",
                      [release](benchmark::State& s) { request<boost_resource>(s, "boost monotonic", release); }});
    g.rows.push_back({"boost monotonic_buffer_resource, buffer", [release](benchmark::State& s) {
                          request<boost_resource>(s, "boost monotonic, buffer", release,
                                                  static_cast<void*>(buffer.data()), buffer.size());
                      }});
#endif
    g.rows.push_back({"C bump allocator of the seed", [](benchmark::State& s) {
                          c_bump* const bump = c_bump_new();
                          void* last = c_bump_requests(bump, requests);
                          for (auto _ : s) {
                              c_bump_reset(bump);
                              last = c_bump_requests(bump, requests);
                              observe(last);
                          }
                          check(s, "C bump allocator", length(last), requests);
                          c_bump_delete(bump);
                      }});
    g.rows.push_back({"seg::arena", [reset](benchmark::State& s) { request<seg::arena>(s, "seg::arena", reset); }});
    g.targets = {{"arena allocate, 8 to 40 bytes",
                  "seg::arena",
                  "best of std and boost monotonic_buffer_resource",
                  {"std::pmr::monotonic_buffer_resource", "std::pmr::monotonic_buffer_resource, buffer",
                   "boost monotonic_buffer_resource", "boost monotonic_buffer_resource, buffer"},
                  0.8},
                 {"arena allocate, 8 to 40 bytes", "seg::arena", "malloc and free", {"malloc and free"}, 0.1}};
    return g;
}

// ---- the end of everything

template <class Contestant> void drop(benchmark::State& state, std::size_t n) {
    typename Contestant::memory memory;
    std::uint64_t last = 0;
    for (auto _ : state) {
        return_free_memory(); // else it depends on who ran before whether malloc unmaps
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

group drops(const options& chosen, std::size_t n) {
    group g{.title = "drop " + elements_of(n, sizeof(small)),
            .elements = static_cast<double>(n),
            .timed_by_hand = true};
    const auto add = [&]<class Contestant>() {
        g.rows.push_back({Contestant::name, [n](benchmark::State& s) { drop<Contestant>(s, n); }});
    };
    for_each_of<small>(plain_vectors(), add);
    for_each_segmented<small>(chosen, n, add);
    for_each_of<small>(unindexed(), add);
    for_each_of<small>(concurrent(), add);
    for_each_of<small>(ours(), add);
    g.targets = {{"drop 10 million numbers with the arena", "seg::arena_list", "best segmented peer", segmented_peers, 0.1}};
    return g;
}

} // namespace

int main(int argc, char** argv) {
    const options chosen = initialize(argc, argv, 5, false);
    return run(chosen,
               {
                   "Medians of the CPU times of several rounds in random order. ratio: the time divided by that of the",
                   "first row; below 1 is faster. allocate: ten thousand requests that each store an address, then all is",
                   "handed back; buffer: the resource was given memory for all of it. drop: only the end is timed, with",
                   "the arena's reset where there is one.",
               },
               {small_requests(chosen.choose(1e4, 2e7, 1e8)), drops(chosen, chosen.smoke ? 1000 : 10'000'000)});
}
