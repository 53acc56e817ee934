// A program of seg.sys and nothing else: no standard library, no libc, not even the code that usually runs before main.
// Each check has a number of its own, and that of the first one that fails is the exit status.
#include <cstddef>

#include "sys/one_instruction.hpp"

#include "sys/private_memory.hpp"

import seg.sys;

namespace {

namespace sys = seg::sys;

// exit_group, which seg.sys has no use for
[[noreturn]] void exit(int status) {
#if defined(__x86_64__)
    for (;;) asm volatile("syscall" : : "a"(231L), "D"(status) : "rcx", "r11", "memory");
#elif defined(__aarch64__)
    register long number asm("x8") = 94;
    register long argument asm("x0") = status;
    for (;;) asm volatile("svc 0" : : "r"(number), "r"(argument) : "memory");
#else
    register long number asm("a7") = 94;
    register long argument asm("a0") = status;
    for (;;) asm volatile("ecall" : : "r"(number), "r"(argument) : "memory");
#endif
}

void check(bool passed, int number) {
    if (!passed) exit(number);
}

// volatile: every byte is really written and read, and no compiler makes a call of memset or memcmp out of the loop.
void fill(void* memory, std::size_t bytes, unsigned char value) {
    volatile unsigned char* const p = static_cast<unsigned char*>(memory);
    for (std::size_t i = 0; i != bytes; ++i) p[i] = value;
}
bool holds(const void* memory, std::size_t bytes, unsigned char value) {
    const volatile unsigned char* const p = static_cast<const unsigned char*>(memory);
    for (std::size_t i = 0; i != bytes; ++i)
        if (p[i] != value) return false;
    return true;
}

} // namespace

#ifdef __x86_64__
// The kernel enters with the stack pointer at a multiple of 16, where a call would have left it 8 off.
extern "C" [[noreturn, gnu::force_align_arg_pointer]] void _start();
#endif
extern "C" [[noreturn]] void _start() {
    const std::size_t page = sys::page_size(); // nothing would initialise a variable at namespace scope
    const auto memory = sys::mmap(nullptr, 3 * page, readable_and_writable, private_memory);
    check(memory.has_value(), 1);
    check(holds(*memory, 3 * page, 0), 2);
    fill(*memory, 3 * page, 0x5a);
    check(holds(*memory, 3 * page, 0x5a), 3);

    const auto moved = sys::mremap(*memory, 3 * page, 64 * page, sys::remap_flag::maymove);
    check(moved.has_value(), 4);
    check(holds(*moved, 3 * page, 0x5a), 5);
    check(holds(static_cast<char*>(*moved) + 3 * page, 61 * page, 0), 6);

    check(sys::madvise(*moved, page, sys::advice::dontneed).has_value(), 7);
    check(holds(*moved, page, 0), 8);
    check(holds(static_cast<char*>(*moved) + page, 2 * page, 0x5a), 9);

    check(sys::mprotect(*moved, page, sys::prot::read).has_value(), 10);
    check(holds(*moved, page, 0), 11);

    check(sys::munmap(*moved, 64 * page).has_value(), 12);
    constexpr int einval = 22;
    constexpr int enomem = 12;
    check(sys::munmap(*moved, 0).error() == einval, 13);
    check(sys::mprotect(*moved, page, sys::prot::read).error() == enomem, 14);

    void* const single = map_or_null(page);
    check(single != nullptr, 15);
    fill(single, page, 1);
    check(map_or_null(0) == nullptr, 16);
    check(sys::munmap(single, page).has_value(), 17);
    exit(0);
}
