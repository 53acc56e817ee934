// Where an element of a list is: its address, and its segment.
export module seg.list:position;

import seg.standard;
import :layout;

namespace seg {

/// The position of an element, or past the end.
///
/// A position holds the element's address and the two ends of its segment. Where segments have no limit, no two have
/// the same size, so the size gives the segment's number and the index of its first element: iterators decrement,
/// subtract and compare without a look at the table. Where they have a limit, the position holds the segment's number
/// in place of its beginning.
///
/// The past-the-end position is null if the current segment is full or the list has no memory. (The end of a segment
/// may be the address of another segment's first element. == would then have to compare twice, and a loop compiled by
/// clang would take two cycles longer for each element.)
template <class T, growth Growth> class list_position {
    using layout = list_layout<T, Growth>;
    static constexpr bool has_begin = Growth.limit == 0;

public:
    /// The null position.
    constexpr list_position() noexcept = default;
    /// The element at `element`, in segment k, which is from `begin` up to `end`.
    constexpr list_position(T* element, T* begin, T* end, std::size_t k) noexcept : element(element), end(end) {
        if constexpr (has_begin) segment_ = begin;
        else segment_ = k;
    }
    /// The same, where the segment's end has to be computed.
    constexpr list_position(T* element, T* begin, std::size_t k) noexcept
        : list_position(element, begin, begin + layout::size_of(k), k) {}

    /// The first element of the segment.
    constexpr T* begin() const noexcept {
        if constexpr (has_begin) return segment_;
        else return is_null() ? nullptr : end - layout::size_of(segment_);
    }
    /// The number of the segment. Precondition: not null.
    constexpr std::size_t segment() const noexcept {
        if constexpr (has_begin) return layout::segment_of_size(segment_size());
        else return segment_;
    }
    /// The index of the element, or the size of the list if the position is past the end. Precondition: not null.
    constexpr std::size_t index() const noexcept {
        const auto offset = static_cast<std::size_t>(element - begin());
        if constexpr (has_begin) return segment_size() - layout::first_size() + offset;
        else return layout::start_of(segment_) + offset;
    }

    constexpr bool is_null() const noexcept { return element == nullptr; }
    constexpr bool in_segment_of(const list_position& other) const noexcept { return segment_ == other.segment_; }

    /// Orders the positions of one list. The null position comes last. (No operator: the elements' namespace may have
    /// one for any type.)
    constexpr bool is_before(const list_position& other) const noexcept {
        if (in_segment_of(other)) return element < other.element;
        if constexpr (has_begin) return segment_bytes() - 1 < other.segment_bytes() - 1; // of the null position: 0 - 1
        else return segment_ < other.segment_;
    }

    T* element = nullptr;
    T* end = nullptr; // of the segment; greater than element, except in the null position

private:
    constexpr std::size_t segment_size() const noexcept { return static_cast<std::size_t>(end - begin()); }
    // Orders segments as segment_size does, but without a division.
    constexpr std::size_t segment_bytes() const noexcept {
        if (std::is_constant_evaluated()) return segment_size();
        return reinterpret_cast<std::uintptr_t>(end) - reinterpret_cast<std::uintptr_t>(begin());
    }

    using segment_type = std::conditional_t<has_begin, T*, std::size_t>;
    static constexpr segment_type null_segment() noexcept {
        if constexpr (has_begin) return nullptr;
        else return static_cast<segment_type>(-1); // greater than every number
    }
    segment_type segment_ = null_segment();
};

} // namespace seg
