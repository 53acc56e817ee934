// Addresses, and what the kernel has mapped at them.
#pragma once

#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <array>
#include <cstddef>
#include <cstdint>
#include <span>
#include <vector>

#include "checks.hpp"

namespace observation {

inline constexpr std::size_t page = 4096;

inline std::uintptr_t number(const void* p) { return reinterpret_cast<std::uintptr_t>(p); }

inline bool is_aligned(const void* p, std::size_t alignment) { return (number(p) & (alignment - 1)) == 0; }

/// Whether the page that contains p is mapped: mincore fails for every other.
inline bool is_mapped(const void* p) {
    unsigned char residence = 0;
    return ::mincore(reinterpret_cast<void*>(number(p) & ~(page - 1)), page, &residence) == 0;
}

/// How many of n pages are resident, of which the first is the one that contains p. All of them are mapped.
inline std::size_t resident_pages(const void* p, std::size_t n) {
    std::vector<unsigned char> residence(n);
    require(::mincore(reinterpret_cast<void*>(number(p) & ~(page - 1)), n * page, residence.data()) == 0);
    std::size_t resident = 0;
    for (const unsigned char r : residence) resident += r & 1u;
    return resident;
}

/// Whether all pages that contain a byte from first up to last are resident.
inline bool is_resident(const void* first, const void* last) {
    const std::size_t n = (number(last) - 1) / page - number(first) / page + 1;
    return resident_pages(first, n) == n;
}
inline bool is_resident(const void* p) { return resident_pages(p, 1) == 1; }

/// Calls f with each character of the kernel's list of the process's mappings. Allocates nothing.
template <class F> void read_mappings(F f) {
    std::array<char, 4096> text;
    const int file = ::open("/proc/self/maps", O_RDONLY);
    require(file >= 0);
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

/// How many bytes the process has mapped. Allocates nothing, so that the difference of two calls is what happened
/// between them. The list of mappings does not contain an emulator's own memory.
inline std::size_t mapped_bytes() {
    std::size_t bytes = 0;
    // A line begins with the first address, a minus sign, the address after the last one, and a space.
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
    require(bytes != 0);
    return bytes;
}

} // namespace observation
