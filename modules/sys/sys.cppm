// The operating system's memory calls, without libc: every call is one system call instruction in the caller's code.
//
// Nothing here allocates, prints, throws or touches errno; a failing call returns the kernel's error number. A program
// that uses this module alone links with -nostdlib. (On OpenBSD, which wants it so, the calls are libc's functions.)
export module seg.sys;

// Every interface partition has to be named here; :syscall exports nothing.
export import :flags;
export import :memory;
export import :page;
export import :precondition;
export import :result;
export import :syscall;
export import :thread;
