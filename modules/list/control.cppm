// The control block: what a list with memory has on the heap besides segments and tables, and how an element is found.
//
// A control block never moves while a list owns it. Iterators point to it, not to the list or the table: the list may
// be moved or swapped, and a larger table may replace the table, and iterators remain valid.
export module seg.list:control;

import seg.standard;
import seg.sys;
import :layout;
import :position;

namespace seg {

/// Invariant: segments 0 to allocated - 1 are allocated. `current` is the number of the segment that contains the last
/// element, 0 if the list is empty. The segments before it are full, those after it are empty.
///
/// The table has a slot for each segment. See list_layout for the order of the slots and for what a slot contains.
///
/// Garbage collectors and leak checkers find memory by its address. Neither `table` nor a slot is the address of
/// memory. So an array that contains a table contains the address of each segment too, after the slots, and own_slot
/// contains the address of the array.
template <class T, growth Growth> struct list_control {
    using layout = list_layout<T, Growth>;
    using position = list_position<T, Growth>;

    // Without a limit there are fewer segments than an index has bits. A small type keeps the control block small: with
    // the first segment of 8-byte elements it takes 160 bytes.
    using segment_number = std::conditional_t<Growth.limit == 0, std::uint16_t, std::size_t>;

    T** table;          // begins at own_slot; from the second segment on, in an array
    T* begin = nullptr; // of the current segment
    segment_number current = 0;
    segment_number allocated = 0;
    segment_number slots = 1; // of the table
    T* own_slot = nullptr;    // the slot of the first segment; once there is an array, its address: see array()
    // The list's cursor. Only a checked build has it, where iterators have to know the end of the list.
    struct nothing {};
    [[no_unique_address]] std::conditional_t<checked, T*, nothing> cursor = {};

    constexpr list_control() noexcept : table(layout::table_in(&own_slot, 1)) {}

    // ---- the table

    /// The array that contains the table. Precondition: there is one.
    constexpr T** array() const noexcept {
        if (std::is_constant_evaluated()) return table;
        return reinterpret_cast<T**>(reinterpret_cast<std::uintptr_t>(own_slot));
    }
    /// Uses the n slots of an array as the table.
    constexpr void use_array(T** array, std::size_t n) noexcept {
        if (!std::is_constant_evaluated()) own_slot = reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(array));
        table = layout::table_in(array, n);
        slots = static_cast<segment_number>(n);
    }
    /// Uses own_slot as the table. Precondition: no segment but the first is allocated.
    constexpr void use_own_slot() noexcept {
        own_slot = layout::to_slot(first_segment(), 0);
        table = layout::table_in(&own_slot, 1);
        slots = 1;
    }

    // ---- segments

    /// The offset of the first segment from the control block, in bytes: both are in one allocation.
    static constexpr std::size_t first_segment_offset() noexcept {
        return (sizeof(list_control) + alignof(T) - 1) / alignof(T) * alignof(T);
    }
    /// The first segment, without a look at the table.
    constexpr T* first_segment() const noexcept {
        if (std::is_constant_evaluated()) return table[0];
        return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(this) + first_segment_offset());
    }
    constexpr T* segment(std::size_t k) const noexcept { return layout::element_in(table, k, layout::start_of(k)); }
    constexpr T* end_of(std::size_t k) const noexcept { return segment(k) + layout::size_of(k); }

    /// The end of the current segment.
    constexpr T* end() const noexcept { return begin + layout::size_of(current); }

    /// Makes segment k the current one.
    constexpr void enter(std::size_t k) noexcept {
        current = static_cast<segment_number>(k);
        begin = segment(k);
    }

    /// The number of elements that the allocated segments can hold.
    constexpr std::size_t capacity() const noexcept { return layout::start_of(allocated); }

    /// The number of elements.
    constexpr std::size_t size() const noexcept
        requires checked
    {
        return index_in(current, cursor);
    }

    // ---- positions

    /// The position of the first element after the segment of `at`. It is null if that segment is the current one.
    constexpr position begin_of_next(const position& at) const noexcept {
        if (at.begin() == begin) return {};
        const std::size_t k = at.segment() + 1;
        if constexpr (Growth.limit == 0) { // without a shift by k, since small lists come here every few elements
            const std::size_t n = 2 * static_cast<std::size_t>(at.end - at.begin());
            T* const first = layout::element(table, n - layout::first_size());
            return {first, first, first + n, k};
        }
        T* const first = segment(k);
        return {first, first, k};
    }

    /// The position of the last element before the segment of `at`, which may be null.
    constexpr position last_of_previous(const position& at) const noexcept {
        const std::size_t k = segment_of(at) - 1;
        T* const first = segment(k);
        return {first + (layout::size_of(k) - 1), first, k};
    }

    /// The segment and the index of a position, which may be null.
    constexpr std::size_t segment_of(const position& at) const noexcept {
        return at.is_null() ? current + std::size_t{1} : at.segment();
    }
    constexpr std::size_t index_of(const position& at) const noexcept {
        return at.is_null() ? layout::start_of(current + std::size_t{1}) : at.index();
    }

    /// The position with index i. It is null if i is the size of the list and the current segment is full.
    constexpr position position_of(std::size_t i) const noexcept {
        const std::size_t k = layout::segment_of(i);
        if (k > current) [[unlikely]]
            return {};
        T* const found = layout::element(table, i);
        return {found, found - (i - layout::start_of(k)), k};
    }

    /// The index of an element. Large segments are searched first: most elements are there.
    constexpr std::size_t index_of(const T* element) const noexcept {
        std::size_t k = current;
        while (k != 0 && !contains(k, element)) --k;
        return index_in(k, element);
    }

private:
    constexpr std::size_t index_in(std::size_t k, const T* element) const noexcept {
        return layout::start_of(k) + static_cast<std::size_t>(element - segment(k));
    }
    constexpr bool contains(std::size_t k, const T* element) const noexcept {
        const T* const first = segment(k);
        if (!std::is_constant_evaluated())
            return std::greater_equal<>()(element, first) && std::less<>()(element, first + layout::size_of(k));
        for (std::size_t i = 0; i != layout::size_of(k); ++i) // constant evaluation does not order unrelated addresses
            if (first + i == element) return true;
        return false;
    }
};

} // namespace seg
