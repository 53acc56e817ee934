// A kernel that refuses what a test tells it to, in programs that link seg_refusing. It imports seg.sys, so it is
// included after every other header.
#pragma once

#include <cstddef>

import seg.sys;

namespace kernel {

using seg::sys::call;

/// The kernel refuses `count` of these calls, after `after` of them that it still serves.
inline void refuse(call which, std::size_t after = 0, std::size_t count = 1000) {
    seg::sys::refuse = {.refused = which, .after = after, .count = count, .seen = 0};
}
inline void refuse_nothing() { seg::sys::refuse.count = 0; }

/// How many calls the kernel has refused since refuse() was called.
inline std::size_t refusals() { return seg::sys::refuse.seen; }

} // namespace kernel
