// Reserved address space that becomes memory from its beginning on.
//
// Invariant: begin <= committed <= end, all at page boundaries; what lies before committed is memory, what lies behind
// it is address space that nothing else is mapped into, and an access to it is a fault.
module;

#include <cstddef>

export module seg.arena:reservation;

import seg.sys;

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

/// Does not own its range: who reserved it gives it back.
class reservation {
public:
    constexpr reservation() noexcept = default;
    inline reservation(std::byte* begin, std::size_t committed, std::size_t bytes) noexcept
        : begin_(begin), committed_(begin + committed), end_(begin + bytes) {}

    inline std::byte* begin() const noexcept { return begin_; }
    inline std::byte* committed_end() const noexcept { return committed_; }
    inline explicit operator bool() const noexcept { return begin_ != nullptr; }

    inline std::size_t committed() const noexcept { return static_cast<std::size_t>(committed_ - begin_); }
    inline std::size_t uncommitted() const noexcept { return static_cast<std::size_t>(end_ - committed_); }

    /// Makes memory of the next bytes, whole pages of what is uncommitted; false, and nothing changed, if the system
    /// refuses. The memory is zero.
    inline bool commit(std::size_t bytes) noexcept {
        if (!make_usable(committed_, committed_ + bytes)) return false;
        committed_ += bytes;
        return true;
    }

    /// Turns the last bytes, whole pages of what is committed, back into address space; false, and nothing changed, if
    /// the system refuses.
    inline bool decommit(std::size_t bytes) noexcept {
        std::byte* const from = committed_ - bytes;
        if (!make_unusable(from, committed_)) return false;
        static_cast<void>(sys::madvise(from, bytes, sys::advice::dontneed));
        committed_ = from;
        return true;
    }

private:
    std::byte* begin_ = nullptr;
    std::byte* committed_ = nullptr;
    std::byte* end_ = nullptr;
};

} // namespace seg
