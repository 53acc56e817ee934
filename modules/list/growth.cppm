// Where an element lies: which segment holds index i, where segments begin, how large they are.
//
// Adding the size f of the first segment to an index makes every segment begin at a power of two: with j = i + f, the
// segment is bit_width(j) - bit_width(f). (Idea: Brodnik, Carlsson, Demaine, Munro and Sedgewick, "Resizable Arrays in
// Optimal Time and Space", 1999; and the segmented arrays of many interpreters.)
export module seg.list:growth;

import seg.standard;

namespace seg {

/// How a list grows, in elements: segment k holds first << k elements, but never more than limit.
///
/// first: a power of two; 0 chooses one that suits the element's size.
/// limit: a power of two, at least first; 0 for none. Set it where large contiguous requests must not be made.
/// Neither may be more elements than std::ptrdiff_t can count the bytes of.
///
///     seg::list<int, std::allocator<int>, seg::growth{.first = 64, .limit = 4096}> l;
export struct growth {
    std::size_t first = 0;
    std::size_t limit = 0;
};

/// The first segment's elements where the user leaves the choice: 128 bytes of small ones, a few of larger ones, one of
/// those beyond 256 bytes. (With 64 bytes a list of ten numbers takes a segment more, and 1.16 times std::deque's time.)
constexpr std::size_t first_segment_for(std::size_t element_bytes) noexcept {
    const std::size_t small = 128 / element_bytes;
    const std::size_t few = std::clamp(std::size_t{256} / element_bytes, std::size_t{1}, std::size_t{4});
    return std::bit_floor(std::max(small, few));
}

/// The number of the highest bit that is set; there must be one.
///
/// x86's bsr leaves its destination alone when the source is zero, so it waits for whatever was in that register
/// before. gcc 16 picks any register and so chains each lookup behind the one before; tying the operands makes it wait
/// for its source only, and that is worth a factor of three. With lzcnt, and for clang, there is nothing to mend.
constexpr std::size_t highest_bit_of(std::size_t value) noexcept {
#if defined(__x86_64__) && defined(__GNUC__) && !defined(__clang__) && !defined(__LZCNT__)
    if (!std::is_constant_evaluated() && !__builtin_constant_p(value)) {
        asm("bsr %0, %0" : "+r"(value) : : "cc");
        return value;
    }
#endif
    return static_cast<std::size_t>(63 ^ __builtin_clzll(value));
}

/// A number that the highest bit alone decides, and that grows or falls by one from each bit to the next: which of both is
/// the processor's choice, and the same for a whole run of a program. So a table that lies in this order is read without a
/// choice. x86's bsr counts from below, and is slow on some processors (on an AMD EPYC a lookup in a table takes 1.95 ns with
/// it and 0.81 with lzcnt). lzcnt counts from above, but older processors take its code for that of bsr. This asks for
/// lzcnt, and either answer will do. Constant evaluation must not ask.
inline std::size_t scan(std::size_t value) noexcept {
#if defined(__x86_64__) && !defined(__LZCNT__)
    asm("rep; bsrq %0, %0" : "+r"(value) : : "cc");
    return value;
#else
    return static_cast<std::size_t>(__builtin_clzll(value));
#endif
}

/// The arithmetic of one list type: T's size decides what Growth leaves open. T may be incomplete until a member is
/// called.
template <class T, growth Growth> struct layout {
    static_assert(Growth.first == 0 || std::has_single_bit(Growth.first),
                  "seg::growth: the first segment must be a power of two");
    static_assert(Growth.limit == 0 || std::has_single_bit(Growth.limit),
                  "seg::growth: the limit must be a power of two");
    static_assert(Growth.limit == 0 || Growth.first <= Growth.limit,
                  "seg::growth: the first segment must not be larger than the limit");

    static constexpr std::size_t first() noexcept {
        // Here, where T is complete.
        static_assert(Growth.first <= countable / sizeof(T),
                      "seg::growth: the first segment must have no more bytes than std::ptrdiff_t can count");
        static_assert(Growth.limit <= countable / sizeof(T),
                      "seg::growth: a segment of limit elements must have no more bytes than std::ptrdiff_t can count");
        if constexpr (Growth.first != 0) return Growth.first;
        else if constexpr (Growth.limit != 0) return std::min(first_segment_for(sizeof(T)), Growth.limit);
        else return first_segment_for(sizeof(T));
    }

    /// Elements that segment k holds.
    static constexpr std::size_t size_of(std::size_t k) noexcept {
        if constexpr (Growth.limit != 0) {
            if (k >= doublings()) return Growth.limit;
        }
        return first() << k;
    }

    /// The index of segment k's first element: so many elements the segments before it hold.
    static constexpr std::size_t start_of(std::size_t k) noexcept {
        if constexpr (Growth.limit != 0) {
            // The doubling segments hold limit - first elements.
            if (k >= doublings()) return Growth.limit * (k - doublings() + 1) - first();
        }
        return (first() << k) - first();
    }

    /// The segment that holds index i.
    static constexpr std::size_t segment_of(std::size_t i) noexcept {
        if constexpr (Growth.limit != 0) {
            const std::size_t j = i + first();
            if (j >= Growth.limit) return j / Growth.limit - 1 + doublings();
        }
        return highest_bit_of(i + first()) - lowest_bit();
    }

    /// What names the segment of index i in a table, and segment k, where there is no limit: the highest bit of the
    /// shifted index is the same all over a segment then.
    static std::size_t scan_of(std::size_t i) noexcept { return scan(i + first()); }
    static std::size_t scan_of_segment(std::size_t k) noexcept { return scan(first() << k); }

    /// The segment that holds n elements. Without a limit no two are of one size.
    static constexpr std::size_t segment_of_size(std::size_t n) noexcept
        requires(Growth.limit == 0)
    {
        return highest_bit_of(n) - lowest_bit();
    }

private:
    static constexpr std::size_t countable = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());

    // Of every shifted index in the first segment.
    static constexpr std::size_t lowest_bit() noexcept { return static_cast<std::size_t>(std::bit_width(first())) - 1; }

    // Segments smaller than the limit.
    static constexpr std::size_t doublings() noexcept {
        return static_cast<std::size_t>(std::bit_width(Growth.limit) - std::bit_width(first()));
    }
};

} // namespace seg
