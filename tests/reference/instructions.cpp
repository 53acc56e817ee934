// Does one thing so many times: how many instructions that takes is counted from outside, by instructions.cmake.
// Without arguments it prints the tables of modules/README.md, with a name of what it can do in the place of each
// number.
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <string_view>
#include <vector>

import seg;

namespace {

using number = std::uint64_t;

// What all containers hold where something is done with elements that are there.
constexpr std::size_t elements = 100'000;

/// The compiler has to have the value, and knows nothing of what is done with it.
template <class T> void use(T value) { asm volatile("" : : "r"(value) :); }

template <class Container> void push(std::size_t n) {
    Container c;
    c.reserve(1'000'000); // so that no memory is taken on the way
    for (std::size_t i = 0; i != n; ++i) c.push_back(i);
    use(c.size());
}

template <class Container> [[gnu::noinline]] void index_all(const Container& c) {
#pragma clang loop unroll(disable)
    for (std::size_t i = 0; i != elements; ++i) use(c[i]);
}
template <class Container> [[gnu::noinline]] void iterate_over(const Container& c) {
#pragma clang loop unroll(disable)
    for (const number value : c) use(value);
}
[[gnu::noinline]] void iterate_over_runs(const seg::list<number>& c) {
    for (const auto run : c.segments()) {
        const number* const last = run.data() + run.size();
#pragma clang loop unroll(disable)
        for (const number* p = run.data(); p != last; ++p) use(*p);
    }
}

template <class Container> void index(std::size_t n) {
    const Container c(elements);
    for (std::size_t i = 0; i != n; i += elements) index_all(c);
}
template <class Container> void iterate(std::size_t n) {
    const Container c(elements);
    for (std::size_t i = 0; i != n; i += elements) iterate_over(c);
}
void iterate_runs(std::size_t n) {
    const seg::list<number> c(elements);
    for (std::size_t i = 0; i != n; i += elements) iterate_over_runs(c);
}

struct with_destructor {
    explicit with_destructor(number n) : value(n) {}
    number value;
    ~with_destructor() { use(value); }
};
struct without_destructor {
    number value;
};

// All that n of them take is in the first block.
seg::arena_options one_block() { return {.first_block = std::size_t{64} << 20}; }

void allocate(std::size_t n) {
    seg::arena a(one_block());
    for (std::size_t i = 0; i != n; ++i) use(a.allocate(24, 8));
}
template <class T> void create(std::size_t n) {
    seg::arena a(one_block());
    for (std::size_t i = 0; i != n; ++i) use(&a.create<T>(i));
}
void scope(std::size_t n) {
    seg::arena a;
    use(a.allocate(24, 8));
    for (std::size_t i = 0; i != n; ++i) {
        seg::arena_scope s(a);
        use(a.allocate(24, 8));
    }
}
void short_lived_arena(std::size_t n) {
    for (std::size_t i = 0; i != n; ++i) {
        seg::arena a;
        use(a.allocate(24, 8));
    }
}
void short_lived_list(std::size_t n) {
    seg::arena a;
    for (std::size_t i = 0; i != n; ++i) {
        seg::arena_list<number> l(a);
        l.push_back(i);
        use(l.size());
    }
}

struct operation {
    std::string_view name;
    void (*run)(std::size_t n);
};
constexpr operation operations[] = {
    {"list.push", push<seg::list<number>>},
    {"vector.push", push<seg::pinned_vector<number>>},
    {"std.push", push<std::vector<number>>},
    {"list.index", index<seg::list<number>>},
    {"vector.index", index<seg::pinned_vector<number>>},
    {"std.index", index<std::vector<number>>},
    {"list.iterate", iterate<seg::list<number>>},
    {"vector.iterate", iterate<seg::pinned_vector<number>>},
    {"std.iterate", iterate<std::vector<number>>},
    {"list.runs", iterate_runs},
    {"list.short", short_lived_list},
    {"arena.allocate", allocate},
    {"arena.create", create<without_destructor>},
    {"arena.create_and_destroy", create<with_destructor>},
    {"arena.scope", scope},
    {"arena.short", short_lived_arena},
};

constexpr const char* tables = R"(
| a round of a loop | `seg::list` | `seg::pinned_vector` | `std::vector` |
|---|--:|--:|--:|
| `push_back` of 8 bytes, with room for them | <list.push> | <vector.push> | <std.push> |
| element `i`, for each `i` | <list.index> | <vector.index> | <std.index> |
| `for` each element | <list.iterate> | <vector.iterate> | <std.iterate> |
| `for` each element of each run of `segments()` | <list.runs> | | |
| a list of one element in an arena: made, pushed to, destroyed | <list.short> | | |

| a round of a loop | `seg::arena` |
|---|--:|
| `allocate(24, 8)` | <arena.allocate> |
| `create` of an 8-byte object without a destructor | <arena.create> |
| `create` of an 8-byte object with one, which runs in the end | <arena.create_and_destroy> |
| a scope with `allocate(24, 8)` in it | <arena.scope> |
| an arena: made, `allocate(24, 8)`, destroyed | <arena.short> |
)";

} // namespace

int main(int argc, char** argv) {
    if (argc != 3) {
        std::fputs(tables, stdout);
        return EXIT_SUCCESS;
    }
    for (const operation& o : operations)
        if (o.name == argv[1]) {
            o.run(std::strtoull(argv[2], nullptr, 10));
            return EXIT_SUCCESS;
        }
    return EXIT_FAILURE;
}
