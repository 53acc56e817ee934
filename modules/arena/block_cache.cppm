// Blocks that arenas give up, for the next ones, so that a short-lived arena makes no system call.
//
// Each thread caches up to 640 KiB of blocks, and takes and leaves those without synchronisation. A block beyond that
// goes back to its region; one of 256 KiB has none and is unmapped. Regions are shared by all threads, under a lock. A
// region is unmapped when none of its blocks is in use or cached, unless it is the last of its block size with room. A
// block may be left by another thread than the one that took it.
//
// A region is of 256 KiB. Once there are eight for one size of blocks, further ones are of 1 MiB, or, for the smallest
// blocks, of 2 MiB in huge pages. A cached block keeps its region mapped: for a thread that is eleven regions at most,
// one of them of 2 MiB, two of 1 MiB.
//
// When a thread ends, its cache is emptied. An arena that is used later, by the destructor of a thread_local or static
// object, takes its blocks from the regions. A child process has the cache of the thread that forked; blocks that other
// threads had cached are leaked there. Memory from here may hold what was written to it before.
//
// The idea of a cache for each thread in front of shared regions is tcmalloc's (Ghemawat and Menage).
export module seg.arena:block_cache;

import seg.standard;
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

/// A block of one of the sizes, at a multiple of smallest_cached. Of its header only `home` is set. Its bytes behind
/// the header are poisoned, and may hold what was there before. Null if the system refuses.
block* take_block(std::size_t bytes) noexcept;

/// Gives a block up. Precondition: take_block gave it, and it is poisoned behind the header.
void leave_block(block* b, std::size_t bytes) noexcept;

/// Empties the calling thread's cache of blocks, and unmaps every region of which no block is in use or cached. Other
/// threads' caches stay. Returns the bytes unmapped. Linear in the blocks and regions. Thread-safe. Invalidates
/// nothing.
export std::size_t trim_block_cache() noexcept;

} // namespace seg
