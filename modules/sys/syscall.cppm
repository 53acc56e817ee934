// The one instruction that enters the kernel, and the numbers of the calls made with it. Not exported.
//
// Linux on x86-64: number in rax, arguments in rdi, rsi, rdx, r10, r8 and r9, result in rax; the instruction itself
// overwrites rcx and r11 (Linux, Documentation/arch/x86/entry_64.rst). A result from -4095 to -1 is an error number.
module;

#if !defined(__linux__) || !defined(__x86_64__) || defined(__ILP32__)
#error "seg.sys: Linux on x86-64 is the one system whose calls are known here"
#endif

export module seg.sys:syscall;

namespace seg::sys {

enum class call : long { write = 1, mmap = 9, mprotect = 10, munmap = 11, mremap = 25, madvise = 28, gettid = 186 };

[[gnu::always_inline]] inline long enter_kernel(call number, long a = 0, long b = 0, long c = 0, long d = 0,
                                                long e = 0, long f = 0) noexcept {
    register long r10 asm("r10") = d;
    register long r8 asm("r8") = e;
    register long r9 asm("r9") = f;
    long returned;
    asm volatile("syscall"
                 : "=a"(returned)
                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return returned;
}

constexpr bool is_error(long returned) noexcept {
    return static_cast<unsigned long>(returned) >= static_cast<unsigned long>(-4095L);
}

} // namespace seg::sys
