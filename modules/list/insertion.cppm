// Inserting before the end of a list, and erasing: both assign elements to other elements, from the position on.
//
// Calls are qualified, so that no function in the namespace of the elements is found.
export module seg.list:insertion;

import seg.arena;
import seg.standard;
import :iterator;
import :layout;
import :stack;

namespace seg {

using namespace detail;

/// A value that is no element, constructed by the allocator of a list.
template <class T, class Allocator> class temporary_value {
    using traits = std::allocator_traits<Allocator>;

public:
    template <class... Arguments> constexpr explicit temporary_value(Allocator& alloc, Arguments&&... arguments)
        : alloc_(alloc) {
        traits::construct(alloc_, std::addressof(value_), std::forward<Arguments>(arguments)...);
    }
    temporary_value(const temporary_value&) = delete;
    constexpr ~temporary_value() { traits::destroy(alloc_, std::addressof(value_)); }

    constexpr T& value() noexcept { return value_; }
    constexpr const T& value() const noexcept { return value_; }

private:
    Allocator& alloc_;
    union {
        T value_;
    };
};

/// Constructs an element before element i.
template <class T, class Allocator, growth Growth, class... Arguments>
constexpr void emplace_before(list_stack<T, Allocator, Growth>& s, std::size_t i, Arguments&&... arguments) {
    if (i == s.size()) {
        s.emplace_back(std::forward<Arguments>(arguments)...);
        return;
    }
    s.reserve_more(1); // before anything is moved from
    // First, since an argument may be one of the elements that are moved.
    temporary_value<T, Allocator> value(s.allocator(), std::forward<Arguments>(arguments)...);
    s.emplace_back(std::move(*s.last()));
    const auto at = s.iterator_at(i);
    std::move_backward(at, s.end() - 2, s.end() - 1);
    *at = std::move(value.value());
}

/// Inserts n elements before element i. The elements from i on are moved once each, and the new ones are assigned to
/// the places that they leave: so the source must not refer to an element from i on. Strong guarantee if i is the size,
/// otherwise the basic one.
template <class T, class Allocator, growth Growth, class Source>
constexpr void insert_from(list_stack<T, Allocator, Growth>& s, std::size_t i, std::size_t n, Source source) {
    const std::size_t old_size = s.size();
    const std::size_t moved = std::min(n, old_size - i);
    Source rest = source;
    rest.skip(moved);
    s.append_from(n - moved, std::move(rest));
    if (moved == 0) return;
    s.append_from(moved, elements_from{std::move_iterator(s.iterator_at(old_size - moved))});
    std::move_backward(s.iterator_at(i), s.iterator_at(old_size - moved), s.iterator_at(old_size));
    auto to = s.iterator_at(i);
    for (std::size_t k = 0; k != moved; ++k) {
        source.assign(*to);
        ++to;
        source.next();
    }
}

/// Inserts n copies of a value, which may be an element of the list, before element i.
template <class T, class Allocator, growth Growth>
constexpr void insert_copies(list_stack<T, Allocator, Growth>& s, std::size_t i, std::size_t n, const T& value) {
    if (n == 0 || i == s.size()) {
        s.append_from(n, copies_of{value});
        return;
    }
    const temporary_value<T, Allocator> copy(s.allocator(), value);
    seg::insert_from(s, i, n, copies_of{copy.value()});
}

/// Moves the elements of another list before element i.
template <class T, class Allocator, growth Growth>
constexpr void insert_moved(list_stack<T, Allocator, Growth>& s, std::size_t i,
                            list_stack<T, Allocator, Growth>& other) {
    seg::insert_from(s, i, other.size(), elements_from{std::move_iterator(other.begin())});
}

/// Inserts copies of the elements from first up to last, which may be elements of the list, before element i.
template <class T, class Allocator, growth Growth, class It, class End>
constexpr void insert_elements(list_stack<T, Allocator, Growth>& s, std::size_t i, It first, End last) {
    if constexpr (std::forward_iterator<It>) {
        if (i == s.size()) {
            s.append(std::move(first), last);
            return;
        }
        const auto n = static_cast<std::size_t>(std::ranges::distance(first, last));
        if constexpr (assignable_source<It, T> && std::contiguous_iterator<It>) {
            if (!s.moves_any(i, std::to_address(first), n)) {
                seg::insert_from(s, i, n, elements_from{std::move(first)});
                return;
            }
        }
        s.reserve_more(n); // before memory for copies is allocated, so that an arena reuses that
        if constexpr (assignable_source<It, T> && !std::contiguous_iterator<It> && !__is_trivially_copyable(T)) {
            // Iterators may find the elements by way of elements that are moved, as those of a filtered view do: so the
            // addresses are taken first. If none of the elements is moved, they are copied from where they are.
            using address = std::add_pointer_t<std::iter_reference_t<It>>;
            using address_allocator = std::allocator_traits<Allocator>::template rebind_alloc<address>;
            list_stack<address, address_allocator, growth{}> addresses{address_allocator(s.allocator())};
            bool moves = false;
            for (It at = first; at != last; ++at) {
                auto&& element = *at; // named, since it may be an xvalue
                addresses.emplace_back(std::addressof(element));
                moves = moves || s.moves_any(i, std::addressof(element), 1);
            }
            if (!moves) {
                using At = list_iterator<address, growth{}, false>;
                seg::insert_from(s, i, n, elements_at<It, At>{addresses.begin()});
                return;
            }
        }
    }
    list_stack<T, Allocator, Growth> copies(s.allocator());
    copies.append(std::move(first), last);
    seg::insert_moved(s, i, copies);
}

/// Erases the elements from index i up to index j.
template <class T, class Allocator, growth Growth>
constexpr void erase_elements(list_stack<T, Allocator, Growth>& s, std::size_t i, std::size_t j) {
    if (i == j) return;
    std::move(s.iterator_at(j), s.end(), s.iterator_at(i));
    s.truncate(s.size() - (j - i));
}

} // namespace seg
