// Stands in for the partition that enters the kernel: the kernel of Linux, but for the calls that a test wants refused.
module;

#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

export module seg.sys:syscall;

namespace seg::sys {

export enum class call : long {
    write = SYS_write,
    mmap = SYS_mmap,
    mprotect = SYS_mprotect,
    munmap = SYS_munmap,
    mremap = SYS_mremap,
    madvise = SYS_madvise,
    prctl = SYS_prctl,
    getpid = SYS_getpid,
    gettid = SYS_gettid
};

/// Which calls the kernel refuses, for want of memory: so many of them, after so many that it serves.
export struct refusals {
    call refused = call::write;
    std::size_t after = 0;
    std::size_t count = 0;
    std::size_t seen = 0; ///< how many there were
};
export inline refusals refuse;

/// What was named last, for a test that has set `known`: the kernel itself may know no names.
export struct naming {
    bool known = false;
    const void* address = nullptr;
    std::size_t bytes = 0;
    const char* name = nullptr;
    std::size_t seen = 0; ///< how many there were
};
export inline naming named;

// An emulator keeps an account of each page that is mapped: 64 GiB would take it gigabytes, and minutes.
#if SEG_TEST_EMULATED
inline constexpr std::size_t largest_mapping = std::size_t{160} << 20;
#else
inline constexpr std::size_t largest_mapping = static_cast<std::size_t>(-1);
#endif

inline long enter_kernel(call number, long a = 0, long b = 0, long c = 0, long d = 0, long e = 0, long f = 0) noexcept {
    if (number == refuse.refused && refuse.count != 0) {
        if (refuse.after != 0) {
            --refuse.after;
        } else {
            --refuse.count;
            ++refuse.seen;
            return -ENOMEM;
        }
    }
    if (number == call::prctl) {
        named = {named.known, reinterpret_cast<const void*>(c), static_cast<std::size_t>(d),
                 reinterpret_cast<const char*>(e), named.seen + 1};
        return named.known ? 0 : -EINVAL;
    }
    if (number == call::mmap && static_cast<std::size_t>(b) > largest_mapping) return -ENOMEM;
    const int before = errno;
    long returned = ::syscall(static_cast<long>(number), a, b, c, d, e, f);
    if (returned == -1) returned = -errno;
    errno = before;
    return returned;
}

constexpr bool is_error(long returned) noexcept { return returned < 0 && returned >= -4095; }

} // namespace seg::sys
