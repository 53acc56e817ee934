// Allocations that are filled with a pattern. It imports seg.arena, so it is included after every other header.
#pragma once

#include <algorithm>
#include <cstddef>
#include <vector>

#include "checks.hpp"
#include "arena/pattern.hpp"

import seg.arena;

namespace observation {

/// An allocation that holds the pattern of its seed.
struct filled {
    void* p;
    std::size_t bytes;
    unsigned seed;
};

inline filled allocate_filled(seg::arena& a, std::size_t bytes, std::size_t alignment, unsigned seed) {
    void* const p = a.allocate(bytes, alignment);
    fill(p, bytes, seed);
    return {p, bytes, seed};
}

inline bool intact(const filled& f) { return holds(f.p, f.bytes, f.seed); }
inline bool intact(const std::vector<filled>& all) {
    return std::ranges::all_of(all, [](const filled& f) { return intact(f); });
}

/// Makes the allocation larger or smaller where it is, if the arena does. What it held must be there, and it is full
/// again.
inline bool try_extend(seg::arena& a, filled& f, std::size_t bytes) {
    if (!a.try_extend(f.p, f.bytes, bytes)) return false;
    require(holds(f.p, std::min(f.bytes, bytes), f.seed));
    f.bytes = bytes;
    fill(f.p, bytes, f.seed);
    return true;
}

} // namespace observation
