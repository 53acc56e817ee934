// Reserved addresses, of which the first ones are committed.
//
// Invariant: begin_ <= committed_ <= end_, all at page boundaries. The bytes before committed_ are memory. The bytes
// after it are reserved: nothing else is mapped there, and an access is a fault.
export module seg.arena:reservation;

import seg.standard;
import seg.sys;
import :mapping;
import :options;

namespace seg {

/// Makes the pages from first up to last accessible. False if the system refuses.
inline bool make_accessible(std::byte* first, std::byte* last) noexcept {
    using enum sys::prot;
    return sys::mprotect(first, static_cast<std::size_t>(last - first), read | write).has_value();
}

/// Makes an access to the pages from first up to last a fault. They keep their contents. False if the system refuses.
inline bool make_inaccessible(std::byte* first, std::byte* last) noexcept {
    return sys::mprotect(first, static_cast<std::size_t>(last - first), sys::prot::none).has_value();
}

/// A range of addresses that is committed from its beginning on: for a container that grows and never moves.
///
/// Ownership: none. A reservation is three addresses. make reserves, give_back unmaps. The destructor does nothing,
/// and a copy refers to the same addresses.
/// Sizes: in bytes. Unless a member says otherwise, they are multiples of sys::page_size(), which is a precondition.
/// Options: of an arena's options, first_block, largest_block, pages, prefault, guard and fork matter. Precondition:
/// all calls for a reservation get the same ones, but each call of next_step may get other sizes of blocks.
/// Child processes: under a fork policy a child does not have the contents, see is_lost. Precondition of commit and
/// decommit: is_lost is false.
/// Exceptions: nothing throws.
///
///     const std::size_t page = seg::sys::page_size();
///     auto r = seg::reservation::make({}, 1000 * page, page, page); // addresses for 1,000 pages, memory for one
///     if (r && r.commit({}, page, 9 * page)) use(r.begin(), r.committed());
///     if (r) r.give_back({});
export class reservation {
public:
    /// The size of a huge page.
    static constexpr std::size_t huge_page = seg::huge_page;
    /// The least multiple of the page size that is at least `bytes`.
    static inline std::size_t whole_pages(std::size_t bytes) noexcept { return seg::whole_pages(bytes); }

    /// An empty reservation. Reserves nothing.
    constexpr reservation() noexcept = default;
    /// The reservation that has these values of begin(), committed() and size(). Reserves nothing. Precondition: make
    /// returned such a reservation. (For commit, decommit and next_step, a part of one will do.)
    inline reservation(std::byte* begin, std::size_t committed, std::size_t bytes) noexcept
        : begin_(begin), committed_(begin + committed), end_(begin + bytes) {}

    /// Reserves `bytes` bytes of addresses, and commits the first `wanted` bytes of them, or `needed` bytes if the
    /// system refuses that. Tools show the addresses by the name, if the system has names for mappings (see
    /// sys::name_mapping).
    ///
    /// Under a fork policy the first page is not for the caller: its last bytes are the reservation's, and a child
    /// process inherits it in any case.
    /// Precondition: needed <= wanted <= bytes, and bytes != 0; under a fork policy, needed != 0. Returns an empty
    /// reservation if the system refuses both numbers. The committed bytes are zero. Linear in them with prefault,
    /// otherwise a few system calls.
    static reservation make(const arena_options& options, std::size_t bytes, std::size_t needed, std::size_t wanted,
                            const char* name = "seg arena") noexcept;

    /// Unmaps the addresses, and makes this reservation empty. A child process that has only some of the pages unmaps
    /// these. Precondition: not empty.
    /// Returns false if the system refuses to unmap: then it has the memory, and the addresses are unmapped later. A
    /// few system calls. Invalidates everything in the range, and the copies of this reservation.
    bool give_back(const arena_options& options) noexcept;

    /// Whether this process is a child of the one that called make, and does not have the contents under the fork
    /// policy. Precondition: not empty.
    bool is_lost(const arena_options& options) const noexcept;

    /// The address of the first byte, and the one after the last committed byte. Null if empty.
    inline std::byte* begin() const noexcept { return begin_; }
    inline std::byte* committed_end() const noexcept { return committed_; }
    /// Whether the reservation is not empty.
    inline explicit operator bool() const noexcept { return begin_ != nullptr; }

    /// The bytes that are committed, that are not committed, and all of them.
    inline std::size_t committed() const noexcept { return static_cast<std::size_t>(committed_ - begin_); }
    inline std::size_t uncommitted() const noexcept { return static_cast<std::size_t>(end_ - committed_); }
    inline std::size_t size() const noexcept { return static_cast<std::size_t>(end_ - begin_); }

    /// How many bytes to commit next, if the caller has no reason for another number: as many as are committed, but at
    /// least first_block and at most largest_block, in whole pages. If that is enough for a huge page, and pages is not
    /// normal, it is extended to the end of a huge page. It may be more than uncommitted().
    std::size_t next_step(const arena_options& options) const noexcept;

    /// Commits the next `wanted` bytes. If the system refuses, tries half of them, again and again, down to `needed`
    /// bytes. The committed bytes are zero.
    /// Precondition: 0 < needed <= wanted <= uncommitted(). Returns false, without effect, if the system refuses
    /// `needed` bytes. Linear in the bytes with prefault, otherwise a system call for each try. Invalidates nothing.
    bool commit(const arena_options& options, std::size_t needed, std::size_t wanted) noexcept;

    /// Decommits the last `bytes` committed bytes. A system that counts committed memory (vm.overcommit_memory = 2)
    /// goes on counting them.
    /// Precondition: bytes <= committed(); under a fork policy, the first page remains committed. Returns false if the
    /// system refuses: the bytes then remain committed, with their contents or with zeros. Two system calls.
    /// Invalidates the bytes.
    bool decommit(std::size_t bytes) noexcept;

private:
    std::byte* begin_ = nullptr;
    std::byte* committed_ = nullptr;
    std::byte* end_ = nullptr;
};

} // namespace seg
