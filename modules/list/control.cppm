// The control block: what a non-empty list owns on the heap, and how a position among its segments is found.
//
// It never moves while a list owns it, so iterators go through it: the segment table may be replaced by a larger one,
// and the list object may be moved or swapped, and no iterator notices.
module;

#include <cstddef>
#include <cstdint>
#include <functional>
#include <type_traits>

export module seg.list:control;

import seg.arena;
import :growth;

namespace seg {

/// A place among the elements: the element, the end of its segment and the segment's number.
template <class T> struct position {
    T* element;
    T* last;
    std::size_t segment;
};

/// Invariant: segments 0 to allocated - 1 exist; current is the one that holds the last element, 0 in an empty list;
/// so every segment before it is full, and none behind it holds anything.
template <class T, growth Growth> struct control {
    using shape = layout<T, Growth>;

    // Enough for 504 elements that begin with a segment of 8; the next table is twice as large.
    static constexpr std::size_t own_slots_count = 6;

    T** table;             // own_slots, or an array of its own once those are used up
    T* begin = nullptr;    // of the current segment
    std::size_t current = 0;
    std::size_t allocated = 0;
    std::size_t slots = own_slots_count;
    T* own_slots[own_slots_count] = {};
    // The list's cursor, known here only in a checked build, where iterators have to know what is past the end.
    struct unknown {};
    [[no_unique_address]] std::conditional_t<checked, T*, unknown> next = {};

    constexpr control() noexcept : table(own_slots) {}

    // A slot holds its segment's address less the bytes of all elements before it, so that element i of the list is one
    // load and one scaled add. That is no address of anything: the arithmetic is done on integers, and the result is
    // kept as a pointer so that storing an integer element cannot be taken for a change of the table. Constant
    // evaluation knows no such integers; there a slot holds the plain address.
    static constexpr T* to_slot(T* segment, std::size_t k) noexcept {
        if (std::is_constant_evaluated()) return segment;
        return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(segment) - shape::start_of(k) * sizeof(T));
    }

    /// Element i, which lies in segment k.
    static constexpr T* element_in(T* const* table, std::size_t k, std::size_t i) noexcept {
        if (std::is_constant_evaluated()) return table[k] + (i - shape::start_of(k));
        return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(table[k]) + i * sizeof(T));
    }

    static constexpr T* element(T* const* table, std::size_t i) noexcept {
        return element_in(table, shape::segment_of(i), i);
    }

    constexpr T* segment(std::size_t k) const noexcept { return element_in(table, k, shape::start_of(k)); }

    /// The index of an element, or past-the-end position, of segment k.
    constexpr std::size_t index_in(std::size_t k, const T* p) const noexcept {
        return shape::start_of(k) + static_cast<std::size_t>(p - segment(k));
    }

    /// The end of the current segment.
    constexpr T* end() const noexcept { return begin + shape::size_of(current); }

    /// Makes segment k the current one.
    constexpr void enter(std::size_t k) noexcept {
        current = k;
        begin = segment(k);
    }
    /// Makes the segment before the current one the current one.
    constexpr void leave_current() noexcept { enter(current - 1); }

    /// The elements there are; for checked builds.
    constexpr std::size_t size() const noexcept
        requires checked
    {
        return index_in(current, next);
    }

    /// The index of an element, wherever it lies. The later segments are the larger ones, so they come first.
    constexpr std::size_t index_of(const T* p) const noexcept {
        std::size_t k = current;
        while (k != 0 && !lies_in(k, p)) --k;
        return index_in(k, p);
    }

    /// Elements there is room for.
    constexpr std::size_t capacity() const noexcept { return shape::start_of(allocated); }

    /// The place behind the last one of segment k: the answer to ++ at its end. That is the first place of the next
    /// segment, but behind the last segment in use it is the past-the-end position, the end itself.
    [[gnu::noinline, gnu::cold]] static constexpr position<T> after(const control* c, std::size_t k, T* last) noexcept {
        if (k == c->current) return {last, last, k};
        T* const first = c->segment(k + 1);
        return {first, first + shape::size_of(k + 1), k + 1};
    }

    /// The last place of segment k - 1: the answer to -- at the beginning of segment k.
    [[gnu::noinline, gnu::cold]] static constexpr position<T> before(const control* c, std::size_t k) noexcept {
        T* const last = c->segment(k - 1) + shape::size_of(k - 1);
        return {last - 1, last, k - 1};
    }

    constexpr bool lies_in(std::size_t k, const T* p) const noexcept {
        const T* const first = segment(k);
        if (!std::is_constant_evaluated())
            return std::greater_equal<>()(p, first) && std::less<>()(p, first + shape::size_of(k));
        for (std::size_t i = 0; i != shape::size_of(k); ++i) // addresses of different objects have no order there
            if (first + i == p) return true;
        return false;
    }

    /// The place with index i, which may be the past-the-end one.
    constexpr position<T> seek(std::size_t i) const noexcept {
        std::size_t k = shape::segment_of(i);
        if (k > current) k = current; // one past the end of a full segment
        T* const first = segment(k);
        return {first + (i - shape::start_of(k)), first + shape::size_of(k), k};
    }
};

} // namespace seg
