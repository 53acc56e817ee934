// The arithmetic of segments: how large they are, which one contains an index, and how the table is laid out.
//
// Let f be the size of the first segment. Without a limit, f plus an index has the same highest bit for all indices of
// a segment, so index i is in segment bit_width(i + f) - bit_width(f). (Idea: Brodnik, Carlsson, Demaine, Munro and
// Sedgewick, "Resizable Arrays in Optimal Time and Space", 1999; and the segmented arrays of many interpreters.)
export module seg.list:layout;

import seg.standard;

namespace seg {

/// How a list grows, in elements: segment k holds first << k elements, but at most limit.
///
/// first: a power of two; 0 chooses one by the size of an element.
/// limit: a power of two, at least first; 0 for none. Set it where large contiguous allocations must be avoided.
/// first * sizeof(T) and limit * sizeof(T) must not exceed the maximum of std::ptrdiff_t.
///
///     seg::list<int, std::allocator<int>, seg::growth{.first = 64, .limit = 4096}> l;
export struct growth {
    std::size_t first = 0;
    std::size_t limit = 0;
};

/// The default size of the first segment, in elements: the greatest power of two that 128 bytes have room for, but four
/// if an element has 33 to 64 bytes, two if it has 65 to 128, and one if it has more. (With 64 bytes instead of 128,
/// ten numbers need a second segment, and making and destroying such a list takes 1.16 times as long as with
/// std::deque.)
constexpr std::size_t default_first_size(std::size_t element_bytes) noexcept {
    const std::size_t small = 128 / element_bytes;
    const std::size_t few = std::clamp(std::size_t{256} / element_bytes, std::size_t{1}, std::size_t{4});
    return std::bit_floor(std::max(small, few));
}

/// The number of the highest set bit. Precondition: value != 0.
///
/// x86's bsr leaves its destination as it is if the source is zero, so it waits for the last write to that register.
/// gcc 16 picks any register, and so each lookup waits for the one before. If source and destination are the same
/// register, bsr waits for its source alone: lookups then take a third of the time. lzcnt has no such problem, and
/// clang avoids it.
constexpr std::size_t highest_bit_of(std::size_t value) noexcept {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__LZCNT__)
    if (!std::is_constant_evaluated() && !__builtin_constant_p(value)) {
        asm("bsr %0, %0" : "+r"(value) : : "cc");
        return value;
    }
#endif
    return static_cast<std::size_t>(63 ^ __builtin_clzll(value));
}

/// A number that depends on the highest set bit alone. From one bit to the next it grows by one, or falls by one: the
/// processor decides which, and always decides the same. A table in the order of this number is read without a branch.
///
/// x86's bsr counts from the lowest bit, and is slow on some processors: on an AMD EPYC a lookup takes 1.95 ns with it,
/// and 0.81 ns with lzcnt. lzcnt counts from the highest bit, and processors that do not have it execute bsr instead.
/// This asks for lzcnt, and takes either answer. Precondition: not in constant evaluation.
inline std::size_t scan(std::size_t value) noexcept {
#if defined(__x86_64__) && !defined(__LZCNT__)
    asm("rep; bsrq %0, %0" : "+r"(value) : : "cc");
    return value;
#else
    return static_cast<std::size_t>(__builtin_clzll(value));
#endif
}

/// The segments and the table of one list type. T may be incomplete until a member is called.
///
/// A slot contains the address of its segment minus the bytes of all elements before that segment, so that the address
/// of element i is the slot plus i * sizeof(T). The table pointer is the address that slot 0 would have. Without a
/// limit, slots lie in the order of scan(), and a lookup is a scan, a load and a scaled add. With a limit they lie in
/// the order of the segments.
///
/// A slot is no valid pointer, so the arithmetic is done with integers. It has a pointer type so that a compiler does
/// not take a write to an integer element for a write to the table. Constant evaluation has no such integers: there, a
/// slot is the address of its segment, and the slots lie in the order of the segments.
template <class T, growth Growth> struct list_layout {
    static_assert(Growth.first == 0 || std::has_single_bit(Growth.first),
                  "seg::growth: the first segment must be a power of two");
    static_assert(Growth.limit == 0 || std::has_single_bit(Growth.limit),
                  "seg::growth: the limit must be a power of two");
    static_assert(Growth.limit == 0 || Growth.first <= Growth.limit,
                  "seg::growth: the first segment must not be larger than the limit");

    // ---- segments

    /// The size of the first segment, in elements.
    static constexpr std::size_t first_size() noexcept {
        // Here, where T is complete.
        static_assert(Growth.first <= countable / sizeof(T),
                      "seg::growth: the first segment must have no more bytes than std::ptrdiff_t can count");
        static_assert(Growth.limit <= countable / sizeof(T),
                      "seg::growth: a segment of limit elements must have no more bytes than std::ptrdiff_t can count");
        if constexpr (Growth.first != 0) return Growth.first;
        else if constexpr (Growth.limit != 0) return std::min(default_first_size(sizeof(T)), Growth.limit);
        else return default_first_size(sizeof(T));
    }

    /// The size of segment k, in elements.
    static constexpr std::size_t size_of(std::size_t k) noexcept {
        if constexpr (Growth.limit != 0) {
            if (k >= doublings()) return Growth.limit;
        }
        return first_size() << k;
    }

    /// The index of the first element of segment k.
    static constexpr std::size_t start_of(std::size_t k) noexcept {
        if constexpr (Growth.limit != 0) {
            // The segments smaller than the limit hold limit - first elements.
            if (k >= doublings()) return Growth.limit * (k - doublings() + 1) - first_size();
        }
        return (first_size() << k) - first_size();
    }

    /// The segment that contains index i.
    static constexpr std::size_t segment_of(std::size_t i) noexcept {
        if constexpr (Growth.limit != 0) {
            const std::size_t j = i + first_size();
            if (j >= Growth.limit) return j / Growth.limit - 1 + doublings();
        }
        return highest_bit_of(i + first_size()) - lowest_bit();
    }

    /// The segment whose size is n. Without a limit, no two segments have the same size.
    static constexpr std::size_t segment_of_size(std::size_t n) noexcept
        requires(Growth.limit == 0)
    {
        return highest_bit_of(n) - lowest_bit();
    }

    // ---- the table

    /// The offset of the slot of segment k.
    static constexpr std::size_t slot_of(std::size_t k) noexcept { return is_scanned() ? scan(first_size() << k) : k; }

    /// The table whose n slots lie in an array.
    static constexpr T** table_in(T** array, std::size_t n) noexcept {
        if (std::is_constant_evaluated()) return array;
        return reinterpret_cast<T**>(reinterpret_cast<std::uintptr_t>(array) - lowest_slot(n) * sizeof(T*));
    }

    /// What the slot of segment k contains.
    static constexpr T* to_slot(T* segment, std::size_t k) noexcept {
        if (std::is_constant_evaluated()) return segment;
        return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(segment) - start_of(k) * sizeof(T));
    }

    /// Element i, which is in segment k.
    static constexpr T* element_in(T* const* table, std::size_t k, std::size_t i) noexcept {
        if (std::is_constant_evaluated()) return table[k] + (i - start_of(k));
        return in_slot(table[slot_of(k)], i);
    }

    /// Element i.
    static constexpr T* element(T* const* table, std::size_t i) noexcept {
        if (is_scanned()) return in_slot(table[scan(i + first_size())], i);
        return element_in(table, segment_of(i), i);
    }

private:
    static constexpr std::size_t countable = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());

    // The number of the highest set bit of i + first_size(), for every index i of the first segment.
    static constexpr std::size_t lowest_bit() noexcept {
        return static_cast<std::size_t>(std::bit_width(first_size())) - 1;
    }
    // The number of segments smaller than the limit.
    static constexpr std::size_t doublings() noexcept {
        return static_cast<std::size_t>(std::bit_width(Growth.limit) - std::bit_width(first_size()));
    }

    // Whether slots lie in the order of scan().
    static constexpr bool is_scanned() noexcept { return Growth.limit == 0 && !std::is_constant_evaluated(); }

    static T* in_slot(T* slot, std::size_t i) noexcept {
        return reinterpret_cast<T*>(reinterpret_cast<std::uintptr_t>(slot) + i * sizeof(T));
    }
    // The smallest offset of n slots. It wraps below 0 if there are more slots than there can be segments.
    static std::size_t lowest_slot(std::size_t n) noexcept {
        if (!is_scanned()) return 0;
        const bool counts_from_lowest_bit = scan(1) == 0;
        return slot_of(0) - (counts_from_lowest_bit ? 0 : n - 1);
    }
};

} // namespace seg
