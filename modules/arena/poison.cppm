// What tools that watch memory are told: which bytes are allocated, which were never written to, and what comes from the
// system and goes back. Without such a tool nothing is done.
//
//     AddressSanitizer   an access to what is not allocated
//     MemorySanitizer    a decision that depends on what is not allocated, or was not written to since
//     valgrind           both, in a program that was built with SEG_MEMCHECK
//     ThreadSanitizer    races, but none between two lives of one address
//     RealtimeSanitizer  an allocation that maps memory, or a call that unmaps it, where nothing may block
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

export module seg.arena:poison;

import seg.standard;

namespace seg {

/// The library as it is compiled for each of these tools, and for none. What is inlined into a program and what is in the
/// library keep account together, so both have to be for the same tool: the slow paths take one of these types, and a
/// program that mixes them does not link, for want of a function that says so by its name.
struct library_with_address_sanitizer {};
struct library_with_memory_sanitizer {};
struct library_with_thread_sanitizer {};
struct library_with_memcheck {};
struct library_without_sanitizer {};

/// Which one it is, and whether it is to be told what is allocated.
#if defined(SEG_TOOL_ADDRESS_SANITIZER)
export using library = library_with_address_sanitizer;
inline constexpr bool poisons = true;
#elif defined(SEG_TOOL_MEMORY_SANITIZER)
export using library = library_with_memory_sanitizer;
inline constexpr bool poisons = true;
#elif defined(SEG_TOOL_MEMCHECK)
export using library = library_with_memcheck;
inline constexpr bool poisons = true;
#elif defined(SEG_TOOL_THREAD_SANITIZER)
export using library = library_with_thread_sanitizer;
inline constexpr bool poisons = false;
#else
export using library = library_without_sanitizer;
inline constexpr bool poisons = false;
#endif

/// These bytes are not allocated, from here on.
export inline void poison([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(SEG_TOOL_ADDRESS_SANITIZER)
    __asan_poison_memory_region(p, bytes);
#elif defined(SEG_TOOL_MEMORY_SANITIZER)
    __msan_poison(p, bytes);
#elif defined(SEG_TOOL_MEMCHECK)
    VALGRIND_MAKE_MEM_NOACCESS(p, bytes);
#endif
}

/// These bytes are allocated, or go back to where they came from, and what they hold counts for nothing.
export inline void unpoison([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(SEG_TOOL_ADDRESS_SANITIZER)
    __asan_unpoison_memory_region(p, bytes);
#elif defined(SEG_TOOL_MEMORY_SANITIZER)
    __msan_allocated_memory(p, bytes);
#elif defined(SEG_TOOL_MEMCHECK)
    VALGRIND_MAKE_MEM_UNDEFINED(p, bytes);
#endif
}

/// What is owned from within these bytes is no leak: LeakSanitizer does not see memory that was mapped behind its back.
inline void scan_for_owners([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_TOOL_ADDRESS_SANITIZER
    __lsan_register_root_region(p, bytes);
#endif
}

/// Ends what scan_for_owners began, with the same arguments, before the bytes are unmapped.
inline void stop_scanning([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_TOOL_ADDRESS_SANITIZER
    __lsan_unregister_root_region(p, bytes);
#endif
}

// The system may give one thread the addresses that another has just let go of. ThreadSanitizer, which does not see
// either, would report a race between the last access to the old memory and the first to the new. It is told page by
// page, so that nothing is taken for synchronised that only maps memory at the same time. MemorySanitizer does not see
// either, too, and would remember of the new memory what it knew of the old.
#ifdef SEG_TOOL_THREAD_SANITIZER
inline constexpr std::size_t handed_on_together = 4096;
#endif

// RealtimeSanitizer is told by the attribute; its report has the name.
#ifdef SEG_TOOL_REALTIME_SANITIZER
[[gnu::noinline]] inline void seg_maps_memory() noexcept [[clang::blocking]] {}
[[gnu::noinline]] inline void seg_unmaps_memory() noexcept [[clang::blocking]] {}
#endif

/// Memory was taken from the system: it is zero, and whatever was done to what was at its addresses before is over.
inline void came_from_system([[maybe_unused]] std::byte* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(SEG_TOOL_REALTIME_SANITIZER)
    seg_maps_memory();
#endif
#if defined(SEG_TOOL_THREAD_SANITIZER)
    for (std::size_t i = 0; i < bytes; i += handed_on_together) __tsan_acquire(memory + i);
#elif defined(SEG_TOOL_MEMORY_SANITIZER)
    __msan_unpoison(memory, bytes);
#endif
}

/// Memory is about to go back to the system.
inline void goes_to_system([[maybe_unused]] std::byte* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#if defined(SEG_TOOL_REALTIME_SANITIZER)
    seg_unmaps_memory();
#endif
#if defined(SEG_TOOL_THREAD_SANITIZER)
    for (std::size_t i = 0; i < bytes; i += handed_on_together) __tsan_release(memory + i);
#elif defined(SEG_TOOL_MEMORY_SANITIZER)
    __msan_unpoison(memory, bytes);
#endif
}

} // namespace seg
