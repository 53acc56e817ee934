// What sanitizers and valgrind are told about memory: which bytes are allocated, and what is mapped and unmapped. In a
// build for none of these tools the functions do nothing. With them,
//
//     AddressSanitizer   reports an access to memory that is not allocated
//     MemorySanitizer    reports a branch on a value from memory that is not allocated, or not initialized since
//     valgrind           reports both, in a program that is built with SEG_MEMCHECK
//     ThreadSanitizer    reports no data race between accesses to two mappings that had one address after the other
//     RealtimeSanitizer  reports a call that maps or unmaps memory in a function that must not block
module;

#if !defined(__has_feature)
#define __has_feature(x) 0
#endif
#if defined(__SANITIZE_ADDRESS__) || __has_feature(address_sanitizer)
#define SEG_TOOL_ADDRESS_SANITIZER 1
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#elif __has_feature(memory_sanitizer)
#define SEG_TOOL_MEMORY_SANITIZER 1
#include <sanitizer/msan_interface.h>
#elif defined(__SANITIZE_THREAD__) || __has_feature(thread_sanitizer)
#define SEG_TOOL_THREAD_SANITIZER 1
#include <sanitizer/tsan_interface.h>
#elif defined(SEG_MEMCHECK)
#define SEG_TOOL_MEMCHECK 1
#include <valgrind/memcheck.h>
#endif
#if __has_feature(realtime_sanitizer)
#define SEG_TOOL_REALTIME_SANITIZER 1
#endif

#include <cstddef>

export module seg.sys:tools;

namespace seg::detail {

/// One type for each tool that the library can be compiled for, and one for none. The code that is inlined into a
/// program and the code in the library poison the same memory, so both must be compiled for the same tool. Functions
/// that are not inlined have a parameter of one of these types. A program that is compiled for another tool than the
/// library does not link: the linker names the missing function, and with it the type.
struct library_with_address_sanitizer {};
struct library_with_memory_sanitizer {};
struct library_with_thread_sanitizer {};
struct library_with_memcheck {};
struct library_without_sanitizer {};

/// The type for the tool of this build, and whether poison and unpoison do anything for it.
#if defined(SEG_TOOL_ADDRESS_SANITIZER)
export using library = library_with_address_sanitizer;
export inline constexpr bool poisons = true;
#elif defined(SEG_TOOL_MEMORY_SANITIZER)
export using library = library_with_memory_sanitizer;
export inline constexpr bool poisons = true;
#elif defined(SEG_TOOL_MEMCHECK)
export using library = library_with_memcheck;
export inline constexpr bool poisons = true;
#elif defined(SEG_TOOL_THREAD_SANITIZER)
export using library = library_with_thread_sanitizer;
export inline constexpr bool poisons = false;
#else
export using library = library_without_sanitizer;
export inline constexpr bool poisons = false;
#endif

/// Tells the tool that the bytes are not allocated.
export inline void poison([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(SEG_TOOL_ADDRESS_SANITIZER)
    __asan_poison_memory_region(p, bytes);
#elif defined(SEG_TOOL_MEMORY_SANITIZER)
    __msan_poison(p, bytes);
#elif defined(SEG_TOOL_MEMCHECK)
    VALGRIND_MAKE_MEM_NOACCESS(p, bytes);
#endif
}

/// Tells the tool that the bytes are allocated and uninitialized. Memory is also unpoisoned before it is given up.
export inline void unpoison([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(SEG_TOOL_ADDRESS_SANITIZER)
    __asan_unpoison_memory_region(p, bytes);
#elif defined(SEG_TOOL_MEMORY_SANITIZER)
    __msan_allocated_memory(p, bytes);
#elif defined(SEG_TOOL_MEMCHECK)
    VALGRIND_MAKE_MEM_UNDEFINED(p, bytes);
#endif
}

/// Tells LeakSanitizer to search the bytes for pointers: memory that they point to is no leak. Otherwise it
/// does not search a mapping that a system call made.
export inline void scan_for_owners([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_TOOL_ADDRESS_SANITIZER
    __lsan_register_root_region(p, bytes);
#endif
}

/// Ends the effect of scan_for_owners with the same arguments. To be called before the bytes are unmapped.
export inline void stop_scanning([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_TOOL_ADDRESS_SANITIZER
    __lsan_unregister_root_region(p, bytes);
#endif
}

// The system may map addresses for one thread that another thread has just unmapped. The sanitizers do not see these
// system calls. ThreadSanitizer would report a data race between the last access to the old mapping and the first
// access to the new one. So unmapping is a release and mapping an acquire, each page on its own: two threads that map
// different pages are not synchronized. MemorySanitizer would take bytes of the new mapping for uninitialized that were
// so in the old one.
#ifdef SEG_TOOL_THREAD_SANITIZER
inline constexpr std::size_t synchronized_bytes = 4096;
#endif

// RealtimeSanitizer reports a call of a function that has the attribute, with the function's name.
#ifdef SEG_TOOL_REALTIME_SANITIZER
[[gnu::noinline]] inline void seg_maps_memory() noexcept [[clang::blocking]] {}
[[gnu::noinline]] inline void seg_unmaps_memory() noexcept [[clang::blocking]] {}
#endif

/// Tells the tool that the bytes were mapped: they are zero, and accesses to an older mapping at these addresses
/// happened before.
export inline void came_from_system([[maybe_unused]] std::byte* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(SEG_TOOL_REALTIME_SANITIZER)
    seg_maps_memory();
#endif
#if defined(SEG_TOOL_THREAD_SANITIZER)
    for (std::size_t i = 0; i < bytes; i += synchronized_bytes) __tsan_acquire(memory + i);
#elif defined(SEG_TOOL_MEMORY_SANITIZER)
    __msan_unpoison(memory, bytes);
#endif
}

/// Tells the tool that the bytes are about to be unmapped.
export inline void goes_to_system([[maybe_unused]] std::byte* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(SEG_TOOL_REALTIME_SANITIZER)
    seg_unmaps_memory();
#endif
#if defined(SEG_TOOL_THREAD_SANITIZER)
    for (std::size_t i = 0; i < bytes; i += synchronized_bytes) __tsan_release(memory + i);
#elif defined(SEG_TOOL_MEMORY_SANITIZER)
    __msan_unpoison(memory, bytes);
#endif
}

} // namespace seg::detail
