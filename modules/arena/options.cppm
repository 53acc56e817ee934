// How an arena takes its memory from the system, and what it says of it.
export module seg.arena:options;

import seg.standard;

namespace seg {

/// The pages that blocks are made of.
export enum class page_kind : unsigned char {
    normal,    ///< the system's pages: the least resident memory, and a page fault each 4 KiB
    automatic, ///< huge ones of 2 MiB for blocks that have room for them, normal ones for smaller blocks
    huge,      ///< as automatic, and the first block has room for one already, whatever first_block says
};

/// When the pages of a block become resident.
export enum class prefault_policy : unsigned char {
    none,       ///< each at its first use
    next_block, ///< all of a block's when the block is mapped: no page fault between two blocks
    all,        ///< as next_block, and all that reserve sets aside at the first allocation: no page fault after it
};

/// What a child process finds in an arena's memory after fork().
export enum class fork_policy : unsigned char {
    inherit, ///< a copy, made page by page as either process writes
    exclude, ///< nothing: fork is quicker; the child has to release or destroy the arena before anything else
    wipe,    ///< zeroes: secrets stay with the parent; the child has to reset, release or destroy the arena before it
             ///< makes objects. As with exclude, destructors of what the parent made do not run there.
};

/// How an arena takes memory from the system. Designated initialisers name what matters:
///
///     seg::arena arena({.first_block = 1 << 20, .pages = seg::page_kind::huge});
///
/// By default an arena begins small, with blocks of 4, 16, 64, 256 and 256 KiB; each later one is as large as all
/// blocks in use together. Blocks of these sizes come from a cache. Each thread keeps up to 640 KiB there of what its
/// arenas gave up, so that a short-lived arena makes no system call: see trim_block_cache. Such a block may hold what
/// another arena of the program wrote to it. If first_block, reserve, pages, prefault, guard, protect, fork, buffer or
/// upstream is set, the arena does not use the cache, and its first block is of 256 KiB unless first_block says
/// otherwise.
export struct arena_options {
    /// Bytes of the first block, rounded up to whole pages (with upstream, to 16); each later block is as large as all
    /// blocks in use together. 0: chosen, as said above; with upstream, 1 KiB. Set it where megabytes are sure to be
    /// used: fewer blocks, fewer system calls. Not to gigabytes: reserve is for that. The kernel may merge two such
    /// blocks into one mapping, and then refuse to fork.
    std::size_t first_block = 0;
    /// The most bytes of a regular block, rounded up as first_block is; 0 for no limit. Set it where doubling would set
    /// too much address space aside. Below 2 MiB, regular blocks have no huge pages.
    std::size_t largest_block = 0;
    /// The most bytes that blocks may take, their headers and the buffer included; 0 for no limit. Free blocks are
    /// given up for a new one that would exceed it, once that is mapped. Set it where input decides how much is
    /// allocated.
    std::size_t max_bytes = 0;
    /// Address space in bytes that is reserved when the first block is needed, and becomes memory as it fills; 0 for
    /// none. It is the only block, but for the buffer. Set it, generously, where addresses are to be compared or
    /// compressed, or where one request may take the whole arena.
    std::size_t reserve = 0;
    /// Set it to normal where resident memory, or the longest single allocation, counts more than time (zeroing a huge
    /// page takes some hundred times as long as a small one), to huge where an arena is sure to grow.
    page_kind pages = page_kind::automatic;
    /// Set it where the time of a single allocation counts more than memory that may never be used.
    prefault_policy prefault = prefault_policy::none;
    /// An inaccessible page behind each block, so that running over its end faults. Set it while debugging. Each block
    /// then takes two mappings of the 65,530 that a process may have by default.
    bool guard = false;
    /// What is handed back by rewind and reset becomes inaccessible until it is handed out again, in whole pages, so
    /// that a use of it faults without a sanitizer. It costs system calls. Set it while debugging.
    bool protect = false;
    /// Set it in programs that fork and go on in both processes. A block for which the system refuses it is refused.
    /// The caller's buffer is the caller's to protect.
    fork_policy fork = fork_policy::inherit;
    /// Memory of the caller's, used before any is mapped, that must outlive the arena: an array on the stack serves
    /// small requests without a system call. One too small for a block's header is not used; nor is what is beyond
    /// max_bytes.
    std::span<std::byte> buffer = {};
    /// Where blocks come from instead of the system: so many bytes as are needed, aligned to alignof(std::max_align_t).
    /// Blocks given up together go back newest first. pages, prefault, guard, protect, fork and reserve then mean
    /// nothing. It must outlive the arena. Set it to count, to test, or to nest arenas.
    std::pmr::memory_resource* upstream = nullptr;
};

/// What an arena holds, exact at the time of the call.
export struct arena_stats {
    std::size_t used = 0;      ///< bytes allocated, padding and rounding included; of a large block all
    std::size_t allocated = 0; ///< bytes of all blocks, used or not, their headers included
    std::size_t peak = 0;      ///< the highest value that used ever had, in bytes
    std::size_t blocks = 0;    ///< blocks there are, in use or free, the buffer included

    // Written out: gcc 16 crashes in an importer that uses a defaulted one.
    friend constexpr bool operator==(const arena_stats& a, const arena_stats& b) noexcept {
        return a.used == b.used && a.allocated == b.allocated && a.peak == b.peak && a.blocks == b.blocks;
    }
};

} // namespace seg
