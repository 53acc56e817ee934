// A fuzzer chooses the operations of the model test: each byte or two of its input one choice.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "allocators.hpp"
#include "operations.hpp"

import seg.list;

namespace {

using namespace elements;
using allocators::propagate_everything;
using allocators::propagate_nothing;

/// Numbers out of the fuzzer's input; zeros after its end.
class input {
public:
    input(const std::uint8_t* data, std::size_t size) : next_(data), end_(data + size) {}
    bool at_end() const { return next_ == end_; }
    std::size_t below(std::size_t n) {
        std::size_t number = byte();
        if (n > 256) number = number << 8 | byte();
        return number % n;
    }

private:
    std::size_t byte() { return next_ == end_ ? 0 : *next_++; }
    const std::uint8_t* next_;
    const std::uint8_t* end_;
};

template <class List>
void play(input& from, const typename List::allocator_type& a, const typename List::allocator_type& b) {
    const auto below = [&from](std::size_t n) { return from.below(n); };
    operations::players<List, decltype(below)> players(a, b, below);
    for (int step = 0; step != 200 && !from.at_end(); ++step) players.step();
}
template <class List> void play(input& from, const typename List::allocator_type& alloc) {
    play<List>(from, alloc, alloc);
}

/// Two lists whose allocators are not equal, and fail.
template <class T, class Propagation, seg::growth Growth> void play_failing(input& from) {
    using allocator = allocators::counting<T, Propagation>;
    allocators::account a, b;
    play<seg::list<T, allocator, Growth>>(from, allocator(a), allocator(b));
    if (!a.blocks.empty() || a.mismatched || !b.blocks.empty() || b.mismatched) __builtin_trap();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    input from(data, size);
    switch (from.below(8)) {
    case 0: play<seg::list<int>>(from, {}); break;
    case 1: play<seg::list<tracked, std::allocator<tracked>, seg::growth{.first = 1}>>(from, {}); break;
    case 2: play<seg::list<std::string, std::allocator<std::string>, seg::growth{.first = 2, .limit = 4}>>(from, {}); break;
    case 3: {
        seg::arena arena;
        play<seg::arena_list<tracked>>(from, arena);
        break;
    }
    case 4: play_failing<pinned, propagate_everything, seg::growth{}>(from); break;
    case 5: play_failing<tracked, propagate_everything, seg::growth{.first = 2, .limit = 8}>(from); break;
    case 6: play_failing<tracked, propagate_nothing, seg::growth{.first = 4}>(from); break;
    case 7: play_failing<int, propagate_nothing, seg::growth{.first = 1, .limit = 1}>(from); break;
    }
    if (alive != 0) __builtin_trap();
    return 0;
}
