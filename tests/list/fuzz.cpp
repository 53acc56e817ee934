// A fuzzer chooses the operations of the model test: each byte or two of its input one choice.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "allocators.hpp"
#include "operations.hpp"

import seg.list;

namespace {

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

template <class List> void play(input& from, const typename List::allocator_type& alloc) {
    const auto below = [&from](std::size_t n) { return from.below(n); };
    operations::players<List, decltype(below)> players(alloc, below);
    for (int step = 0; step != 200 && !from.at_end(); ++step) players.step();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    input from(data, size);
    switch (from.below(5)) {
    case 0: play<seg::list<int>>(from, {}); break;
    case 1: play<seg::list<elements::tracked, std::allocator<elements::tracked>, seg::growth{.first = 1}>>(from, {}); break;
    case 2: play<seg::list<std::string, std::allocator<std::string>, seg::growth{.first = 2, .limit = 4}>>(from, {}); break;
    case 3: {
        seg::arena arena;
        play<seg::arena_list<elements::tracked>>(from, arena);
        break;
    }
    case 4: {
        allocators::account account;
        play<seg::list<elements::pinned, allocators::counting<elements::pinned, allocators::propagate_everything>>>(
            from, allocators::counting<elements::pinned, allocators::propagate_everything>(account));
        if (!account.blocks.empty() || account.mismatched) __builtin_trap();
        break;
    }
    }
    if (elements::alive != 0) __builtin_trap();
    return 0;
}
