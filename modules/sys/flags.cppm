// The kernel's memory flags as types, so that a protection cannot be passed where a mapping flag belongs.
//
// The values are those of Linux's <asm-generic/mman.h>, which x86-64, AArch64 and RISC-V share, and of OpenBSD's
// <sys/mman.h>. What a system does not have has no enumerator there, so that a program that needs it does not compile.
export module seg.sys:flags;

namespace seg::sys {

/// What may be done with the pages of a mapping. A bitmask.
export enum class prot : int {
    none = 0x0,
    read = 0x1,
    write = 0x2,
    exec = 0x4,
};

#ifndef __OpenBSD__

/// How a mapping is made. A bitmask; exactly one of shared and private_ must be in it.
export enum class map_flag : int {
    shared = 0x01,              ///< writes reach the file and the other processes that map it
    private_ = 0x02,            ///< writes stay in this process
    fixed = 0x10,               ///< exactly at the hint, replacing what is mapped there
    fixed_noreplace = 0x100000, ///< exactly at the hint, or EEXIST where something is mapped (Linux 4.17)
    anonymous = 0x20,           ///< zeroed memory, no file
    noreserve = 0x4000,         ///< no swap space is set aside
    populate = 0x8000,          ///< the pages are there when the call returns
    stack = 0x20000,            ///< an address suitable for a stack
    hugetlb = 0x40000,          ///< pages from the huge page pool
};

/// What mremap may do besides growing or shrinking in place. A bitmask.
export enum class remap_flag : int {
    none = 0x0,
    maymove = 0x1,   ///< the mapping may move
    fixed = 0x2,     ///< to exactly the new address, replacing what is mapped there; needs maymove
    dontunmap = 0x4, ///< the old range stays mapped and reads as zeroes; needs maymove (Linux 5.7)
};

/// What a program tells the kernel about its use of a range. Not a bitmask: one advice a call.
export enum class advice : int {
    normal = 0,
    random = 1,
    sequential = 2,
    willneed = 3,
    dontneed = 4, ///< the pages are given back now and read as zeroes
    free = 8,     ///< the pages may be taken when memory is short
    dontfork = 10,
    dofork = 11,
    hugepage = 14,
    nohugepage = 15,
    dontdump = 16,
    dodump = 17,
    wipeonfork = 18,
    keeponfork = 19,
    populate_read = 22,  ///< fault the pages in, readable (Linux 5.14)
    populate_write = 23, ///< fault the pages in, writable (Linux 5.14)
};

#else

/// How a mapping is made. A bitmask; exactly one of shared and private_ must be in it.
export enum class map_flag : int {
    shared = 0x0001,          ///< writes reach the file and the other processes that map it
    private_ = 0x0002,        ///< writes stay in this process
    fixed = 0x0010,           ///< exactly at the hint, replacing what is mapped there
    fixed_noreplace = 0x0810, ///< exactly at the hint, or an error where something is mapped; fixed is in it
    anonymous = 0x1000,       ///< zeroed memory, no file
    noreserve = 0x0000,       ///< no swap space is set aside, as it never is here
    stack = 0x4000,           ///< memory that a stack pointer may point into: private, anonymous, readable and writable
    conceal = 0x8000,         ///< left out of core dumps
};

/// What a program tells the kernel about its use of a range. Not a bitmask: one advice a call.
export enum class advice : int {
    normal = 0,
    random = 1,
    sequential = 2,
    willneed = 3,
    dontneed = 4, ///< the pages may be taken first; unlike on Linux they keep their content
    free = 6,     ///< the content is not needed any more
};

#endif

template <class E> inline constexpr bool is_bitmask = false;
template <> inline constexpr bool is_bitmask<prot> = true;
template <> inline constexpr bool is_bitmask<map_flag> = true;
#ifndef __OpenBSD__
template <> inline constexpr bool is_bitmask<remap_flag> = true;
#endif

/// The enumerations above whose values combine. Two different ones never do.
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

} // namespace seg::sys
