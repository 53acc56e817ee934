// Stands in for the partition that enters the kernel: a kernel whose pages are as large as a test wants them, of which
// seg.sys asks nothing but their size.
export module seg.sys:syscall;

namespace seg::sys {

enum class call : long { write, mmap, mprotect, munmap, mremap, madvise, prctl, getpid, gettid };

/// Bytes of a page; a power of two.
export inline long page_of_the_kernel = 0;

/// How often the kernel was entered.
export inline int entries = 0;

inline long enter_kernel(call number, long a = 0, long b = 0, long c = 0, long = 0, long = 0, long = 0) noexcept {
    constexpr long einval = 22;
    constexpr long enosys = 38;
    ++entries;
    if (number != call::mprotect) return -enosys;
    return a % page_of_the_kernel != 0 || b != 0 || c != 0 ? -einval : 0;
}

constexpr bool is_error(long returned) noexcept { return returned < 0; }

} // namespace seg::sys
