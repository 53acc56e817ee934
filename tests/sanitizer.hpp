// Which sanitizer the program has, and what AddressSanitizer says of addresses.
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

#if defined(__SANITIZE_THREAD__)
inline constexpr bool thread_sanitized = true;
#elif defined(__has_feature)
inline constexpr bool thread_sanitized = __has_feature(thread_sanitizer);
#else
inline constexpr bool thread_sanitized = false;
#endif

/// Whether an access would be reported; without the sanitizer none would.
inline bool poisoned([[maybe_unused]] const void* p) {
#ifdef SEG_TEST_SANITIZED
    return __asan_address_is_poisoned(p) != 0;
#else
    return false;
#endif
}

inline bool any_poisoned(const void* p, std::size_t bytes) {
    for (std::size_t i = 0; i != bytes; ++i)
        if (poisoned(static_cast<const char*>(p) + i)) return true;
    return false;
}

/// Whether an access to any of these bytes would be reported. Without the sanitizer nobody knows, and this is true.
inline bool all_poisoned(const void* p, std::size_t bytes) {
    for (std::size_t i = 0; sanitized && i != bytes; ++i)
        if (!poisoned(static_cast<const char*>(p) + i)) return false;
    return true;
}

/// From now on an access would be reported.
inline void make_poisoned([[maybe_unused]] void* p, [[maybe_unused]] std::size_t bytes) {
#ifdef SEG_TEST_SANITIZED
    __asan_poison_memory_region(p, bytes);
#endif
}
