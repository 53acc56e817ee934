// Which thread runs, and in which process: how a checked build finds that two threads use what only one may, and how a
// process finds that it is the child of the one that did something.
export module seg.sys:thread;

import :syscall;

namespace seg::sys {

/// The number of the calling thread, which no other thread of the system has while this one runs. A system call each.
export inline int thread_id() noexcept { return static_cast<int>(enter_kernel(call::gettid)); }

/// The number of the process, which no other one has while this one runs. A system call each.
export inline int process_id() noexcept { return static_cast<int>(enter_kernel(call::getpid)); }

} // namespace seg::sys
