// The block cache: blocks that arenas give up, for the next arenas. So a short-lived arena makes no system call.
//
// Each thread caches up to 640 KiB of blocks. It takes and gives up these without synchronization. A block that the
// thread does not cache returns to its region. A block of 256 KiB has no region, and is unmapped. All threads share the
// regions, under a mutex. A region is unmapped when none of its blocks is in use or cached, unless it is the last
// region of its block size with room for a block. A block may be given up by another thread than the one that took it.
//
// A region has 256 KiB. From the ninth region of a block size on, it has 1 MiB or, for the smallest blocks, 2 MiB in a
// huge page. A cached block keeps its region mapped: the blocks of a thread's cache are in eleven regions at most, one
// of 2 MiB and two of 1 MiB.
//
// At the end of a thread, its cache becomes empty. An arena that is used later, by the destructor of a thread_local or
// static object, takes its blocks from the regions. A child process has the cache of the thread that called fork. The
// blocks that other threads cached are leaked there. A block may contain what was written to it before.
//
// The idea of a cache for each thread in front of shared regions is tcmalloc's (Ghemawat and Menage).
export module seg.arena:block_cache;

import seg.standard;
import :block;

namespace seg {

/// The sizes of blocks, in bytes: powers of two, each four times the one before.
inline constexpr std::size_t smallest_cached = std::size_t{4} * 1024;
inline constexpr std::size_t largest_cached = std::size_t{256} * 1024;

/// Whether a block of this size comes from the block cache.
constexpr bool is_cached_size(std::size_t bytes) noexcept {
    constexpr std::size_t sizes = smallest_cached * (1 + 4 + 16 + 64);
    static_assert(smallest_cached * 64 == largest_cached);
    return (bytes & (bytes - 1)) == 0 && (bytes & sizes) != 0;
}

/// Takes a block from the cache, or maps memory for one. Null if the system refuses that. The block is at a multiple of
/// smallest_cached. Of its header only `tagged_region` is set. Its bytes after the header are poisoned, and not zeroed.
/// Precondition: is_cached_size(bytes).
block* take_block(std::size_t bytes) noexcept;

/// Gives up a block to the cache. Preconditions: it is from take_block, with this size. Its bytes after the header are
/// poisoned.
void give_up_block(block* b, std::size_t bytes) noexcept;

/// Gives up the blocks that the calling thread has cached, and unmaps each region that has no block in use or cached.
/// Destroyed arenas leave such blocks to the next ones. The caches of other threads remain.
/// Returns the bytes unmapped, without those that the system refuses to unmap. Linear in the cached blocks and the
/// regions. Invalidates nothing. May be called by several threads at a time.
export std::size_t trim_block_cache() noexcept;

} // namespace seg
