// Which thread runs: how a checked build finds that two of them use what only one may.
export module seg.sys:thread;

import :syscall;

namespace seg::sys {

/// The number of the calling thread, which no other thread of the system has while this one runs. A system call each.
export inline int thread_id() noexcept { return static_cast<int>(enter_kernel(call::gettid)); }

} // namespace seg::sys
