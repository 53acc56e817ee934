// What AddressSanitizer is told about memory that lies in a block but is nobody's. Not exported; without the sanitizer
// nothing is done.
module;

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define SEG_ARENA_POISONS 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEG_ARENA_POISONS 1
#endif
#endif
#ifdef SEG_ARENA_POISONS
#include <sanitizer/asan_interface.h>
#endif

export module seg.arena:poison;

namespace seg {

/// From here on an access to these bytes is reported.
inline void poison([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_ARENA_POISONS
    __asan_poison_memory_region(p, bytes);
#endif
}

/// From here on these bytes may be used.
inline void unpoison([[maybe_unused]] const void* p, [[maybe_unused]] std::size_t bytes) noexcept {
#ifdef SEG_ARENA_POISONS
    __asan_unpoison_memory_region(p, bytes);
#endif
}

} // namespace seg
