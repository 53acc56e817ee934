// What list and vector have in common. It is in this module because both re-export it. (If it were in a module that
// both import, clang 22 with libc++ would not find the placement new that std::construct_at needs, in an importer that
// includes nothing.)
export module seg.arena:sequence;

import seg.standard;

namespace seg {

/// An argument that asks for default-initialized elements. Numbers are not zeroed: they must be written to before they
/// are read.
export struct default_init_t {
    explicit default_init_t() = default;
};
export inline constexpr default_init_t default_init{};

namespace detail {

/// A range from which a container of T can be constructed: container-compatible-range of the standard
/// ([container.intro.reqmts]).
export template <class R, class T>
concept range_of = std::ranges::input_range<R> && std::convertible_to<std::ranges::range_reference_t<R>, T>;

/// An iterator that refers to objects of type T, const or not, and does not make values of type T when it is read.
export template <class It, class T>
concept refers_to_elements = std::is_reference_v<std::iter_reference_t<It>> &&
                             std::is_same_v<std::remove_const_t<std::remove_reference_t<std::iter_reference_t<It>>>, T>;

/// An iterator that refers to objects of type T, which elements can be assigned from, and that can be read twice.
export template <class It, class T>
concept assignable_source =
    std::forward_iterator<It> && refers_to_elements<It, T> && std::is_assignable_v<T&, std::iter_reference_t<It>>;

/// Compares by <=> if T has it, by < otherwise: synth-three-way of the standard ([expos.only.entity]).
/// It computes the results of built-in types by < and ==, since gcc 16 looks up the type of a built-in <=> in the
/// importer, which may not include <compare>.
export struct three_way {
    template <class T> constexpr auto operator()(const T& a, const T& b) const {
        if constexpr (std::is_floating_point_v<T>)
            return a < b    ? std::partial_ordering::less
                   : b < a  ? std::partial_ordering::greater
                   : a == b ? std::partial_ordering::equivalent
                            : std::partial_ordering::unordered;
        else if constexpr (std::is_integral_v<T> || std::is_pointer_v<T>) return by_less<std::strong_ordering>(a, b);
        // The built-in <=> of an enumeration compares its numbers, even if an operator< is declared for it.
        else if constexpr (std::is_enum_v<T> && std::three_way_comparable<T> && !overloads_three_way<T>)
            return by_less<std::strong_ordering>(static_cast<std::underlying_type_t<T>>(a),
                                                 static_cast<std::underlying_type_t<T>>(b));
        else if constexpr (std::three_way_comparable<T>) return a <=> b;
        else return by_less<std::weak_ordering>(a, b);
    }

private:
    // Whether an operator<=> is declared for T: a built-in operator cannot be called by its name.
    template <class T> static constexpr bool overloads_three_way =
        requires(const T& a, const T& b) { operator<=>(a, b); };

    template <class Ordering, class T> static constexpr Ordering by_less(const T& a, const T& b) {
        return a < b ? Ordering::less : b < a ? Ordering::greater : Ordering::equivalent;
    }
};

/// What std::lexicographical_compare_three_way returns with three_way. Linear in the shorter sequence.
export template <class It>
constexpr auto lexicographical(It first, It last, It other_first, It other_last) {
    using ordering = std::invoke_result_t<three_way, decltype(*first), decltype(*first)>;
    for (; first != last && other_first != other_last; ++first) {
        if (const ordering order = three_way()(*first, *other_first); order != ordering::equivalent) return order;
        ++other_first;
    }
    return first != last ? ordering::greater : other_first != other_last ? ordering::less : ordering::equivalent;
}

} // namespace detail

} // namespace seg
