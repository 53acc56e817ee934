// Mapping memory: mmap and its kin, each a thin typed cover of the system call of the same name.
//
// Lengths and offsets are bytes. The manual page of each call (man 2 mmap, ...) lists the error numbers.
module;

#include <cstddef>
#include <cstdint>

export module seg.sys:memory;

import :flags;
import :result;
import :syscall;

namespace seg::sys {

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

/// Maps length bytes of the file fd from offset on, or of zeroed memory with map_flag::anonymous.
/// The hint is where the kernel tries first; null leaves the choice to it. offset is a multiple of page_size().
/// Returns the address of the mapping, a multiple of page_size().
export inline result<void*> mmap(void* hint, std::size_t length, prot protection, map_flag flags, int fd = -1,
                                 std::int64_t offset = 0) noexcept {
    return as_address(enter_kernel(call::mmap, as_argument(hint), as_argument(length), static_cast<long>(protection),
                                   static_cast<long>(flags), fd, offset));
}

/// Unmaps every page that has a byte in the length bytes from address on. A range in which something is not mapped is no
/// error on Linux, and EINVAL on OpenBSD.
export inline result<void> munmap(void* address, std::size_t length) noexcept {
    return as_success(enter_kernel(call::munmap, as_argument(address), as_argument(length), 0));
}

/// Sets the protection of every page that has a byte in the length bytes from address on.
export inline result<void> mprotect(void* address, std::size_t length, prot protection) noexcept {
    return as_success(
        enter_kernel(call::mprotect, as_argument(address), as_argument(length), static_cast<long>(protection)));
}

/// Tells the kernel how the length bytes from address on are going to be used.
export inline result<void> madvise(void* address, std::size_t length, advice use) noexcept {
    return as_success(enter_kernel(call::madvise, as_argument(address), as_argument(length), static_cast<long>(use)));
}

#ifndef __OpenBSD__

/// Grows or shrinks a mapping of old_length bytes to new_length bytes, moving it if the flags allow.
/// new_address counts only with remap_flag::fixed or dontunmap. Returns the address of the mapping. Not on OpenBSD.
export inline result<void*> mremap(void* address, std::size_t old_length, std::size_t new_length,
                                   remap_flag flags = remap_flag::none, void* new_address = nullptr) noexcept {
    return as_address(enter_kernel(call::mremap, as_argument(address), as_argument(old_length), as_argument(new_length),
                                   static_cast<long>(flags), as_argument(new_address)));
}

/// Names the anonymous mappings from address on: /proc/PID/maps shows "[anon:name]" for them. name: at most 79 printable
/// characters, without []\\$`; address and length are multiples of page_size(). EINVAL where the kernel was built without
/// such names (CONFIG_ANON_VMA_NAME, Linux 5.17). This is prctl's PR_SET_VMA. Not on OpenBSD.
export inline result<void> name_mapping(void* address, std::size_t length, const char* name) noexcept {
    constexpr long set_vma = 0x53564d41, anonymous_name = 0;
    return as_success(enter_kernel(call::prctl, set_vma, anonymous_name, as_argument(address), as_argument(length),
                                   as_argument(name)));
}

#endif

} // namespace seg::sys
