// Memory calls: mmap and others, each a typed function for the system call of the same name.
//
// Lengths and offsets are in bytes. The manual page of each call (man 2 mmap, ...) lists the error numbers.
module;

#include <cstddef>
#include <cstdint>

export module seg.sys:memory;

import :flags;
import :result;
import :syscall;

namespace seg::sys {

// From arguments to registers, and from what enter_kernel returns to results.

inline long as_argument(const void* address) noexcept { return reinterpret_cast<long>(address); }
inline long as_argument(std::size_t bytes) noexcept { return static_cast<long>(bytes); }

inline result<void*> as_address(long returned) noexcept {
    if (is_error(returned)) return failure{static_cast<int>(-returned)};
    return reinterpret_cast<void*>(returned);
}
inline result<void> as_success(long returned) noexcept {
    if (is_error(returned)) return failure{static_cast<int>(-returned)};
    return {};
}

/// Maps length bytes: of the file fd from offset on or, with map_flag::anonymous, of memory that is zero. The kernel
/// tries to map them at the hint first, unless it is null. offset is a multiple of page_size(). Returns the address of
/// the mapping, which is a multiple of page_size().
export inline result<void*> mmap(void* hint, std::size_t length, prot protection, map_flag flags, int fd = -1,
                                 std::int64_t offset = 0) noexcept {
    return as_address(enter_kernel(call::mmap, as_argument(hint), as_argument(length), static_cast<long>(protection),
                                   static_cast<long>(flags), fd, offset));
}

/// Unmaps the pages that contain the length bytes from address on. address is a multiple of page_size(). If some of the
/// pages are not mapped, the call succeeds on Linux and fails with EINVAL on OpenBSD. Invalidates everything in them.
export inline result<void> munmap(void* address, std::size_t length) noexcept {
    return as_success(enter_kernel(call::munmap, as_argument(address), as_argument(length)));
}

/// Sets the protection of the pages that contain the length bytes from address on. address is a multiple of
/// page_size().
export inline result<void> mprotect(void* address, std::size_t length, prot protection) noexcept {
    return as_success(
        enter_kernel(call::mprotect, as_argument(address), as_argument(length), static_cast<long>(protection)));
}

/// Tells the kernel how the length bytes from address on will be used, or what to do with their pages. address is a
/// multiple of page_size().
export inline result<void> madvise(void* address, std::size_t length, advice use) noexcept {
    return as_success(enter_kernel(call::madvise, as_argument(address), as_argument(length), static_cast<long>(use)));
}

#ifndef __OpenBSD__

/// Grows or shrinks a mapping from old_length to new_length bytes, and moves it if the flags allow that. Moving
/// invalidates addresses in it. new_address is used only with remap_flag::fixed or dontunmap. Returns the address of
/// the mapping. Linux only.
export inline result<void*> mremap(void* address, std::size_t old_length, std::size_t new_length,
                                   remap_flag flags = remap_flag::none, void* new_address = nullptr) noexcept {
    return as_address(enter_kernel(call::mremap, as_argument(address), as_argument(old_length), as_argument(new_length),
                                   static_cast<long>(flags), as_argument(new_address)));
}

/// Names the anonymous mappings in the length bytes from address on: /proc/PID/maps shows them as "[anon:name]". The
/// name has at most 79 characters, which are printable and none of []\\$`. address and length are multiples of
/// page_size(). Fails with EINVAL if the kernel was built without names (CONFIG_ANON_VMA_NAME, Linux 5.17). This is
/// prctl's PR_SET_VMA. Linux only.
export inline result<void> name_mapping(void* address, std::size_t length, const char* name) noexcept {
    constexpr long set_vma = 0x53564d41, anonymous_name = 0;
    return as_success(enter_kernel(call::prctl, set_vma, anonymous_name, as_argument(address), as_argument(length),
                                   as_argument(name)));
}

#endif

} // namespace seg::sys
