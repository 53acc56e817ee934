// What AddressSanitizer is told about memory that was taken but is nobody's yet, and ThreadSanitizer about memory that
// comes and goes. Without a sanitizer nothing is done.
module;

#if defined(__SANITIZE_ADDRESS__)
#define SEG_ARENA_POISONS 1
#elif defined(__SANITIZE_THREAD__)
#define SEG_ARENA_HANDS_ON 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEG_ARENA_POISONS 1
#elif __has_feature(thread_sanitizer)
#define SEG_ARENA_HANDS_ON 1
#endif
#endif
#ifdef SEG_ARENA_POISONS
#include <sanitizer/asan_interface.h>
#include <sanitizer/lsan_interface.h>
#endif
#ifdef SEG_ARENA_HANDS_ON
#include <sanitizer/tsan_interface.h>
#endif

export module seg.arena:poison;

import seg.standard;

namespace seg {

/// The library as it is compiled with AddressSanitizer, and without. An arena's inlined half and the half in the
/// library keep account together, so both have to be one or the other: the slow paths take one of these types, and a
/// program that mixes them does not link, for want of a function that says so by its name.
struct library_with_address_sanitizer {};
struct library_without_address_sanitizer {};

/// Whether AddressSanitizer is there to be told.
#ifdef SEG_ARENA_POISONS
inline constexpr bool poisons = true;
using library = library_with_address_sanitizer;
#else
inline constexpr bool poisons = false;
using library = library_without_address_sanitizer;
#endif

/// From here on AddressSanitizer reports an access to these bytes.
export inline void poison([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_ARENA_POISONS
    __asan_poison_memory_region(p, bytes);
#endif
}

/// From here on these bytes may be used again; say so before memory is given back.
export inline void unpoison([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_ARENA_POISONS
    __asan_unpoison_memory_region(p, bytes);
#endif
}

/// What is owned from within these bytes is no leak: LeakSanitizer does not see memory that was mapped behind its back.
inline void scan_for_owners([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_ARENA_POISONS
    __lsan_register_root_region(p, bytes);
#endif
}

/// Ends what scan_for_owners began, with the same arguments, before the bytes are unmapped.
inline void stop_scanning([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_ARENA_POISONS
    __lsan_unregister_root_region(p, bytes);
#endif
}

// The system may give one thread the addresses that another has just let go of. ThreadSanitizer, which does not see
// either, would report a race between the last access to the old memory and the first to the new. It is told page by
// page, so that nothing is taken for synchronised that only maps memory at the same time.
#ifdef SEG_ARENA_HANDS_ON
inline constexpr std::size_t handed_on_together = 4096;
#endif

/// Memory was taken from the system: whatever was done to what was at its addresses before is over.
inline void came_from_system([[maybe_unused]] std::byte* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_ARENA_HANDS_ON
    for (std::size_t i = 0; i < bytes; i += handed_on_together) __tsan_acquire(memory + i);
#endif
}

/// Memory is about to go back to the system.
inline void goes_to_system([[maybe_unused]] std::byte* memory, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_ARENA_HANDS_ON
    for (std::size_t i = 0; i < bytes; i += handed_on_together) __tsan_release(memory + i);
#endif
}

} // namespace seg
