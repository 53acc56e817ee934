// The ids of the thread and of the process. With them a checked build finds that two threads use an arena; a child
// process, in which fork changed the id of the thread, is not taken for a second thread.
export module seg.sys:thread;

import :syscall;

namespace seg::sys {

/// The id of the calling thread. No other thread of the system has it as long as this one exists. Each call is a
/// system call.
export inline int thread_id() noexcept { return static_cast<int>(enter_kernel(call::gettid)); }

/// The id of the process. No other process has it as long as this one exists. Each call is a system call.
export inline int process_id() noexcept { return static_cast<int>(enter_kernel(call::getpid)); }

} // namespace seg::sys
