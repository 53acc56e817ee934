// The size of a page. On x86-64 it is 4 KiB. A kernel for AArch64 is built with pages of 4, 16 or 64 KiB.
//
// The kernel puts the size into the auxiliary vector and into /proc. But only libc's startup code is told where that
// vector is, and /proc may not be mounted. So page_size() calls mprotect with a length of 0, which changes nothing, and
// fails with EINVAL if the address is not a multiple of the page size. The size is the smallest power of two with which
// the call does not fail.
module;

#include <cstddef>

export module seg.sys:page;

import :syscall;

namespace seg::sys {

#ifdef __x86_64__

/// The size of a page in bytes. A mapping consists of whole pages. On x86-64 this is a constant expression. On other
/// processors the first call of a Linux program makes system calls, up to four, and later calls read a variable.
/// Thread-safe.
export constexpr std::size_t page_size() noexcept { return 4096; }

#elif defined(__OpenBSD__)

export inline std::size_t page_size() noexcept { return static_cast<std::size_t>(libc::getpagesize()); }

#else

inline std::size_t find_page_size() noexcept {
    constexpr std::size_t smallest = 4096;
    constexpr std::size_t largest = 65536;
    constexpr long einval = 22;
    std::size_t size = smallest;
    while (size != largest && enter_kernel(call::mprotect, static_cast<long>(size), 0, 0) == -einval) size *= 2;
    return size;
}

inline std::size_t known_page_size = 0; // 0: not yet known

export inline std::size_t page_size() noexcept {
    // Threads that find it at the same time store the same value, so relaxed order is enough.
    std::size_t size = __atomic_load_n(&known_page_size, __ATOMIC_RELAXED);
    if (size == 0) [[unlikely]] {
        size = find_page_size();
        __atomic_store_n(&known_page_size, size, __ATOMIC_RELAXED);
    }
    return size;
}

#endif

} // namespace seg::sys
