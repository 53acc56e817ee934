// The kernel as the system that the model's arena asks: it refuses what it is told to, whichever call that is.
#pragma once

#include <array>
#include <cstddef>

#include "arena/operations.hpp"

import seg.sys;

namespace refusals {

using seg::sys::call;

struct kernel {
    static constexpr bool may_throw = true; // an exception's memory is malloc's, which asks the kernel by itself
    struct call {};
    bool refused() {
        const bool any = seg::sys::refuse.seen != 0;
        seg::sys::refuse.seen = 0;
        return any;
    }
};

/// Chooses which of the next calls are refused.
template <class Below> void schedule(Below below) {
    seg::sys::refuse.refused = std::array{call::mmap, call::munmap, call::mprotect, call::madvise}[below(4)];
    seg::sys::refuse.after = below(3);
    seg::sys::refuse.count = below(4);
}

inline void none() { seg::sys::refuse.count = 0; }

/// Lets the system have back what it did not take.
inline void settle() {
    none();
    seg::arena a({.first_block = 4096});
    static_cast<void>(a.try_allocate(1));
}

} // namespace refusals
