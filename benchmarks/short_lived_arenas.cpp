// What does an arena cost that serves one request, one file or one function; and thousands of them at once?
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

#include "process.hpp"
#include "report.hpp"
#include "rust_bumpalo.hpp"

#include "arena_peers.hpp"

namespace {

using namespace bench;

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

std::string allocations(std::size_t k) { return with_commas(k) + (k == 1 ? " allocation" : " allocations"); }

std::vector<std::string> names_but(std::initializer_list<std::string_view> left_out) {
    std::vector<std::string> names;
    const auto add = [&]<class Peer>() {
        if (std::find(left_out.begin(), left_out.end(), Peer::name) == left_out.end()) names.emplace_back(Peer::name);
    };
    for_each_arena(add);
#ifdef SEG_BENCHMARK_HAS_BUMPALO
    names.emplace_back("bumpalo");
#endif
    return names;
}
std::vector<std::string> peers() { return names_but({seg_peer::name}); }

// ---- one after the other

template <class Peer> void one_after_the_other(benchmark::State& state, std::size_t k) {
    const unsigned char* const sizes = sizes_of(k).data();
    for (auto _ : state) {
        Peer peer;
        fill(peer, sizes, k);
    }
}

group an_arena_each(double work, std::size_t k, double limit) {
    group g{.title = "an arena for " + allocations(k) + " of 8 to 64 bytes",
            .unit = "ns/arena",
            .iterations = rounds(work, static_cast<double>(k) + 20)};
    const auto add = [&]<class Peer>() {
        g.rows.push_back({Peer::name, [k](benchmark::State& s) { one_after_the_other<Peer>(s, k); }});
    };
    for_each_arena(add);
#ifdef SEG_BENCHMARK_HAS_BUMPALO
    g.rows.push_back({"bumpalo", [k](benchmark::State& s) {
                          const std::vector<unsigned char>& sizes = sizes_of(k);
                          while (s.KeepRunningBatch(s.max_iterations))
                              rust_bumpalo_arenas(static_cast<std::size_t>(s.max_iterations), sizes.data(), k);
                      }});
#endif
    g.targets = {{"an arena for " + allocations(k), seg_peer::name, "best peer", peers(), limit}};
    return g;
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

group one_arena(double work, std::size_t k) {
    group g{.title = "one arena, reset after " + allocations(k) + " of 8 to 64 bytes",
            .unit = "ns/round",
            .iterations = rounds(work, static_cast<double>(k) + 5)};
    const auto add = [&]<class Peer>() {
        if constexpr (requires(Peer p) { p.reset(); })
            g.rows.push_back({Peer::name, [k](benchmark::State& s) { again_and_again<Peer>(s, k); }});
    };
    for_each_arena(add);
    add.operator()<seg_scope_peer>();
#ifdef SEG_BENCHMARK_HAS_BUMPALO
    g.rows.push_back({"bumpalo", [k](benchmark::State& s) {
                          const std::vector<unsigned char>& sizes = sizes_of(k);
                          rust_bumpalo* const bump = rust_bumpalo_new();
                          rust_bumpalo_resets(bump, 2, sizes.data(), k);
                          while (s.KeepRunningBatch(s.max_iterations))
                              rust_bumpalo_resets(bump, static_cast<std::size_t>(s.max_iterations), sizes.data(), k);
                          rust_bumpalo_drop(bump);
                      }});
#endif
    const bool one = k == 1;
    g.targets = {{one ? "one arena, reset after 1 allocation" : "one arena, reset after 10 or more", seg_peer::name,
                  one ? "LLVM's Reset" : "bumpalo's reset", {one ? "LLVM BumpPtrAllocator" : "bumpalo"}, 1.0},
                 {"one arena, a scope", seg_scope_peer::name, "its own reset", {seg_peer::name}, 1.5}};
    return g;
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

group constant(double work, std::size_t k) {
    group g{.title = allocations(k) + " of 24 bytes, a constant, and a reset",
            .unit = "ns/allocation",
            .elements = static_cast<double>(k),
            .iterations = rounds(work, static_cast<double>(k))};
    const auto add = [&]<class Peer>() {
        if constexpr (requires(Peer p) { p.reset(); })
            g.rows.push_back({Peer::name, [k](benchmark::State& s) { constant_size<Peer>(s, k); }});
    };
    for_each_arena(add);
    const std::string floor = "the two stores alone";
    g.rows.push_back({floor, [k](benchmark::State& s) { two_stores(s, k); }});
#ifdef SEG_BENCHMARK_HAS_BUMPALO
    g.rows.push_back({"bumpalo", [k](benchmark::State& s) {
                          rust_bumpalo* const bump = rust_bumpalo_new();
                          rust_bumpalo_constant(bump, 2, k);
                          while (s.KeepRunningBatch(s.max_iterations))
                              rust_bumpalo_constant(bump, static_cast<std::size_t>(s.max_iterations), k);
                          rust_bumpalo_drop(bump);
                      }});
#endif
    // Of many allocations bumpalo's, too, cost no more than these stores on some processors.
    g.targets = {{"allocations of a constant size", seg_peer::name, floor, {floor}, 1.15}};
    if (k <= 100) g.targets.push_back({"allocations of a constant size", seg_peer::name, "bumpalo", {"bumpalo"}, 0.8});
    return g;
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

group nodes(double work, std::size_t n) {
    group g{.title = with_commas(n) + " nodes with a std::string, made and destroyed",
            .unit = "ns/node",
            .elements = static_cast<double>(n),
            .iterations = rounds(work, static_cast<double>(n) * 10)};
    g.rows.push_back({"new and delete", [n](benchmark::State& s) {
                          for (auto _ : s) {
                              node* last = nullptr;
                              for (std::size_t i = 0; i != n; ++i)
                                  last = new node(name_of_node(i), last);
                              observe(last);
                              while (last != nullptr) delete std::exchange(last, last->parent);
                          }
                      }});
    const auto add = [&]<class Peer>() {
        if constexpr (requires(Peer p) { p.template create<node>("", nullptr); })
            g.rows.push_back({Peer::name, [n](benchmark::State& s) { objects<Peer>(s, n); }});
    };
    for_each_arena(add);
#ifdef SEG_BENCHMARK_HAS_LLVM
    add.operator()<llvm_specific_peer<node>>();
#endif
    g.targets = {{"objects with destructors", seg_peer::name, "best of protobuf and LLVM",
                  {"protobuf Arena", "LLVM SpecificBumpPtrAllocator"}, 0.8}};
    return g;
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
    std::vector<crowd> found;
    in_child<crowd>(
        [n, bytes]() -> std::vector<crowd> {
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
        },
        found);
    return found.at(0);
}

void thousands(std::vector<group>& groups, std::size_t n, std::size_t bytes, double most_addresses) {
    const std::string what = with_commas(n) + " arenas of " + with_commas(bytes) + " bytes";
    group make{.title = what + ", all alive: made", .unit = "ms"};
    group drop{.title = what + ", all alive: dropped", .unit = "ms"};
    group resident{.title = what + ", all alive: resident memory", .unit = "MB"};
    group addresses{.title = what + ", all alive: addresses", .unit = "MB"};
    const auto add = [&]<class Peer>() {
        // Not for thousands: buffers on the stack, and mimalloc's heaps, of which 70,000 are dropped in a minute.
        const std::string_view name = Peer::name;
        if (name.find("stack") != name.npos || name.find("mimalloc") != name.npos) return;
        const auto measured = std::make_shared<std::vector<crowd>>();
        const auto figure = [measured, n, bytes](double crowd::*member, double unit) {
            return [=] {
                if (measured->empty())
                    for (int i = 0; i != 3; ++i) measured->push_back(measure_crowd<Peer>(n, bytes));
                std::vector<double> values;
                for (const crowd& c : *measured) values.push_back(c.*member);
                std::sort(values.begin(), values.end());
                return values[1] * unit;
            };
        };
        make.rows.push_back({.contestant = Peer::name, .find = figure(&crowd::make, 1e3)});
        drop.rows.push_back({.contestant = Peer::name, .find = figure(&crowd::drop, 1e3)});
        resident.rows.push_back({.contestant = Peer::name, .find = figure(&crowd::resident, 1e-6)});
        addresses.rows.push_back({.contestant = Peer::name, .find = figure(&crowd::addresses, 1e-6)});
    };
    for_each_arena(add);
    // apr's pools go back to an allocator of its own, which keeps them.
    std::vector<std::string> rivals = names_but({seg_peer::name, "apr_pool"});
    drop.targets = {{"thousands of arenas: drop", seg_peer::name, "best peer on malloc", rivals, 3}};
    const std::string llvm = "LLVM BumpPtrAllocator";
    resident.targets = {{"thousands of arenas: resident", seg_peer::name, llvm, {llvm}, 1.05}};
    if (most_addresses != 0)
        addresses.targets = {{"1,000 arenas of 10 KB: addresses", seg_peer::name, "MB", {}, most_addresses}};
    for (group* const g : {&make, &drop, &resident, &addresses}) groups.push_back(std::move(*g));
}

// ---- two threads

double seconds_now() {
    return std::chrono::duration<double>(std::chrono::steady_clock::now().time_since_epoch()).count();
}

/// How much longer two threads take for twice the work than one for the work, by the clock on the wall: the fastest of
/// several rounds each, since what else runs on the machine slows single rounds, and waiting for each other all.
template <class Peer> double two_threads(std::size_t arenas) {
    std::vector<double> fastest;
    in_child<double>(
        [arenas]() -> std::vector<double> {
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
            std::vector<double> found{time(1), time(2)};
            for (int i = 0; i != 15; ++i) {
                found[0] = std::min(found[0], time(1));
                found[1] = std::min(found[1], time(2));
            }
            return found;
        },
        fastest);
    return fastest.at(1) / fastest.at(0);
}

group threads(std::size_t arenas) {
    group g{.title = "two threads, each with arenas of 100 allocations: time of two over time of one", .unit = "times"};
    const auto add = [&]<class Peer>() {
        g.rows.push_back({.contestant = Peer::name, .find = [arenas] { return two_threads<Peer>(arenas); }});
    };
    for_each_arena(add);
    if (std::thread::hardware_concurrency() > 1)
        g.targets = {{"two threads, arenas of their own", seg_peer::name, "times one thread's time", {}, 2 / 1.7}};
    return g;
}

} // namespace

int main(int argc, char** argv) {
    const options chosen = initialize(argc, argv, 7, false);
    const double work = chosen.choose(1e3, 1e6, 1e7);
    std::vector<group> groups;
    constexpr std::pair<std::size_t, double> limits[] = {{1, 2.5}, {10, 1.2}, {100, 0.8}, {1000, 0.9}, {10'000, 1.0}};
    for (const auto& [k, limit] : limits) groups.push_back(an_arena_each(work, k, limit));
    for (const auto& [k, limit] : limits) groups.push_back(one_arena(work, k));
    for (const std::size_t k : {100u, 1000u}) groups.push_back(constant(work, k));
    groups.push_back(nodes(chosen.choose(1e5, 1e6, 1e7), 1000));
    thousands(groups, chosen.smoke ? 100 : 1000, 10'000, chosen.smoke ? 0 : 40);
    thousands(groups, chosen.smoke ? 100 : 70'000, 1000, 0);
    groups.push_back(threads(chosen.choose<std::size_t>(100, 50'000, 500'000)));
    return run(chosen,
               {
                   "An arena each: constructed, filled, every allocation written to, destroyed; the next one begins where",
                   "the one before ended. Medians of the CPU times of several rounds in random order. Thousands alive:",
                   "medians of three processes. Two threads: by the clock on the wall, the fastest of fifteen.",
               },
               std::move(groups));
}
