// Small blocks that destroyed arenas leave to the next ones, so that a short-lived arena makes no system call.
//
// Each thread keeps up to 640 KiB, and takes and leaves blocks without synchronisation. What it keeps no more goes
// home: small blocks are carved out of regions, which all threads share, and a region goes back to the system when all
// its blocks are home, unless it is the last of its kind. A block may die on another thread than the one that took it.
//
// Regions are of 256 KiB; for the smallest blocks of 2 MiB, in huge pages, where hundreds of arenas are alive at once.
// Blocks that a thread keeps hold their regions back: eleven at most, one large one among them.
//
// When a thread ends its blocks go home. An arena that is used after that, by the destructor of a thread_local or
// static object, takes its blocks from the regions directly. A child process keeps the blocks of the thread that
// forked; those that other threads kept are lost to it. Memory that comes from here holds what was written to it
// before.
//
// The idea of a cache for each thread in front of shared regions is tcmalloc's (Ghemawat and Menage).
module;

#include <cstddef>

export module seg.arena:block_cache;

import :block;

namespace seg {

/// Sizes of blocks, in bytes. Powers of two, each four times the one before.
inline constexpr std::size_t smallest_cached = std::size_t{4} * 1024;
inline constexpr std::size_t largest_cached = std::size_t{256} * 1024;

constexpr bool is_cached_size(std::size_t bytes) noexcept {
    constexpr std::size_t sizes = smallest_cached * (1 + 4 + 16 + 64);
    static_assert(smallest_cached * 64 == largest_cached);
    return (bytes & (bytes - 1)) == 0 && (bytes & sizes) != 0;
}

/// A block of one of the sizes, at a multiple of smallest_cached, in which only `home` is set; null if the system
/// refuses. Its bytes behind the header are poisoned, and may hold what was there before.
block* take_block(std::size_t bytes) noexcept;

/// Takes back what take_block gave, poisoned behind the header.
void leave_block(block* b, std::size_t bytes) noexcept;

/// Gives back to the system what destroyed arenas of this thread left to the next ones, and what no thread has a block
/// of.
/// Returns the bytes unmapped. Invalidates nothing.
export std::size_t trim_block_cache() noexcept;

} // namespace seg
