// What the tests see of an arena from outside: the kernel's view of memory, and the content of allocations.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <random>
#include <span>

namespace observation {

inline constexpr std::size_t page = 4096;
/// Bytes at the front of every block that are not handed out.
inline constexpr std::size_t header = 64;

/// Bytes that a request for n takes.
constexpr std::size_t rounded(std::size_t n) { return n == 0 ? 8 : (n + 7) / 8 * 8; }

inline std::uintptr_t number(const void* p) { return reinterpret_cast<std::uintptr_t>(p); }

inline bool is_aligned(const void* p, std::size_t alignment) { return (number(p) & (alignment - 1)) == 0; }

/// True if the page that holds p is mapped: mincore refuses every other.
inline bool is_mapped(const void* p) {
    unsigned char residence = 0;
    return ::mincore(reinterpret_cast<void*>(number(p) & ~(page - 1)), page, &residence) == 0;
}

/// Calls f with each character of the list of the process's mappings, a line each. Allocates nothing.
template <class F> void read_mappings(F f) {
    std::array<char, 4096> text;
    const int file = ::open("/proc/self/maps", O_RDONLY);
    BOOST_REQUIRE(file >= 0);
    for (ssize_t length = 0; (length = ::read(file, text.data(), text.size())) > 0;)
        for (const char c : std::span(text).first(static_cast<std::size_t>(length))) f(c);
    ::close(file);
}

/// How many mappings the process has.
inline std::size_t mappings() {
    std::size_t lines = 0;
    read_mappings([&](char c) { lines += c == '\n'; });
    return lines;
}

/// Bytes of address space of the process. Allocates nothing, so that a difference is what happened in between. From the
/// list of mappings, in which an emulator's own memory is not.
inline std::size_t mapped_bytes() {
    std::size_t bytes = 0;
    // A line begins with the first address, a minus sign, the address behind the last one, and a space.
    std::size_t address = 0;
    bool in_addresses = true;
    read_mappings([&](char c) {
        if (c == '\n') {
            in_addresses = true;
        } else if (in_addresses && (c == '-' || c == ' ')) {
            bytes = c == '-' ? bytes - address : bytes + address;
            address = 0;
            in_addresses = c == '-';
        } else if (in_addresses) {
            address = address * 16 + static_cast<std::size_t>(c <= '9' ? c - '0' : c - 'a' + 10);
        }
    });
    BOOST_REQUIRE(bytes != 0);
    return bytes;
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
