// Reserved address space that becomes memory from its beginning on.
//
// Invariant: begin <= committed <= end, all at page boundaries; what lies before committed is memory, what lies behind
// it is address space that nothing else is mapped into, and an access to it is a fault.
export module seg.arena:reservation;

import seg.standard;
import seg.sys;
import :mapping;
import :options;

namespace seg {

/// Lets the pages from first up to last be used; false if the system refuses.
inline bool make_usable(std::byte* first, std::byte* last) noexcept {
    using enum sys::prot;
    return sys::mprotect(first, static_cast<std::size_t>(last - first), read | write).has_value();
}

/// Makes an access to the pages from first up to last a fault. Their content stays; false if the system refuses.
inline bool make_unusable(std::byte* first, std::byte* last) noexcept {
    return sys::mprotect(first, static_cast<std::size_t>(last - first), sys::prot::none).has_value();
}

/// A range of addresses for a container of one's own that grows and never moves. Does not own it: make reserves it,
/// give_back ends it. All sizes are bytes, in whole pages of sys::page_size(). Of the options of an arena,
/// first_block, largest_block, pages, prefault, guard and fork count; they have to be the same in each call.
export class reservation {
public:
    static constexpr std::size_t huge_page = seg::huge_page;
    /// The whole pages that so many bytes take.
    static inline std::size_t whole_pages(std::size_t bytes) noexcept { return seg::whole_pages(bytes); }

    constexpr reservation() noexcept = default;
    /// One that is there already: what make returned, taken apart.
    inline reservation(std::byte* begin, std::size_t committed, std::size_t bytes) noexcept
        : begin_(begin), committed_(begin + committed), end_(begin + bytes) {}

    /// Reserves the addresses and makes memory of the first wanted bytes, or of needed ones where the system refuses
    /// that. Empty if it refuses these, too. The memory is zero. Under a fork policy the first page is the
    /// reservation's, and needed: its last bytes say which process made it, and a child has it in any case. The name is
    /// what /proc/PID/maps shows, where the kernel knows names (see sys::name_mapping).
    static reservation make(const arena_options& options, std::size_t bytes, std::size_t needed, std::size_t wanted,
                            const char* name = "seg arena") noexcept;

    /// Unmaps the range; false if the system refuses, which has the pages then and gives the range back later. A child
    /// process that has only a part of it unmaps that.
    bool give_back(const arena_options& options) noexcept;

    /// Whether this is a child of the process that made it, and the options keep its content from a child.
    bool is_lost(const arena_options& options) const noexcept;

    inline std::byte* begin() const noexcept { return begin_; }
    inline std::byte* committed_end() const noexcept { return committed_; }
    inline explicit operator bool() const noexcept { return begin_ != nullptr; }

    inline std::size_t committed() const noexcept { return static_cast<std::size_t>(committed_ - begin_); }
    inline std::size_t uncommitted() const noexcept { return static_cast<std::size_t>(end_ - committed_); }
    inline std::size_t size() const noexcept { return static_cast<std::size_t>(end_ - begin_); }

    /// A good step to grow by, in bytes: what is committed doubles, beginning with first_block, and a step is at most
    /// largest_block; whole huge pages from there on where a step has room for one. It may be more than is uncommitted.
    std::size_t next_step(const arena_options& options) const noexcept;

    /// Makes memory of the next wanted bytes, or of fewer where the system refuses, halving down to needed ones. False,
    /// and nothing changed, if it refuses these, too. The memory is zero. Precondition: 0 < needed <= wanted <=
    /// uncommitted().
    bool commit(const arena_options& options, std::size_t needed, std::size_t wanted) noexcept;

    /// Turns the last bytes of what is committed back into address space. False if the system refuses; they stay
    /// memory then, with what they held or zeroes. A system that counts what is committed goes on counting them
    /// (vm.overcommit_memory = 2).
    bool decommit(std::size_t bytes) noexcept;

private:
    std::byte* begin_ = nullptr;
    std::byte* committed_ = nullptr;
    std::byte* end_ = nullptr;
};

} // namespace seg
