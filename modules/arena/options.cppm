// The options of an arena, and the figures that it reports.
export module seg.arena:options;

import seg.standard;

namespace seg {

/// The pages that blocks consist of.
export enum class page_kind : unsigned char {
    normal,    ///< the system's pages: the least resident memory, and a page fault every 4 KiB
    automatic, ///< huge pages of 2 MiB in blocks that have room for one, normal pages in smaller blocks
    huge,      ///< as automatic, and the first block has room for a huge page, even if first_block is less
};

/// When the pages of a block become resident.
export enum class prefault_policy : unsigned char {
    none,       ///< each page at its first use
    next_block, ///< all pages of a block when the block is mapped: no page fault until the next block
    all,        ///< as next_block, and with reserve everything reserved at the first allocation: no page fault after it
};

/// What a child process sees of an arena's memory after fork(). With exclude and wipe, the child does not destroy the
/// objects that the parent created.
/// Preconditions: with exclude, the child releases or destroys the arena before it uses it in any other way. With wipe,
/// the child resets, releases or destroys the arena before it creates objects.
export enum class fork_policy : unsigned char {
    inherit, ///< a copy: a page is copied when one of the processes writes to it
    exclude, ///< nothing: fork takes less time
    wipe,    ///< zeros: the child cannot read secrets of the parent
};

/// How an arena obtains memory. Designated initializers set what matters:
///
///     seg::arena arena({.first_block = 1 << 20, .pages = seg::page_kind::huge});
///
/// By default an arena begins with blocks of 4, 16, 64, 256 and 256 KiB. Each later block is as large as all blocks in
/// use together. Blocks of 4, 16, 64 and 256 KiB come from the block cache: each thread caches up to 640 KiB of the
/// blocks that its arenas gave up, so that a short-lived arena makes no system call (see trim_block_cache). Such a
/// block may contain what another arena of the program wrote to it.
///
/// The arena does not use the block cache if first_block, reserve, pages, prefault, guard, protect, fork, buffer or
/// upstream is set. first_block is then 256 KiB by default, or 1 KiB with upstream, and at least 2,080 KiB with
/// page_kind::huge.
export struct arena_options {
    /// The size of the first block in bytes, the buffer aside, rounded up to whole pages, or with upstream to 16 bytes.
    /// Each later block is as large as all blocks in use together, and at least as large as this. 0: as said above. Set
    /// it if an arena is sure to need megabytes: it then obtains fewer blocks, with fewer system calls. For gigabytes
    /// set reserve instead: the kernel may merge two blocks of gigabytes into one mapping, and then refuse to fork.
    std::size_t first_block = 0;
    /// The maximum size of a regular block in bytes, rounded up as first_block is. 0: no limit. Set it if blocks that
    /// double would take too many addresses. Below 2 MiB, regular blocks have no huge pages.
    std::size_t largest_block = 0;
    /// The maximum size of all blocks in bytes, headers and the buffer included. 0: no limit. If a new block would
    /// exceed it, and would not without the free blocks, these are given up as soon as the new block is there. Set it
    /// if input decides how much is allocated.
    std::size_t max_bytes = 0;
    /// Bytes of addresses that are reserved when the first block is needed, and committed step by step. 0: none. They
    /// are one block, and besides the buffer the only one. Set it, generously, if addresses are compared or compressed,
    /// or if one request may need the whole arena.
    std::size_t reserve = 0;
    /// Set it to normal if resident memory or the longest single allocation matters more than the total time: zeroing a
    /// huge page takes some hundred times as long as a normal one. Set it to huge if an arena is sure to grow.
    page_kind pages = page_kind::automatic;
    /// Set it if the time of a single allocation matters more than memory that may never be used.
    prefault_policy prefault = prefault_policy::none;
    /// An inaccessible page after each block, so that an access after its end faults. Set it for debugging. Each block
    /// then needs two mappings of the 65,530 that a process may have by default.
    bool guard = false;
    /// Whole pages that rewind and reset deallocate become inaccessible until they are allocated again, so that an
    /// access to them faults without a sanitizer. Set it for debugging. It costs system calls.
    bool protect = false;
    /// Set it in programs that fork, and continue in both processes. If the system cannot apply it to a new block, the
    /// allocation fails. It does not apply to the buffer.
    fork_policy fork = fork_policy::inherit;
    /// Memory of the caller that is the first block: with an array on the stack, small requests need no system call. It
    /// is not used if it has no room for a block's header, nor beyond max_bytes. Precondition: it outlives the arena.
    std::span<std::byte> buffer = {};
    /// The resource that blocks are allocated from, instead of the system, with an alignment of
    /// alignof(std::max_align_t). When several blocks are given up, the newest is deallocated first. With upstream the
    /// arena ignores pages, prefault, guard, protect, fork and reserve. Set it to count or limit memory, in tests, or
    /// to nest arenas.
    /// Precondition: it outlives the arena.
    std::pmr::memory_resource* upstream = nullptr;
};

/// The figures of an arena at the time of arena::stats.
export struct arena_stats {
    std::size_t used = 0;      ///< bytes allocated, including padding and rounding; a large block counts as a whole
    std::size_t allocated = 0; ///< bytes of all blocks, in use or free, including their headers
    std::size_t peak = 0;      ///< the highest value of used so far
    std::size_t blocks = 0;    ///< the number of blocks, in use or free, including the buffer

    /// True if all figures are equal. (Not defaulted: gcc 16 crashes in an importer that uses a defaulted one.)
    friend constexpr bool operator==(const arena_stats& a, const arena_stats& b) noexcept {
        return a.used == b.used && a.allocated == b.allocated && a.peak == b.peak && a.blocks == b.blocks;
    }
};

} // namespace seg
