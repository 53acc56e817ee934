// The control block: what a non-empty list owns on the heap, and how a position among its segments is found.
//
// It never moves while a list owns it, so iterators go through it: the segment table may be replaced by a larger one,
// and the list object may be moved or swapped, and no iterator notices.
export module seg.list:control;

import seg.arena;
import seg.standard;
import :growth;

namespace seg {

/// A place among the elements: the element, its segment's end, and which segment that is. Without a limit the segment's
/// beginning tells, since its size then gives its number and the index of its first element: iterators step back,
/// subtract and compare without a look at the table. With a limit segments may be of one size, and the number is kept.
///
/// Behind the last element of a full segment there is no place of the list's. The past-the-end place of a list that ends
/// there is nowhere, all null: no two places then have one element, and == is a single compare. (With the address that is
/// the segment's end, and may be another's beginning, == compares twice, and clang's loops take two cycles for one.)
template <class T, growth Growth> class position {
    using shape = layout<T, Growth>;
    static constexpr bool told_by_beginning = Growth.limit == 0;

public:
    /// Nowhere.
    constexpr position() noexcept = default;
    constexpr position(T* element, T* first, T* last, std::size_t k) noexcept : element(element), last(last) {
        if constexpr (told_by_beginning) which_ = first;
        else which_ = k;
    }
    /// In segment k, which begins at first.
    constexpr position(T* element, T* first, std::size_t k) noexcept
        : position(element, first, first + shape::size_of(k), k) {}

    /// The beginning of the segment.
    constexpr T* first() const noexcept {
        if constexpr (told_by_beginning) return which_;
        else return is_nowhere() ? nullptr : last - shape::size_of(which_);
    }
    /// The number of the segment.
    constexpr std::size_t segment() const noexcept {
        if constexpr (told_by_beginning) return shape::segment_of_size(elements());
        else return which_;
    }
    /// The index of the element, or of the past-the-end place.
    constexpr std::size_t index() const noexcept {
        const auto offset = static_cast<std::size_t>(element - first());
        if constexpr (told_by_beginning) return elements() - shape::first() + offset;
        else return shape::start_of(which_) + offset;
    }

    constexpr bool is_nowhere() const noexcept { return element == nullptr; }
    constexpr bool in_segment_of(const position& other) const noexcept { return which_ == other.which_; }
    /// Nowhere is behind every other place.
    constexpr bool is_before(const position& other) const noexcept {
        if (in_segment_of(other)) return element < other.element;
        if constexpr (told_by_beginning) return extent() - 1 < other.extent() - 1; // 0 - 1 is above all
        else return which_ < other.which_;
    }

    T* element = nullptr;
    T* last = nullptr; // element < last, except nowhere

private:
    // Of the segment: its elements, and what is the greater the more it has, found without a division.
    constexpr std::size_t elements() const noexcept { return static_cast<std::size_t>(last - first()); }
    constexpr std::size_t extent() const noexcept {
        if (std::is_constant_evaluated()) return elements();
        return reinterpret_cast<std::uintptr_t>(last) - reinterpret_cast<std::uintptr_t>(first());
    }

    using which = std::conditional_t<told_by_beginning, T*, std::size_t>;
    which which_ = initially();

    static constexpr which initially() noexcept {
        if constexpr (told_by_beginning) return nullptr;
        else return static_cast<which>(-1); // behind all segments
    }
};

/// Invariant: segments 0 to allocated - 1 exist; current is the one that holds the last element, 0 in an empty list;
/// so every segment before it is full, and none behind it holds anything.
template <class T, growth Growth> struct control {
    using shape = layout<T, Growth>;
    using place = position<T, Growth>;

    // The numbers of segments. Without a limit there cannot be more of them than an index has bits; small numbers keep
    // the block small: with the first segment of 8-byte elements it takes 160 bytes.
    using number = std::conditional_t<Growth.limit == 0, std::uint16_t, std::size_t>;

    T** table;          // of own_slot, or of an array of its own from the second segment on; see table_in
    T* begin = nullptr; // of the current segment
    number current = 0;
    number allocated = 0;
    number slots = 1;
    T* own_slot = nullptr; // of the first segment; once there is an array, where that is: see memory
    // The list's cursor, known here only in a checked build, where iterators have to know what is past the end.
    struct unknown {};
    [[no_unique_address]] std::conditional_t<checked, T*, unknown> next = {};

    constexpr control() noexcept : table(table_in(&own_slot, 1)) {}

    // Without a limit the slots lie in the order of scan, upwards or downwards, and a table is the address where slot 0
    // would be: a lookup is a scan, and a load that adds its result. In constant evaluation, and with a limit, a table
    // is the address of its first slot, which is that of segment 0.
    static constexpr bool is_scanned() noexcept { return Growth.limit == 0 && !std::is_constant_evaluated(); }

    /// Where in a table the slot of segment k is.
    static constexpr std::size_t slot_of(std::size_t k) noexcept {
        return is_scanned() ? shape::scan_of_segment(k) : k;
    }

    /// The table whose n slots lie in that memory.
    static constexpr T** table_in(T** memory, std::size_t n) noexcept {
        if (std::is_constant_evaluated()) return memory;
        return reinterpret_cast<T**>(reinterpret_cast<std::uintptr_t>(memory) - lowest_slot(n) * sizeof(T*));
    }

    // Neither a table nor what its slots hold are addresses of memory. What looks for leaks, or collects garbage, goes by
    // such addresses only. So an array has each segment's own address behind its slots, and the array's is in own_slot.

    /// The array that the table is in. There must be one.
    constexpr T** memory() const noexcept {
        if (std::is_constant_evaluated()) return table;
        return reinterpret_cast<T**>(reinterpret_cast<std::uintptr_t>(own_slot));
    }
    /// Makes an array of n slots the one that the table is in.
    constexpr void use_table(T** memory, std::size_t n) noexcept {
        if (!std::is_constant_evaluated()) own_slot = reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(memory));
        table = table_in(memory, n);
        slots = static_cast<number>(n);
    }
    /// Goes back to the slot in the control block.
    constexpr void use_own_slot() noexcept {
        own_slot = to_slot(first_segment(), 0);
        table = table_in(&own_slot, 1);
        slots = 1;
    }

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
        return in_slot(table[slot_of(k)], i);
    }

    /// Element i, whichever segment it lies in.
    static constexpr T* element(T* const* table, std::size_t i) noexcept {
        if (is_scanned()) return in_slot(table[shape::scan_of(i)], i);
        return element_in(table, shape::segment_of(i), i);
    }

    /// The bytes from a control block to the first segment, which lies behind it in the same allocation.
    static constexpr std::size_t bytes_to_elements() noexcept {
        return (sizeof(control) + alignof(T) - 1) / alignof(T) * alignof(T);
    }
    /// The first segment. No table is asked, which is what counts for a list of a few elements.
    constexpr T* first_segment() const noexcept {
        if (std::is_constant_evaluated()) return table[0];
        return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(this) + bytes_to_elements());
    }

    constexpr T* segment(std::size_t k) const noexcept { return element_in(table, k, shape::start_of(k)); }
    constexpr T* end_of(std::size_t k) const noexcept { return segment(k) + shape::size_of(k); }

    /// The index of an element, or past-the-end position, of segment k.
    constexpr std::size_t index_in(std::size_t k, const T* p) const noexcept {
        return shape::start_of(k) + static_cast<std::size_t>(p - segment(k));
    }

    /// The end of the current segment.
    constexpr T* end() const noexcept { return begin + shape::size_of(current); }

    /// Makes segment k the current one.
    constexpr void enter(std::size_t k) noexcept {
        current = static_cast<number>(k);
        begin = segment(k);
    }

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

    /// The place behind the last one of a segment: the answer to ++ there. That is the first place of the next segment,
    /// but behind the last segment in use it is nowhere.
    constexpr place after(const place& at) const noexcept {
        if (at.first() == begin) return {};
        const std::size_t k = at.segment() + 1;
        if constexpr (Growth.limit == 0) { // without a shift by k: this happens every few elements of a small list
            const std::size_t n = 2 * static_cast<std::size_t>(at.last - at.first());
            T* const first = element(table, n - shape::first());
            return {first, first, first + n, k};
        }
        T* const first = segment(k);
        return {first, first, k};
    }

    /// The last place of the segment before: the answer to -- at the beginning of one, and nowhere.
    constexpr place before(const place& at) const noexcept {
        const std::size_t k = segment_of(at) - 1;
        T* const first = segment(k);
        return {first + (shape::size_of(k) - 1), first, k};
    }

    /// The number of a place's segment, and its index. Nowhere is behind the last segment in use.
    constexpr std::size_t segment_of(const place& at) const noexcept {
        return at.is_nowhere() ? current + std::size_t{1} : at.segment();
    }
    constexpr std::size_t index_of(const place& at) const noexcept {
        return at.is_nowhere() ? shape::start_of(current + std::size_t{1}) : at.index();
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
    constexpr place seek(std::size_t i) const noexcept {
        const std::size_t k = shape::segment_of(i);
        if (k > current) [[unlikely]] // past the end of a full segment
            return {};
        T* const found = element(table, i);
        return {found, found - (i - shape::start_of(k)), k};
    }

private:
    static T* in_slot(T* slot, std::size_t i) noexcept {
        return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(slot) + i * sizeof(T));
    }
    /// Where in a table of n slots the lowest one is. It wraps below 0 where there are more slots than bits.
    static std::size_t lowest_slot(std::size_t n) noexcept {
        if (!is_scanned()) return 0;
        const bool counts_from_below = scan(1) == 0;
        return slot_of(0) - (counts_from_below ? 0 : n - 1);
    }
};

} // namespace seg
