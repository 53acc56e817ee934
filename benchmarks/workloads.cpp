// The five workloads that the seed was measured with: does a list on an arena beat Rust's Vec and std::vector in all?
//
// 10,000 numbers of 8 bytes; 1,000 nodes of 40 bytes; blobs of 1, 10 and 50 MiB, of which clones are pushed. Each time
// the container is made, filled, looked at and dropped; a blob's bytes lie where the container's elements do.
#include "c_list.h"
#include "rust_vec.hpp"

#include <cstring>
#include <span>

#include "contestants.hpp"

namespace {

using namespace bench;

struct node {
    std::uint64_t kind;
    std::array<std::uint64_t, 4> words;
};
static_assert(sizeof(node) == 40);

using bytes = std::vector<unsigned char>;

template <class Container> std::uint64_t numbers(Container container, std::size_t n) {
    fill<small>(container, n);
    return fingerprint(container);
}

template <class Container> std::uint64_t nodes(Container container, std::size_t n) {
    for (std::uint64_t i = 0; i != n; ++i) container.push_back(node{i, {i + 1, i + 2, i + 3, i + 4}});
    node* first = std::addressof(container.front());
    hide(first);
    return container.back().words[3] + container.size();
}

/// clone makes an element of the blob.
template <class Container, class Clone>
std::uint64_t blobs(Container container, std::size_t n, const bytes& blob, Clone clone) {
    for (std::size_t i = 0; i != n; ++i) container.push_back(clone(blob));
    std::uint64_t sum = 0;
    for (const auto& each : container) sum += each[each.size() - 1] + each.size();
    return sum;
}

bytes copy_of(const bytes& blob) { return blob; }

std::span<unsigned char> copy_in(seg::arena& memory, const bytes& blob) {
    auto* const copy = static_cast<unsigned char*>(memory.allocate(blob.size()));
    std::memcpy(copy, blob.data(), blob.size());
    return {copy, blob.size()};
}

/// Times what once does again and again.
template <class Once> row repeated(const char* name, std::uint64_t expected, Once once) {
    return {name, [name, expected, once](benchmark::State& state) {
                std::uint64_t computed = 0;
                for (auto _ : state) {
                    computed = once();
                    observe(computed);
                }
                check(state, name, computed, expected);
            }};
}

/// The same in an arena that is reset after each time.
template <class Once> row repeated_in_arena(const char* name, std::uint64_t expected, Once once) {
    return {name, [name, expected, once](benchmark::State& state) {
                seg::arena memory;
                std::uint64_t computed = once(memory);
                memory.reset();
                for (auto _ : state) {
                    computed = once(memory);
                    observe(computed);
                    memory.reset();
                }
                check(state, name, computed, expected);
            }};
}

/// The same in an arena that is made for each time.
template <class Once> row repeated_in_fresh_arena(const char* name, std::uint64_t expected, Once once) {
    return repeated(name, expected, [once] {
        seg::arena memory(fresh_arena_options());
        return once(memory);
    });
}

/// The same in the seed's allocator, reset after each time.
template <class Once> row repeated_in_c(std::uint64_t expected, Once once) {
    static constexpr const char* name = "C list of the seed, allocator reset";
    return {name, [expected, once](benchmark::State& state) {
                c_bump* const memory = c_bump_new();
                std::uint64_t computed = once(memory);
                c_bump_reset(memory);
                for (auto _ : state) {
                    computed = once(memory);
                    observe(computed);
                    c_bump_reset(memory);
                }
                c_bump_delete(memory);
                check(state, name, computed, expected);
            }};
}

constexpr const char* rust_vec = "Rust's Vec";
constexpr const char* plain_vector = "std::vector";
constexpr const char* plain_list = "seg::list";
constexpr const char* arena_list = "seg::arena_list, arena reset";
constexpr const char* fresh_arena_list = "seg::arena_list, arena made each time";

std::vector<target> targets() {
    return {{"the seed's five workloads", arena_list, "Rust's Vec", {rust_vec}, 1.0},
            {"the seed's five workloads", arena_list, "std::vector", {plain_vector}, 1.0}};
}

group of_numbers(double work) {
    constexpr std::size_t n = 10'000;
    const std::uint64_t expected = expected_fingerprint(n);
    const auto in_arena = [](seg::arena& m) { return numbers(seg::arena_list<small>(m), n); };
    return {.title = "10,000 numbers of 8 bytes",
            .elements = n,
            .iterations = rounds(work, n),
            .rows =
                {
                    repeated(plain_vector, expected, [] { return numbers(std::vector<small>(), n); }),
#ifdef SEG_BENCHMARK_HAS_RUST
                    repeated(rust_vec, expected, [] { return rust_vec_life_of_numbers(n); }),
#endif
                    repeated_in_c(expected, [](c_bump* m) { return c_list_life_of_numbers(m, n); }),
                    repeated(plain_list, expected, [] { return numbers(seg::list<small>(), n); }),
                    repeated_in_arena(arena_list, expected, in_arena),
                    repeated_in_fresh_arena(fresh_arena_list, expected, in_arena),
                },
            .targets = targets()};
}

group of_nodes(double work) {
    constexpr std::size_t n = 1'000;
    const std::uint64_t expected = n - 1 + 4 + n;
    const auto in_arena = [](seg::arena& m) { return nodes(seg::arena_list<node>(m), n); };
    return {.title = "1,000 nodes of 40 bytes",
            .elements = n,
            .iterations = rounds(work, n),
            .rows =
                {
                    repeated(plain_vector, expected, [] { return nodes(std::vector<node>(), n); }),
#ifdef SEG_BENCHMARK_HAS_RUST
                    repeated(rust_vec, expected, [] { return rust_vec_life_of_nodes(n); }),
#endif
                    repeated_in_c(expected, [](c_bump* m) { return c_list_life_of_nodes(m, n); }),
                    repeated(plain_list, expected, [] { return nodes(seg::list<node>(), n); }),
                    repeated_in_arena(arena_list, expected, in_arena),
                    repeated_in_fresh_arena(fresh_arena_list, expected, in_arena),
                },
            .targets = targets()};
}

group of_blobs(std::size_t mebibytes, std::size_t n) {
    static std::vector<bytes> kept;
    kept.reserve(8); // the rows refer to them
    const bytes& blob = kept.emplace_back(mebibytes << 20, static_cast<unsigned char>(42));
    const std::uint64_t expected = n * (42 + blob.size());
    const auto in_arena = [n, &blob](seg::arena& m) {
        return blobs(seg::arena_list<std::span<unsigned char>>(m), n, blob,
                     [&m](const bytes& b) { return copy_in(m, b); });
    };
    return {.title = std::to_string(n) + " clones of a blob of " + std::to_string(mebibytes) + " MiB",
            .unit = "ns/KiB",
            .elements = static_cast<double>(n * blob.size()) / 1024,
            .rows =
                {
                    repeated(plain_vector, expected,
                             [n, &blob] { return blobs(std::vector<bytes>(), n, blob, copy_of); }),
#ifdef SEG_BENCHMARK_HAS_RUST
                    repeated(rust_vec, expected,
                             [n, &blob] { return rust_vec_life_of_blobs(n, blob.data(), blob.size()); }),
#endif
                    repeated_in_c(expected,
                                  [n, &blob](c_bump* m) {
                                      return c_list_life_of_blobs(m, n, blob.data(), blob.size());
                                  }),
                    repeated(plain_list, expected,
                             [n, &blob] { return blobs(seg::list<bytes>(), n, blob, copy_of); }),
                    repeated_in_arena(arena_list, expected, in_arena),
                    repeated_in_fresh_arena(fresh_arena_list, expected, in_arena),
                },
            .targets = targets()};
}

} // namespace

int main(int argc, char** argv) {
    const options chosen = initialize(argc, argv, 7, false);
    const double work = chosen.choose(1e4, 2e6, 1e7);
    std::vector<group> groups{of_numbers(work), of_nodes(work), of_blobs(1, chosen.smoke ? 2 : 16)};
    if (!chosen.smoke) {
        groups.push_back(of_blobs(10, 8));
        groups.push_back(of_blobs(50, 4));
    }
    return run(chosen,
               {
                   "Medians of the CPU times of several rounds in random order. ratio: the time divided by that of",
                   "std::vector, the first row; below 1 is faster.",
               },
               std::move(groups));
}
