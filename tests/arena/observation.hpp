// What the tests see of an arena from outside: the kernel's view of memory, and the content of allocations.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <random>

namespace observation {

inline constexpr std::size_t page = 4096;
/// Bytes at the front of every block that are not handed out.
inline constexpr std::size_t header = 64;

inline std::uintptr_t number(const void* p) { return reinterpret_cast<std::uintptr_t>(p); }

inline bool is_aligned(const void* p, std::size_t alignment) { return (number(p) & (alignment - 1)) == 0; }

/// True if the page that holds p is mapped: mincore refuses every other.
inline bool is_mapped(const void* p) {
    unsigned char residence = 0;
    return ::mincore(reinterpret_cast<void*>(number(p) & ~(page - 1)), page, &residence) == 0;
}

/// Bytes of address space of the process. Allocates nothing, so that a difference is what happened in between.
inline std::size_t mapped_bytes() {
    std::array<char, 64> text{};
    const int file = ::open("/proc/self/statm", O_RDONLY);
    const ssize_t length = ::read(file, text.data(), text.size() - 1);
    ::close(file);
    BOOST_REQUIRE(length > 0);
    return std::strtoull(text.data(), nullptr, 10) * page;
}

/// The byte that is at offset i of a pattern: neighbours differ, and so do patterns.
inline unsigned char pattern(unsigned seed, std::size_t i) {
    return static_cast<unsigned char>((seed * 2654435761u >> 11) + i * 7 + (i >> 8));
}
inline void fill(void* p, std::size_t bytes, unsigned seed) {
    for (std::size_t i = 0; i != bytes; ++i) static_cast<unsigned char*>(p)[i] = pattern(seed, i);
}
inline bool holds(const void* p, std::size_t bytes, unsigned seed) {
    for (std::size_t i = 0; i != bytes; ++i)
        if (static_cast<const unsigned char*>(p)[i] != pattern(seed, i)) return false;
    return true;
}

/// A number from low to high, both included.
inline std::size_t between(std::mt19937_64& random, std::size_t low, std::size_t high) {
    return std::uniform_int_distribution<std::size_t>(low, high)(random);
}

} // namespace observation
