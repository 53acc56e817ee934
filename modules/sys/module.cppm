// The operating system's memory calls, without libc: each is one system call instruction in the caller's code.
//
// No function allocates, prints, throws or changes errno. A call that fails returns the kernel's error number. A
// program that imports only this module links with -nostdlib. (OpenBSD accepts system calls only from its libc, so
// there they are calls of libc's functions.)
export module seg.sys;

// A module has to export each of its interface partitions. :syscall exports no names.
export import :flags;
export import :memory;
export import :page;
export import :precondition;
export import :result;
export import :syscall;
export import :thread;
export import :tools;
