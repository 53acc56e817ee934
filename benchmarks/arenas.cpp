// What does an arena cost that serves one request, one file or one function; that is kept and reset; and thousands of
// them at once?
#include <sched.h>

#include <algorithm>
#include <chrono>
#include <fstream>
#include <memory>
#include <string>
#include <string_view>
#include <thread>
#include <utility>
#include <vector>

#include "comparison.hpp"
#include "process.hpp"
#include "rust_bumpalo.hpp"

#include "arena_peers.hpp"

namespace bench {

namespace {

/// Bytes of allocation i: 8 to 64.
constexpr unsigned char size_of_request(std::size_t i) { return static_cast<unsigned char>(8 + i * 31 % 57); }

const std::vector<unsigned char>& sizes_of(std::size_t k) {
    static std::vector<unsigned char> sizes;
    while (sizes.size() < k) sizes.push_back(size_of_request(sizes.size()));
    return sizes;
}

template <class Peer> [[gnu::always_inline]] inline void fill(Peer& peer, const unsigned char* sizes, std::size_t k) {
    for (std::size_t i = 0; i != k; ++i) {
        auto* p = static_cast<unsigned char*>(peer.allocate(sizes[i]));
        *p = sizes[i];
        observe(p);
    }
}

/// Adds a row for each arena P that can do what is asked: run.template operator()<P>(state) does it.
template <class Run> void add_arenas(column& k, Run run) {
    for_each_arena([&]<class P>() {
        if constexpr (requires(benchmark::State& s) { run.template operator()<P>(s); })
            k.rows.push_back({P::name, [run](benchmark::State& s) { run.template operator()<P>(s); }});
    });
}

/// A row for bumpalo, where it is installed: it does work so many times, as one piece of Rust.
template <class Work> void add_bumpalo([[maybe_unused]] column& k, [[maybe_unused]] Work work) {
#ifdef SEG_BENCHMARK_HAS_BUMPALO
    k.rows.push_back({"bumpalo", [work](benchmark::State& s) {
                          while (s.KeepRunningBatch(s.max_iterations)) work(static_cast<std::size_t>(s.max_iterations));
                      }});
#endif
}

/// All but seg's.
std::vector<std::string> peers() {
    std::vector<std::string> names{"bumpalo"};
    for_each_arena([&names]<class P>() {
        if (std::string_view(P::name) != seg_peer::name) names.emplace_back(P::name);
    });
    return names;
}

column column_of(std::size_t k, double work, double more) {
    const auto allocations = static_cast<double>(k);
    return {.label = with_commas(k),
            .elements = allocations,
            .iterations = rounds(work, allocations + more),
            .x = allocations};
}

constexpr std::size_t counts[] = {1, 10, 100, 1'000, 10'000};

// ---- one after the other

template <class Peer> void one_after_the_other(benchmark::State& state, std::size_t k) {
    const unsigned char* const sizes = sizes_of(k).data();
    for (auto _ : state) {
        Peer peer;
        fill(peer, sizes, k);
    }
}

question an_arena_each(double work) {
    question q{.title = "an arena for each request, by its number of allocations",
               .unit = "ns/allocation",
               .text =
                   "An arena is constructed, filled with so many allocations of 8 to 64 bytes, each written to, and "
                   "destroyed. One request follows the other.",
               .decides = 2,
               .verb = "serves a request",
               .in_short = "an arena for 100 allocations",
               .curves = {"seg::arena", "std monotonic, 4 KiB on the stack", "bumpalo", "LLVM BumpPtrAllocator",
                          "std monotonic", "obstack"},
               .axis = "allocations"};
    for (const std::size_t n : counts) {
        const double limit = n == 1 ? 2.5 : n == 10 ? 1.2 : n == 100 ? 0.8 : n == 1'000 ? 0.9 : 1.0;
        column k = column_of(n, work, 20);
        add_arenas(k, [n]<class P>(benchmark::State& s) -> decltype(void(P())) { one_after_the_other<P>(s, n); });
        add_bumpalo(k, [n](std::size_t times) { rust_bumpalo_arenas(times, sizes_of(n).data(), n); });
        k.targets = {{seg_peer::name, "best peer", peers(), limit}};
        q.columns.push_back(std::move(k));
    }
    return q;
}

// ---- one, again and again

template <class Peer> void again_and_again(benchmark::State& state, std::size_t k) {
    const unsigned char* const sizes = sizes_of(k).data();
    Peer peer;
    fill(peer, sizes, k);
    for (auto _ : state) {
        peer.reset();
        fill(peer, sizes, k);
    }
}
template <> void again_and_again<seg_scope_peer>(benchmark::State& state, std::size_t k) {
    const unsigned char* const sizes = sizes_of(k).data();
    seg_scope_peer peer;
    static_cast<void>(peer.allocate(8));
    for (auto _ : state) {
        const seg::arena_scope scope(peer.arena);
        fill(peer, sizes, k);
    }
}

question one_arena(double work) {
    question q{.title = "one arena, reset after each request, by its number of allocations",
               .unit = "ns/allocation",
               .text = "The same allocations, with an arena that is kept.",
               .verb = "serves a request"};
    for (const std::size_t n : counts) {
        column k = column_of(n, work, 5);
        add_arenas(k, [n]<class P>(benchmark::State& s) -> decltype(P().reset()) { again_and_again<P>(s, n); });
        k.rows.push_back({seg_scope_peer::name, [n](benchmark::State& s) { again_and_again<seg_scope_peer>(s, n); }});
        k.rows.push_back({malloc_peer::name, [n](benchmark::State& s) { again_and_again<malloc_peer>(s, n); }});
        k.rows.push_back({seed_peer::name, [n](benchmark::State& s) { again_and_again<seed_peer>(s, n); }});
        add_bumpalo(k, [n](std::size_t times) {
            static rust_bumpalo* const bump = rust_bumpalo_new();
            rust_bumpalo_resets(bump, times, sizes_of(n).data(), n);
        });
        const std::string rival = n == 1 ? "LLVM BumpPtrAllocator" : "bumpalo";
        k.targets = {{seg_peer::name, rival, {rival}, 1.0},
                     {seg_scope_peer::name, "its own reset", {seg_peer::name}, 1.5}};
        if (n == 10'000) {
            k.targets.push_back({seg_peer::name, "best of std's", monotonic_peers, 0.8});
            k.targets.push_back({seg_peer::name, malloc_peer::name, {malloc_peer::name}, 0.1});
        }
        q.columns.push_back(std::move(k));
    }
    return q;
}

template <class Peer> void constant_size(benchmark::State& state, std::size_t k) {
    Peer peer;
    for (auto _ : state) {
        peer.reset();
        for (std::size_t i = 0; i != k; ++i) {
            auto* p = static_cast<unsigned char*>(peer.allocate(24));
            *p = 1;
            observe(p);
        }
    }
}

/// What no arena that keeps its cursor in memory can do without: the cursor is stored, and the memory written to.
void two_stores(benchmark::State& state, std::size_t k) {
    std::vector<unsigned char> memory(24 * k);
    unsigned char* cursor = nullptr;
    for (auto _ : state) {
        cursor = memory.data();
        for (std::size_t i = 0; i != k; ++i) {
            observe(&cursor);
            unsigned char* const p = cursor;
            cursor = p + 24;
            *p = 1;
            observe(p);
        }
    }
}

question constant(double work) {
    question q{.title = "so many allocations of 24 bytes, a size known at compile time, and a reset",
               .unit = "ns/allocation",
               .verb = "allocates"};
    const std::string floor = "(the two stores alone)";
    for (const std::size_t n : {100u, 1'000u}) {
        column k = column_of(n, work, 0);
        add_arenas(k, [n]<class P>(benchmark::State& s) -> decltype(P().reset()) { constant_size<P>(s, n); });
        k.rows.push_back({floor, [n](benchmark::State& s) { two_stores(s, n); }});
        add_bumpalo(k, [n](std::size_t times) {
            static rust_bumpalo* const bump = rust_bumpalo_new();
            rust_bumpalo_constant(bump, times, n);
        });
        // Of many allocations bumpalo's, too, cost no more than these stores on some processors.
        k.targets = {{seg_peer::name, floor, {floor}, 1.15}};
        if (n == 100) k.targets.push_back({seg_peer::name, "bumpalo", {"bumpalo"}, 0.8});
        q.columns.push_back(std::move(k));
    }
    return q;
}

// ---- objects with destructors

struct node {
    node(std::string_view text, node* parent_node) : name(text), parent(parent_node) {}
    std::string name;
    node* parent;
};

constexpr std::string_view name_of_node(std::size_t i) { return i % 4 == 0 ? "a name of twenty bytes" : "short"; }

template <class Peer> void objects(benchmark::State& state, std::size_t n) {
    for (auto _ : state) {
        Peer peer;
        node* parent = nullptr;
        for (std::size_t i = 0; i != n; ++i) parent = &peer.template create<node>(name_of_node(i), parent);
        observe(parent);
    }
}

question nodes(double work) {
    constexpr std::size_t n = 1'000;
    question q{.title = "objects with destructors",
               .unit = "ns/node",
               .text = "A thousand nodes with a std::string, made and destroyed.",
               .verb = "makes and destroys a node"};
    column& k = q.columns.emplace_back(column_of(n, work, 9 * n));
    k.rows.push_back({"new and delete", [](benchmark::State& s) {
                          for (auto _ : s) {
                              node* last = nullptr;
                              for (std::size_t i = 0; i != n; ++i) last = new node(name_of_node(i), last);
                              observe(last);
                              while (last != nullptr) delete std::exchange(last, last->parent);
                          }
                      }});
    add_arenas(k, []<class P>(benchmark::State& s) -> decltype(void(P().template create<node>("", nullptr))) {
        objects<P>(s, n);
    });
#ifdef SEG_BENCHMARK_HAS_LLVM
    k.rows.push_back(
        {llvm_specific_peer<node>::name, [](benchmark::State& s) { objects<llvm_specific_peer<node>>(s, n); }});
#endif
    k.targets = {{seg_peer::name, "LLVM SpecificBumpPtrAllocator", {"LLVM SpecificBumpPtrAllocator"}, 0.8}};
    return q;
}

// ---- thousands alive

struct crowd {
    double make;      ///< seconds
    double drop;      ///< seconds
    double resident;  ///< bytes
    double addresses; ///< bytes
};

struct memory {
    double addresses;
    double resident;
};
memory memory_now() {
    std::ifstream file("/proc/self/statm");
    memory m{};
    file >> m.addresses >> m.resident;
    return {m.addresses * 4096, m.resident * 4096};
}

/// n arenas that hold so many bytes each, in pieces of 40, all alive at once, in a process of its own.
template <class Peer> crowd measure_crowd(std::size_t n, std::size_t bytes) {
    const auto measure = [n, bytes]() -> std::vector<crowd> {
        provide_memory(n * bytes * 5);
        std::vector<std::unique_ptr<Peer>> arenas(n);
        const memory before = memory_now();
        const stopwatch making;
        for (auto& a : arenas) {
            a = std::make_unique<Peer>();
            for (std::size_t i = 0; i < bytes; i += 40) *static_cast<volatile char*>(a->allocate(40)) = 1;
        }
        crowd c{.make = making.seconds(), .drop = 0, .resident = 0, .addresses = 0};
        const memory after = memory_now();
        const stopwatch dropping;
        for (auto& a : arenas) a.reset();
        c.drop = dropping.seconds();
        c.resident = after.resident - before.resident;
        c.addresses = after.addresses - before.addresses;
        return {c};
    };
    return in_child<crowd>(measure).at(0);
}

question thousands(std::size_t n, std::size_t bytes, double most_addresses) {
    struct figure {
        const char* label;
        const char* unit;
        double crowd::* member;
        double factor;
    };
    constexpr figure figures[] = {{"made", "ms", &crowd::make, 1e3},
                                  {"dropped", "ms", &crowd::drop, 1e3},
                                  {"resident", "MB", &crowd::resident, 1e-6},
                                  {"addresses", "MB", &crowd::addresses, 1e-6}};
    question q{
        .title = with_commas(n) + " arenas of " + with_commas(bytes) + " bytes, all alive",
        .text = "Medians of three processes. addresses: how many more the process has than before. malloc finds some "
                "that earlier rows left, so those that use it show too few, or none.",
        .decides = 0};
    for (const figure& f : figures) q.columns.push_back({.label = f.label, .unit = f.unit, .timed = timing::none});
    for_each_arena([&]<class P>() {
        if (std::string_view(P::name).find("on the stack") != std::string_view::npos) return; // not for thousands
        const auto measured = std::make_shared<std::vector<crowd>>();                         // once, for all columns
        for (std::size_t i = 0; i != std::size(figures); ++i) {
            q.columns[i].rows.push_back({P::name, [=, f = figures[i]](benchmark::State& s) {
                                             while (measured->size() < 3)
                                                 measured->push_back(measure_crowd<P>(n, bytes));
                                             std::vector<double> values;
                                             for (const crowd& c : *measured) values.push_back(c.*f.member);
                                             std::sort(values.begin(), values.end());
                                             found(s, values[1] * f.factor);
                                         }});
        }
    });
    // apr's pools go back to an allocator of its own, which keeps them.
    std::vector<std::string> on_malloc = peers();
    std::erase(on_malloc, "apr_pool");
    const std::string llvm = "LLVM BumpPtrAllocator";
    q.columns[1].targets = {{seg_peer::name, "best peer on malloc", on_malloc, 3}};
    q.columns[2].targets = {{seg_peer::name, llvm, {llvm}, 1.05}};
    if (most_addresses != 0) q.columns[3].targets = {{seg_peer::name, "MB of addresses", {}, most_addresses}};
    return q;
}

// ---- two threads

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// How much longer two threads take for twice the work than one for the work, by the clock on the wall: the fastest of
/// several rounds each, since what else runs on the machine slows single rounds, and waiting for each other all.
template <class Peer> double two_threads(std::size_t arenas) {
    const auto measure = [arenas]() -> std::vector<double> {
        cpu_set_t all;
        CPU_ZERO(&all);
        for (unsigned i = 0; i != 64; ++i) CPU_SET(i, &all);
        sched_setaffinity(0, sizeof all, &all);
        const auto work = [arenas] {
            for (std::size_t i = 0; i != arenas; ++i) {
                Peer peer;
                fill(peer, sizes_of(100).data(), 100);
            }
        };
        const auto time = [&work](std::size_t n) {
            const double began = seconds_now();
            std::vector<std::thread> threads;
            for (std::size_t i = 0; i != n; ++i) threads.emplace_back(work);
            for (std::thread& t : threads) t.join();
            return seconds_now() - began;
        };
        static_cast<void>(sizes_of(100));
        double one = time(1), two = time(2);
        for (int i = 0; i != 14; ++i) one = std::min(one, time(1)), two = std::min(two, time(2));
        return {two / one};
    };
    return in_child<double>(measure).at(0);
}

question threads(std::size_t arenas) {
    question q{
        .title = "two threads, each with arenas of its own",
        .unit = "times",
        .text =
            "The time of two threads divided by that of one, each with the same work, by the clock on the wall: 1 is "
            "perfect. The fastest of fifteen rounds."};
    column& k = q.columns.emplace_back(column{.label = "two / one", .timed = timing::none});
    add_arenas(k, [arenas]<class P>(benchmark::State& s) -> decltype(void(P())) { found(s, two_threads<P>(arenas)); });
    if (std::thread::hardware_concurrency() > 1) k.targets = {{seg_peer::name, "one thread", {}, 2 / 1.7}};
    return q;
}

} // namespace

std::vector<question> ask_arenas(const options& chosen) {
    const double work = chosen.choose(1e3, 1e6, 1e7);
    return {an_arena_each(work),
            one_arena(work),
            constant(work),
            nodes(chosen.choose(1e5, 1e6, 1e7)),
            thousands(chosen.smoke ? 100 : 1'000, 10'000, chosen.smoke ? 0 : 40),
            thousands(chosen.smoke ? 100 : 70'000, 1'000, 0),
            threads(chosen.choose<std::size_t>(100, 50'000, 500'000))};
}

} // namespace bench
