// What seg's containers have in common with each other and with std::vector. It is here because all of them re-export
// this module. (With a module of its own, clang 22 with libc++ no longer finds the placement new that std::construct_at
// needs in an importer that includes nothing.)
export module seg.arena:sequence;

import seg.standard;

namespace seg {

/// Asks for elements that are default-initialised: numbers are not zeroed, since they are going to be overwritten.
export struct default_init_t {
    explicit default_init_t() = default;
};
export inline constexpr default_init_t default_init{};

/// The standard's container-compatible-range ([container.intro.reqmts]).
export template <class R, class T>
concept range_of = std::ranges::input_range<R> && std::convertible_to<std::ranges::range_reference_t<R>, T>;

/// An iterator refers to objects of type T that are there already.
export template <class It, class T>
concept refers_to_elements = std::is_reference_v<std::iter_reference_t<It>> &&
                             std::is_same_v<std::remove_const_t<std::remove_reference_t<std::iter_reference_t<It>>>, T>;

/// They can be assigned, and it will show them again.
export template <class It, class T>
concept shows_elements =
    std::forward_iterator<It> && refers_to_elements<It, T> && std::is_assignable_v<T&, std::iter_reference_t<It>>;

/// The standard's synth-three-way ([expos.only.entity]): by <=> where there is one, built in or not, by < otherwise.
/// The built-in types' results are spelled out: gcc 16 looks the type of a built-in <=> up in the importer, which need
/// not have included <compare>.
export struct three_way {
    template <class T> constexpr auto operator()(const T& a, const T& b) const {
        if constexpr (std::is_floating_point_v<T>)
            return a < b    ? std::partial_ordering::less
                   : b < a  ? std::partial_ordering::greater
                   : a == b ? std::partial_ordering::equivalent
                            : std::partial_ordering::unordered;
        else if constexpr (std::is_integral_v<T> || std::is_pointer_v<T>) return by_less<std::strong_ordering>(a, b);
        // An enumeration's built-in <=> is that of its numbers, whatever an operator< of its own does.
        else if constexpr (std::is_enum_v<T> && std::three_way_comparable<T> && !has_own<T>)
            return by_less<std::strong_ordering>(static_cast<std::underlying_type_t<T>>(a),
                                                 static_cast<std::underlying_type_t<T>>(b));
        else if constexpr (std::three_way_comparable<T>) return a <=> b;
        else return by_less<std::weak_ordering>(a, b);
    }

private:
    // A built-in operator has no name to be called by.
    template <class T> static constexpr bool has_own = requires(const T& a, const T& b) { operator<=>(a, b); };

    template <class Ordering, class T> static constexpr Ordering by_less(const T& a, const T& b) {
        return a < b ? Ordering::less : b < a ? Ordering::greater : Ordering::equivalent;
    }
};

/// Compares two sequences element by element, as std::lexicographical_compare_three_way does.
export template <class It>
constexpr auto lexicographical(It first, It last, It other_first, It other_last) {
    using ordering = std::invoke_result_t<three_way, decltype(*first), decltype(*first)>;
    for (; first != last && other_first != other_last; ++first) {
        if (const ordering order = three_way()(*first, *other_first); order != ordering::equivalent) return order;
        ++other_first;
    }
    return first != last ? ordering::greater : other_first != other_last ? ordering::less : ordering::equivalent;
}

} // namespace seg
