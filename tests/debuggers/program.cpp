// What the debuggers are shown. A debugger stops in a function that takes it all by reference; an instruction that
// names the parameters keeps them alive there.
#include <cstdint>
#include <cstring>
#include <memory>
#include <memory_resource>
#include <utility>

import seg;

namespace {

using ints = seg::list<int>;
using limited = seg::list<double, std::allocator<double>, seg::growth{.first = 2, .limit = 4}>;
using doubled = seg::list<short, std::allocator<short>, seg::growth{.first = 1}>;

struct node {
    int value;
    seg::list<node> children;
};

struct alignas(64) wide {
    char letter;
};

struct owner {
    const ints numbers{1, 2, 3};
    seg::list<ints> lists{{4, 5}, {}, {6}};
    node tree{1, {}};
};

extern "C" {

[[gnu::noinline]] void show_lists(const ints& few, ints& many, const ints& empty, const ints& moved_from,
                                  const ints& cleared) {
    asm volatile("nop" : : "r"(&few), "r"(&many), "r"(&empty), "r"(&moved_from), "r"(&cleared) : "memory");
}

[[gnu::noinline]] void show_kinds(const limited& small_segments, const limited& one_segment,
                                  const limited& many_segments, const doubled& large_segments,
                                  const seg::list<wide>& aligned, const owner& inside) {
    asm volatile("nop"
                 :
                 : "r"(&small_segments), "r"(&one_segment), "r"(&many_segments), "r"(&large_segments), "r"(&aligned),
                   "r"(&inside)
                 : "memory");
}

[[gnu::noinline]] void show_invalid(const ints& uninitialised, const ints& misread, const ints& stale,
                                    const ints::iterator& no_iterator, const seg::pinned_vector<int>& no_vector) {
    asm volatile("nop"
                 :
                 : "r"(&uninitialised), "r"(&misread), "r"(&stale), "r"(&no_iterator), "r"(&no_vector)
                 : "memory");
}

[[gnu::noinline]] void show_iterators(const ints::iterator& first, const ints::const_iterator& later,
                                      const limited::iterator& of_limited, const ints::iterator& past_full,
                                      const ints::iterator& singular) {
    asm volatile("nop" : : "r"(&first), "r"(&later), "r"(&of_limited), "r"(&past_full), "r"(&singular) : "memory");
}

[[gnu::noinline]] void show_runs(const decltype(std::declval<ints&>().segments())& all,
                                 const decltype(std::declval<const ints&>().segments())& part,
                                 const decltype(std::declval<limited&>().segments())& of_limited,
                                 const decltype(std::declval<ints&>().segments())& none) {
    asm volatile("nop" : : "r"(&all), "r"(&part), "r"(&of_limited), "r"(&none) : "memory");
}

[[gnu::noinline]] void show_memory(const seg::arena& arena, const seg::arena& unused,
                                   const seg::arena_list<const char*>& in_arena,
                                   const seg::pmr::list<short>& in_resource,
                                   const seg::pinned_vector<const char*>& vector) {
    asm volatile("nop" : : "r"(&arena), "r"(&unused), "r"(&in_arena), "r"(&in_resource), "r"(&vector) : "memory");
}

} // extern "C"

/// Words that are taken for a T, which they are not.
template <class T> union bytes {
    explicit bytes(std::uint64_t first) : words{} {
        for (auto& word : words) word = first--;
    }
    ~bytes() {}

    std::uint64_t words[sizeof(T) / 8 + 16];
    T as;
};

} // namespace

int main() {
    ints few{1, 2, 3};
    ints many;
    for (int i = 0; i < 1000; ++i) many.push_back(i);
    ints empty;
    ints taken{1, 2, 3};
    const ints moved_from_to = std::move(taken);
    ints cleared(100);
    cleared.clear();
    show_lists(few, many, empty, taken, cleared);

    limited small_segments;
    for (int i = 0; i < 20; ++i) small_segments.push_back(i / 2.0);
    const limited one_segment{0.5};
    limited many_segments; // more than 16 bits can number
    for (int i = 0; i < 300000; ++i) many_segments.push_back(i);
    doubled large_segments;
    for (int i = 0; i < 40000; ++i) large_segments.push_back(static_cast<short>(i % 100));
    seg::list<wide> aligned;
    for (char letter = 'a'; letter <= 'e'; ++letter) aligned.push_back({letter});
    owner inside;
    inside.tree.children.push_back({2, {}});
    inside.tree.children.push_back({3, {}});
    inside.tree.children[0].children.push_back({4, {}});
    show_kinds(small_segments, one_segment, many_segments, large_segments, aligned, inside);

    const bytes<ints> uninitialised(0xABABABABABABABAB);
    bytes<ints> misread(0);
    for (auto& word : misread.words) word = reinterpret_cast<std::uintptr_t>(misread.words);
    bytes<ints> stale(0);
    std::memcpy(stale.words, &few, sizeof few);
    few.resize(100);
    const bytes<ints::iterator> no_iterator(0xABABABABABABABAB);
    const bytes<seg::pinned_vector<int>> no_vector(0xABABABABABABABAB);
    show_invalid(uninitialised.as, misread.as, stale.as, no_iterator.as, no_vector.as);

    ints full(many.begin(), many.begin() + 96);
    show_iterators(many.begin(), many.cbegin() + 500, small_segments.begin() + 13, full.end(), ints::iterator());

    const ints& constant = full;
    show_runs(full.segments(), seg::segments(constant.begin() + 20, constant.begin() + 40), small_segments.segments(),
              empty.segments());

    seg::arena arena;
    arena.create<int>(1);
    {
        seg::arena_scope scope(arena); // leaves a peak, and a second block
        for (int i = 0; i < 100; ++i) arena.create<node*>(nullptr);
        arena.create_array<int>(1000);
    }
    seg::arena unused;
    seg::arena_list<const char*> in_arena(arena);
    in_arena.push_back("one");
    in_arena.push_back("two");
    seg::pmr::list<short> in_resource(&arena);
    in_resource.push_back(7);
    const seg::pinned_vector<const char*> vector{"red", "green"};
    show_memory(arena, unused, in_arena, in_resource, vector);

    // Members that the debuggers are asked to call have to be in the program.
    return many[3] == 3 && many.size() == 1000 && many.front() == 0 && many.segments().size() != 0 ? 0 : 1;
}
