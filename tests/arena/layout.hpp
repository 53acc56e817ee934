// Where an arena places allocations in a block: after the block's header, each after a red zone. It imports seg.arena,
// so it is included after every other header.
#pragma once

#include <cstddef>

import seg.arena;

namespace observation {

/// The bytes of a block's header.
inline constexpr std::size_t header = 64;
/// The bytes of the red zone before each allocation. There are none without a tool that watches memory.
inline constexpr std::size_t gap = seg::arena::red_zone;
/// The bytes of a block before its first allocation.
inline constexpr std::size_t front = header + gap;

constexpr std::size_t round_up(std::size_t n, std::size_t unit) { return (n + unit - 1) / unit * unit; }

/// The bytes that an allocation of n bytes takes.
constexpr std::size_t rounded(std::size_t n) { return n == 0 ? 8 : round_up(n, 8); }

} // namespace observation
