// A fuzzer chooses what is done to two lists, and where it fails.
#include <cstddef>
#include <cstdint>
#include <memory>
#include <string>

#include "kinds.hpp"
#include "sequence/fuzz.hpp"

namespace {

using namespace kinds;
using allocators::propagate_everything;
using allocators::propagate_nothing;
using fuzzing::play;

/// Two lists whose allocators are not equal, and fail.
template <class T, class Propagation, seg::growth Growth> void play_failing(fuzz_input& from) {
    using allocator = allocators::counting<T, Propagation>;
    allocators::account a, b;
    play<seg::list<T, allocator, Growth>>(from, allocator(a), allocator(b));
    if (!a.blocks.empty() || a.mismatched || !b.blocks.empty() || b.mismatched) __builtin_trap();
}

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz_input from(data, size);
    switch (from.below(8)) {
    case 0: play<seg::list<int>>(from, {}); break;
    case 1: play<seg::list<tracked, std::allocator<tracked>, seg::growth{.first = 1}>>(from, {}); break;
    case 2:
        play<seg::list<std::string, std::allocator<std::string>, seg::growth{.first = 2, .limit = 4}>>(from, {});
        break;
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
