// A list in the memory of a conservative garbage collector: what the list has is alive, and what it gave up is
// collected.
#include <cstdlib>
#include <iostream>
#include <utility>

#include <gc/gc_allocator.h>

import seg.list;

namespace {

/// The collector looks into its memory, since it has a pointer.
struct node {
    const node* self;
    long number;
};

template <seg::growth Growth> using list = seg::list<node, gc_allocator<node>, Growth>;

list<seg::growth{}> grown;
list<seg::growth{.first = 2, .limit = 4}> many;
seg::list<list<seg::growth{}>, gc_allocator<list<seg::growth{}>>> lists;

/// Collects, and uses again what was found to be garbage.
void collect() {
    GC_gcollect();
    for (int i = 0; i != 20'000; ++i) {
        auto* const memory = static_cast<long*>(GC_MALLOC(static_cast<std::size_t>(16 + i % 4'000)));
        memory[0] = memory[1] = -1;
    }
}

template <class List> void fill(List& l, long n) {
    for (long i = 0; i != n; ++i) {
        node& made = l.emplace_back(nullptr, i);
        made.self = &made;
        if (i % 5'000 == 0) collect();
    }
}

template <class List> void check(const List& l, long n) {
    long i = 0;
    for (const node& each : l)
        if (each.self != &each || each.number != i++) std::exit(1);
    if (i != n) std::exit(1);
}

} // namespace

int main() {
    GC_INIT();
    fill(grown, 40'000);
    fill(many, 2'000);
    for (int k = 0; k != 4; ++k) fill(lists.emplace_back(), 3'000);
    collect();
    check(grown, 40'000);
    check(many, 2'000);
    for (const auto& each : lists) check(each, 3'000);
    grown.resize(100);
    grown.shrink_to_fit();
    collect();
    check(grown, 100);
    std::cout << "alive\n";
}
