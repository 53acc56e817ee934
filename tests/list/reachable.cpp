// Everything that a list has is reached from it by plain addresses, which is what leak detectors look for. The lists
// here are never destroyed: LeakSanitizer and valgrind have to find nothing lost.
#include <cstdlib>
#include <memory>
#include <string>
#include <utility>

import seg.list;

namespace {

using strings = seg::list<std::string>;
using small_segments = seg::list<std::string, std::allocator<std::string>, seg::growth{.first = 2, .limit = 4}>;

/// Too long to lie in the string itself.
std::string text(int i) { return "a text that takes memory of its own, number " + std::to_string(i); }

template <class List> void fill(List& l, int n) {
    for (int i = 0; i != n; ++i) l.push_back(text(i));
}

seg::list<strings> lists;
small_segments many;
strings grown_and_shrunk;
strings moved;
strings one;
strings full;
/// What only main() has: without being written here they could lie in registers, or nowhere once they were last used.
const volatile void* volatile on_the_stack;
const volatile void* volatile on_the_heap;

} // namespace

int main() {
    // of one table, and of some that replaced each other
    for (const int n : {1, 20, 1'000, 10'000}) fill(lists.emplace_back(), n);
    fill(many, 1'000);
    // the last segment is full, so that nothing points into it but the table
    fill(full, 2);
    while (full.size() != full.capacity()) full.push_back(text(0));
    // back to fewer tables, and to the slot in the control block
    fill(grown_and_shrunk, 10'000);
    grown_and_shrunk.resize(1'000);
    grown_and_shrunk.shrink_to_fit();
    fill(one, 1'000);
    one.resize(1);
    one.shrink_to_fit();
    strings source;
    fill(source, 1'000);
    moved = std::move(source);
    // on the stack of a program that ends in the middle
    strings local;
    on_the_stack = &local;
    fill(local, 1'000);
    auto* const alone = new small_segments;
    on_the_heap = alone;
    fill(*alone, 1'000);
    std::exit(0);
}
