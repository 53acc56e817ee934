// What AddressSanitizer thinks of an address, and whether it is there at all.
#pragma once

#include <cstddef>

#if defined(__SANITIZE_ADDRESS__)
#define SEG_TEST_SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer)
#define SEG_TEST_SANITIZED 1
#endif
#endif
#ifdef SEG_TEST_SANITIZED
#include <sanitizer/asan_interface.h>

inline constexpr bool sanitized = true;
#else
inline constexpr bool sanitized = false;
#endif

/// Whether an access would be reported; without the sanitizer none would.
inline bool poisoned([[maybe_unused]] const void* p) {
#ifdef SEG_TEST_SANITIZED
    return __asan_address_is_poisoned(p) != 0;
#else
    return false;
#endif
}

/// From now on an access would be.
inline void make_poisoned([[maybe_unused]] void* p, [[maybe_unused]] std::size_t bytes) {
#ifdef SEG_TEST_SANITIZED
    __asan_poison_memory_region(p, bytes);
#endif
}
