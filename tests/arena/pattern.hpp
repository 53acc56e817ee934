// A pattern that a test writes into memory, and finds again if nothing else has written there.
#pragma once

#include <cstddef>

namespace observation {

/// The byte at index i of a pattern. Neighbouring bytes differ, and so do the patterns of two seeds.
inline unsigned char pattern(unsigned seed, std::size_t i) {
    return static_cast<unsigned char>((seed * 2654435761u >> 11) + i * 7 + (i >> 8));
}

/// Writes the pattern, from an index on: what is before it stays as it is.
inline void fill(void* p, std::size_t bytes, unsigned seed, std::size_t from = 0) {
    for (std::size_t i = from; i < bytes; ++i) static_cast<unsigned char*>(p)[i] = pattern(seed, i);
}

inline bool holds(const void* p, std::size_t bytes, unsigned seed) {
    for (std::size_t i = 0; i != bytes; ++i)
        if (static_cast<const unsigned char*>(p)[i] != pattern(seed, i)) return false;
    return true;
}

} // namespace observation
