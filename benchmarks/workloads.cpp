// The five workloads that the seed was measured with: does a list on an arena beat Rust's Vec and std::vector in all?
//
// 10,000 numbers of 8 bytes; 1,000 nodes of 40 bytes; blobs of 1, 10 and 50 MiB, of which clones are pushed. Each time
// the container is made, filled, looked at and dropped; a blob's bytes lie where the container's elements do.
#include <cstring>
#include <span>

#include "contestants.hpp"

namespace bench {

namespace {

using node = record<40>;
using bytes = std::vector<unsigned char>;

/// An arena that is made for each life.
struct remade_arena {
    void again() { resource.emplace(); }
    std::optional<seg::arena> resource{std::in_place};
};
template <class T> struct seg_remade_arena_list : seg_arena_list<T> {
    static constexpr const char* name = "seg::arena_list, arena made each time";
    using memory = remade_arena;
    static seg::arena_list<T> make(memory& m, std::size_t) { return seg::arena_list<T>(*m.resource); }
};

/// Times what live does with the same memory again and again, and again() between.
template <class Memory, class Live>
void repeat(benchmark::State& state, const char* name, std::uint64_t expected, Live live) {
    Memory memory;
    std::uint64_t computed = live(memory);
    for (auto _ : state) {
        memory.again();
        computed = live(memory);
        observe(computed);
    }
    check(state, name, computed, expected);
}

template <class T> column elements_of(std::size_t n, const char* label, double work) {
    column k{.label = label, .elements = static_cast<double>(n), .iterations = rounds(work, static_cast<double>(n))};
    add_rows<T>(k, contestants<std_vector, c_list, seg_list, seg_arena_list, seg_remade_arena_list>() + foreign,
                [n]<class C>(benchmark::State& s) {
                    repeat<typename C::memory>(s, C::name, expected_fingerprint(n),
                                               [n](typename C::memory& m) { return live<T, C>(m, n); });
                });
    return k;
}

/// n clones of a blob.
template <class Container, class Clone> std::uint64_t clones(Container container, std::size_t n, Clone clone) {
    for (std::size_t i = 0; i != n; ++i) container.push_back(clone());
    std::uint64_t sum = 0;
    for (std::size_t i = 0; i != n; ++i) sum += container[i][container[i].size() - 1] + container[i].size();
    return sum;
}

column blobs(std::size_t mebibytes, std::size_t n) {
    const auto blob = std::make_shared<const bytes>(mebibytes << 20, static_cast<unsigned char>(42));
    const std::uint64_t expected = n * (42 + blob->size());
    column k{.label = std::to_string(mebibytes) + " MiB",
             .unit = "ns/KiB",
             .elements = static_cast<double>(n * blob->size()) / 1024};
    const auto add = [&]<class Memory>(const char* name, Memory*, auto live) {
        k.rows.push_back({name, [=](benchmark::State& s) { repeat<Memory>(s, name, expected, live); }});
    };
    heap* const on_heap = nullptr;
    const auto copy = [blob] { return *blob; };
    add("std::vector", on_heap, [=](heap&) { return clones(std::vector<bytes>(), n, copy); });
    add("seg::list", on_heap, [=](heap&) { return clones(seg::list<bytes>(), n, copy); });
    const auto in_arena = [=](auto list, auto& memory) {
        return clones(std::move(list), n, [&] {
            auto* const place = static_cast<unsigned char*>(memory.allocate(blob->size()));
            std::memcpy(place, blob->data(), blob->size());
            return std::span(place, blob->size());
        });
    };
    using span = std::span<unsigned char>;
    add("seg::arena_list", static_cast<arena*>(nullptr),
        [=](arena& m) { return in_arena(seg::arena_list<span>(m.resource), m.resource); });
    add("seg::arena_list, arena made each time", static_cast<remade_arena*>(nullptr),
        [=](remade_arena& m) { return in_arena(seg::arena_list<span>(*m.resource), *m.resource); });
    add(c_list<span>::name, static_cast<c_list<span>::memory*>(nullptr),
        [=](c_list<span>::memory& m) { return in_arena(seed_list<span>(m), m); });
#ifdef SEG_BENCHMARK_HAS_RUST
    add(rust_vec<small>::name, on_heap, [=](heap&) { return rust_vec_life_of_blobs(n, blob->data(), blob->size()); });
#endif
    return k;
}

} // namespace

std::vector<question> ask_workloads(const options& chosen) {
    const double work = chosen.choose(1e4, 2e6, 1e7);
    question q{.title = "five workloads",
               .unit = "ns/element",
               .text =
                   "10,000 numbers, 1,000 nodes of 40 bytes, and clones of blobs, whose bytes are copied. The arena is "
                   "reset each time, but where it is said to be made.",
               .columns = {elements_of<small>(10'000, "10,000 numbers", work),
                           elements_of<node>(1'000, "1,000 nodes", work), blobs(1, chosen.smoke ? 2 : 16)},
               .decides = 0};
    if (!chosen.smoke) {
        q.columns.push_back(blobs(10, 8));
        q.columns.push_back(blobs(50, 4));
    }
    for (column& k : q.columns)
        for (const char* const rival : {"Rust's Vec", "std::vector"})
            k.targets.push_back({"seg::arena_list", rival, {rival}, 1.0});
    return {q};
}

} // namespace bench
