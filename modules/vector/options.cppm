// How a vector takes its memory from the system.
export module seg.vector:options;

import seg.arena;
import seg.standard;

namespace seg {

/// How a pinned_vector takes memory from the system. Designated initialisers name what matters:
///
///     seg::pinned_vector<token> tokens({.max_size = 100'000'000, .pages = seg::page_kind::normal});
export struct pinned_options {
    /// The most elements there may ever be. Addresses for so many are reserved with the first element; if the system
    /// refuses, that throws std::bad_alloc. 0: for 64 GiB of elements; where the system refuses that, for half of
    /// the most that it grants, so that others find addresses, too. Set it where a program has many vectors (some 2,000
    /// of 64 GiB fit into the addresses of a process), where the system limits addresses (ulimit -v), or where more
    /// than 64 GiB are to be had.
    std::size_t max_size = 0;
    /// automatic: small ones for the first 512 KiB, huge ones behind. Set it to normal where resident memory, or the
    /// longest single push, counts more than time, to huge where megabytes are sure to be used: the first elements then
    /// have a huge page, too.
    page_kind pages = page_kind::automatic;
    /// When memory becomes resident. none: each page at its first use. next_block: all pages of a step, when the vector
    /// commits it. all: with max_size set, all pages there will ever be, with the first element; else as next_block.
    prefault_policy prefault = prefault_policy::none;
    /// What a child process finds after fork(): a copy; nothing; or zeroes. Where it is not a copy, the child has to
    /// clear, assign to or destroy the vector before anything else; destructors of elements that the parent made do not
    /// run there.
    fork_policy fork = fork_policy::inherit;
};

} // namespace seg
