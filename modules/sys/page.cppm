// The size of a page, which only x86-64 fixes: a kernel for AArch64 is built for pages of 4, 16 or 64 KiB.
//
// The kernel tells a program through the auxiliary vector, which lies where only libc's start-up code finds it, and
// through /proc, which need not be there. But it also refuses to change the protection of an address that is no
// page's, and, where the address is one, changes nothing of no bytes. So the smallest power of two that it takes is asked for.
module;

#include <cstddef>

export module seg.sys:page;

import :syscall;

namespace seg::sys {

#ifdef __x86_64__

/// The size of a page in bytes: the unit of every mapping. A constant expression on x86-64; elsewhere the kernel is
/// asked when it is first needed.
export constexpr std::size_t page_size() noexcept { return 4096; }

#elif defined(__OpenBSD__)

export inline std::size_t page_size() noexcept { return static_cast<std::size_t>(libc::getpagesize()); }

#else

inline std::size_t ask_for_page_size() noexcept {
    constexpr std::size_t smallest = 4096;
    constexpr std::size_t largest = 65536;
    constexpr long einval = 22;
    std::size_t size = smallest;
    while (size != largest && enter_kernel(call::mprotect, static_cast<long>(size), 0, 0) == -einval) size *= 2;
    return size;
}

inline std::size_t known_page_size = 0; // 0 until it has been asked for

export inline std::size_t page_size() noexcept {
    // Threads that ask at the same time get the same answer, so nothing else has to be ordered.
    std::size_t size = __atomic_load_n(&known_page_size, __ATOMIC_RELAXED);
    if (size == 0) [[unlikely]] {
        size = ask_for_page_size();
        __atomic_store_n(&known_page_size, size, __ATOMIC_RELAXED);
    }
    return size;
}

#endif

} // namespace seg::sys
