// The options of a vector's memory.
export module seg.vector:options;

import seg.arena;
import seg.standard;

namespace seg {

/// How a pinned_vector takes memory from the system. Designated initializers name what differs from the default:
///
///     seg::pinned_vector<token> tokens({.max_size = 100'000'000, .pages = seg::page_kind::normal});
///
/// A copy of a vector has the options of that vector. Copy assignment and assign leave the options as they are. Moving
/// and swapping take them along.
export struct pinned_options {
    /// The maximum size. The first element reserves addresses for that many elements. If the system refuses them, it
    /// throws std::bad_alloc.
    ///
    /// 0: 64 GiB of addresses. If the system refuses them, half as many are tried, and so on. A vector then reserves
    /// half of what is granted, so that addresses are left for others.
    ///
    /// Set it if the program has many vectors (the addresses of a process have room for about 2,000 of 64 GiB), if the
    /// system limits addresses (ulimit -v), or if a vector needs more than 64 GiB.
    std::size_t max_size = 0;
    /// automatic: small pages for the first 512 KiB, huge pages after them. normal: small pages only; set it if
    /// resident memory or the slowest push_back matters more than the total time. huge: huge pages from the first
    /// element on; set it if the vector is sure to need megabytes.
    page_kind pages = page_kind::automatic;
    /// When pages become resident. none: each when it is first used. next_block: all pages of a step when the vector
    /// commits it. all: with max_size set, all pages with the first element; otherwise as next_block.
    prefault_policy prefault = prefault_policy::none;
    /// What a child process has after fork(). inherit: a copy of the elements. exclude: no memory. wipe: memory of
    /// zeros. With exclude and wipe, the child has to clear, assign to or destroy the vector before any other use of
    /// it. The destructors of the parent's elements do not run there.
    fork_policy fork = fork_policy::inherit;
};

} // namespace seg
