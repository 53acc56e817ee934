// The kernel's memory flags as enumerations, so that a protection cannot be passed as a mapping flag.
//
// The values are those of Linux's <asm-generic/mman.h>, which x86-64, AArch64 and RISC-V share, and those of OpenBSD's
// <sys/mman.h>. A flag that a system does not have has no enumerator there, so a program that uses it does not compile.
export module seg.sys:flags;

namespace seg::sys {

/// Which accesses to pages are allowed. A bitmask.
export enum class prot : int {
    none = 0x0,
    read = 0x1,
    write = 0x2,
    exec = 0x4,
};

#ifndef __OpenBSD__

/// How pages are mapped. A bitmask, with exactly one of shared and private_.
export enum class map_flag : int {
    shared = 0x01,              ///< writes are visible in the file and in other processes that map it
    private_ = 0x02,            ///< writes are visible in this process only
    fixed = 0x10,               ///< maps at the hint, and unmaps what is mapped there
    fixed_noreplace = 0x100000, ///< maps at the hint, or fails with EEXIST if something is mapped there (Linux 4.17)
    anonymous = 0x20,           ///< memory that is zero, no file
    noreserve = 0x4000,         ///< reserves no swap space
    populate = 0x8000,          ///< makes the pages resident
    stack = 0x20000,            ///< for a stack
    hugetlb = 0x40000,          ///< takes pages from the pool of huge pages
};

/// What mremap may do besides growing or shrinking a mapping in place. A bitmask.
export enum class remap_flag : int {
    none = 0x0,
    maymove = 0x1,   ///< the mapping may move
    fixed = 0x2,     ///< moves the mapping to the new address, and unmaps what is mapped there; needs maymove
    dontunmap = 0x4, ///< the old range remains mapped, and is zero; needs maymove (Linux 5.7)
};

/// What madvise tells the kernel about a range. Not a bitmask: one for each call.
export enum class advice : int {
    normal = 0,          ///< no particular order of accesses
    random = 1,          ///< accesses in random order
    sequential = 2,      ///< accesses in ascending order
    willneed = 3,        ///< accesses soon
    dontneed = 4,        ///< frees the pages at once; anonymous memory that is private is zero afterwards
    free = 8,            ///< the kernel may free the pages when memory is short, until they are written to
    dontfork = 10,       ///< a child process does not have the range
    dofork = 11,         ///< a child process has the range (undoes dontfork)
    hugepage = 14,       ///< huge pages if possible
    nohugepage = 15,     ///< no huge pages
    dontdump = 16,       ///< not in core dumps
    dodump = 17,         ///< in core dumps (undoes dontdump)
    wipeonfork = 18,     ///< in a child process the range is zero
    keeponfork = 19,     ///< in a child process the range has its content (undoes wipeonfork)
    populate_read = 22,  ///< makes the pages resident for reading (Linux 5.14)
    populate_write = 23, ///< makes the pages resident for writing (Linux 5.14)
};

#else

/// How pages are mapped. A bitmask, with exactly one of shared and private_.
export enum class map_flag : int {
    shared = 0x0001,          ///< writes are visible in the file and in other processes that map it
    private_ = 0x0002,        ///< writes are visible in this process only
    fixed = 0x0010,           ///< maps at the hint, and unmaps what is mapped there
    fixed_noreplace = 0x0810, ///< maps at the hint, or fails if something is mapped there; contains fixed
    anonymous = 0x1000,       ///< memory that is zero, no file
    noreserve = 0x0000,       ///< no effect: OpenBSD reserves no swap space
    stack = 0x4000,   ///< for a stack: the stack pointer may be in it; needs private_, anonymous, read and write
    conceal = 0x8000, ///< not in core dumps
};

/// What madvise tells the kernel about a range. Not a bitmask: one for each call.
export enum class advice : int {
    normal = 0,     ///< no particular order of accesses
    random = 1,     ///< accesses in random order
    sequential = 2, ///< accesses in ascending order
    willneed = 3,   ///< accesses soon
    dontneed = 4,   ///< the kernel may take these pages before others; they keep their content
    free = 6,       ///< the content is not needed any more
};

#endif

template <class E> inline constexpr bool is_bitmask = false;
template <> inline constexpr bool is_bitmask<prot> = true;
template <> inline constexpr bool is_bitmask<map_flag> = true;
#ifndef __OpenBSD__
template <> inline constexpr bool is_bitmask<remap_flag> = true;
#endif

/// An enumeration whose values can be combined: prot, map_flag, and remap_flag. Values of different ones cannot.
export template <class E>
concept bitmask = is_bitmask<E>;

export template <bitmask E> constexpr E operator|(E a, E b) noexcept {
    return static_cast<E>(static_cast<int>(a) | static_cast<int>(b));
}
export template <bitmask E> constexpr E operator&(E a, E b) noexcept {
    return static_cast<E>(static_cast<int>(a) & static_cast<int>(b));
}
export template <bitmask E> constexpr E operator^(E a, E b) noexcept {
    return static_cast<E>(static_cast<int>(a) ^ static_cast<int>(b));
}
export template <bitmask E> constexpr E operator~(E a) noexcept { return static_cast<E>(~static_cast<int>(a)); }
export template <bitmask E> constexpr E& operator|=(E& a, E b) noexcept { return a = a | b; }
export template <bitmask E> constexpr E& operator&=(E& a, E b) noexcept { return a = a & b; }
export template <bitmask E> constexpr E& operator^=(E& a, E b) noexcept { return a = a ^ b; }

static_assert(bitmask<prot> && bitmask<map_flag> && !bitmask<advice> && !bitmask<int>);

} // namespace seg::sys
