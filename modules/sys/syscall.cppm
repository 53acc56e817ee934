// System calls: their numbers, and the function that makes them. Nothing here is exported.
//
// On Linux a call is one instruction, inlined into the caller. A result from -4095 to -1 is a negated error number. The
// memory calls have the same arguments on all 64-bit processors. x86-64 has its own call numbers, and the others share
// those of <asm-generic/unistd.h>. The last column is what a call overwrites besides the result:
//
//     x86-64    syscall  number rax  arguments rdi rsi rdx r10 r8 r9  result rax  rcx and r11
//     AArch64   svc 0    number x8   arguments x0 to x5               result x0   the vector registers of SVE
//     RISC-V    ecall    number a7   arguments a0 to a5               result a0   the registers of the vector extension
//
// (Linux, Documentation/arch: x86/entry_64.rst, arm64/sve.rst, riscv/vector.rst.)
//
// OpenBSD accepts system calls only from its libc. There a call is one of libc's functions, and errno is restored if it
// fails.
export module seg.sys:syscall;

namespace seg::sys {

// Each branch defines `call`, the system calls, and enter_kernel, which makes one with the arguments a to f and returns
// what the kernel returns: a result, or a negated error number.

#if defined(__linux__) && defined(__LP64__) && defined(__x86_64__)

enum class call : long {
    write = 1,
    mmap = 9,
    mprotect = 10,
    munmap = 11,
    mremap = 25,
    madvise = 28,
    getpid = 39,
    prctl = 157,
    gettid = 186
};

[[gnu::always_inline]] inline long enter_kernel(call number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                                                long f = 0) noexcept {
    // Not const: a compiler may replace a constant by its value, and then choose another register for it.
    // NOLINTBEGIN(misc-const-correctness)
    register long r10 asm("r10") = d;
    register long r8 asm("r8") = e;
    register long r9 asm("r9") = f;
    // NOLINTEND(misc-const-correctness)
    long returned;
    asm volatile("syscall"
                 : "=a"(returned)
                 : "a"(number), "D"(a), "S"(b), "d"(c), "r"(r10), "r"(r8), "r"(r9)
                 : "rcx", "r11", "memory");
    return returned;
}

#elif defined(__linux__) && defined(__LP64__) && (defined(__aarch64__) || defined(__riscv))

enum class call : long {
    write = 64,
    prctl = 167,
    getpid = 172,
    gettid = 178,
    munmap = 215,
    mremap = 216,
    mmap = 222,
    mprotect = 226,
    madvise = 233
};

#ifdef __aarch64__

// A compiler accepts only registers that its target has.
#ifdef __ARM_FEATURE_SVE
#define SEG_OVERWRITTEN                                                                                                \
    , "z0", "z1", "z2", "z3", "z4", "z5", "z6", "z7", "z8", "z9", "z10", "z11", "z12", "z13", "z14", "z15", "z16",     \
        "z17", "z18", "z19", "z20", "z21", "z22", "z23", "z24", "z25", "z26", "z27", "z28", "z29", "z30", "z31", "p0", \
        "p1", "p2", "p3", "p4", "p5", "p6", "p7", "p8", "p9", "p10", "p11", "p12", "p13", "p14", "p15"
#else
#define SEG_OVERWRITTEN
#endif

[[gnu::always_inline]] inline long enter_kernel(call number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                                                long f = 0) noexcept {
    register long x8 asm("x8") = static_cast<long>(number);
    register long x0 asm("x0") = a;
    register long x1 asm("x1") = b;
    register long x2 asm("x2") = c;
    register long x3 asm("x3") = d;
    register long x4 asm("x4") = e;
    register long x5 asm("x5") = f;
    asm volatile("svc 0" : "+r"(x0) : "r"(x8), "r"(x1), "r"(x2), "r"(x3), "r"(x4), "r"(x5) : "memory" SEG_OVERWRITTEN);
    return x0;
}

#else

#ifdef __riscv_vector
#define SEG_OVERWRITTEN                                                                                                \
    , "v0", "v1", "v2", "v3", "v4", "v5", "v6", "v7", "v8", "v9", "v10", "v11", "v12", "v13", "v14", "v15", "v16",     \
        "v17", "v18", "v19", "v20", "v21", "v22", "v23", "v24", "v25", "v26", "v27", "v28", "v29", "v30", "v31", "vl", \
        "vtype"
#else
#define SEG_OVERWRITTEN
#endif

[[gnu::always_inline]] inline long enter_kernel(call number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0,
                                                long f = 0) noexcept {
    register long a7 asm("a7") = static_cast<long>(number);
    register long a0 asm("a0") = a;
    register long a1 asm("a1") = b;
    register long a2 asm("a2") = c;
    register long a3 asm("a3") = d;
    register long a4 asm("a4") = e;
    register long a5 asm("a5") = f;
    asm volatile("ecall" : "+r"(a0) : "r"(a7), "r"(a1), "r"(a2), "r"(a3), "r"(a4), "r"(a5) : "memory" SEG_OVERWRITTEN);
    return a0;
}

#endif

#elif defined(__OpenBSD__) && defined(__LP64__)

// Declared as in OpenBSD's <sys/mman.h>, <unistd.h> and <errno.h>. A function with C linkage is the same function in
// every namespace and module that declares it.
namespace libc {
extern "C" {
long write(int, const void*, unsigned long);
void* mmap(void*, unsigned long, int, int, int, long long);
int munmap(void*, unsigned long);
int mprotect(void*, unsigned long, int);
int madvise(void*, unsigned long, int);
int getpid();
int getthrid();
int getpagesize();
int* __errno();
}
} // namespace libc

enum class call { write, mmap, munmap, mprotect, madvise, getpid, gettid };

[[gnu::always_inline]] inline long enter_kernel(call function, long a = 0, long b = 0, long c = 0, long d = 0,
                                                long e = 0, long f = 0) noexcept {
    void* const address = reinterpret_cast<void*>(a);
    const unsigned long length = static_cast<unsigned long>(b);
    int& error = *libc::__errno();
    const int error_before = error;
    long returned = -1;
    switch (function) {
    case call::write:
        returned = libc::write(static_cast<int>(a), reinterpret_cast<const void*>(b), static_cast<unsigned long>(c));
        break;
    case call::mmap:
        returned = reinterpret_cast<long>(
            libc::mmap(address, length, static_cast<int>(c), static_cast<int>(d), static_cast<int>(e), f));
        break;
    case call::munmap: returned = libc::munmap(address, length); break;
    case call::mprotect: returned = libc::mprotect(address, length, static_cast<int>(c)); break;
    case call::madvise: returned = libc::madvise(address, length, static_cast<int>(c)); break;
    case call::getpid: returned = libc::getpid(); break;
    case call::gettid: returned = libc::getthrid(); break;
    }
    if (returned == -1) {
        returned = -error;
        error = error_before;
    }
    return returned;
}

#else
#error                                                                                                                 \
    "seg.sys knows the system calls of Linux on x86-64, AArch64 and RISC-V 64, and of 64-bit OpenBSD: not this target's"
#endif

/// Whether enter_kernel returned a negated error number.
constexpr bool is_error(long returned) noexcept {
    return static_cast<unsigned long>(returned) >= static_cast<unsigned long>(-4095L);
}

} // namespace seg::sys
