// The list's random-access iterator.
module;

#include <compare>
#include <cstddef>
#include <iterator>
#include <memory>
#include <source_location>
#include <type_traits>

export module seg.list:iterator;

import seg.arena;
import :control;
import :growth;

namespace seg {

/// A random-access iterator over a seg::list. It stays good while its element exists: growth, reserve, shrink_to_fit,
/// swap and move do not invalidate it, and it can be incremented onto elements that came after it was taken.
///
/// ++ is an increment and a compare; only at a segment's end is the control block asked for the next one.
export template <class T, growth Growth, bool Const> class list_iterator {
    using control_type = control<T, Growth>;
    using shape = layout<T, Growth>;

public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using reference = std::conditional_t<Const, const T&, T&>;
    using pointer = std::conditional_t<Const, const T*, T*>;

    constexpr list_iterator() noexcept = default;

    /// An iterator to the same element that does not let it be changed.
    template <bool Other>
        requires(Const && !Other)
    constexpr list_iterator(const list_iterator<T, Growth, Other>& other) noexcept
        : at_(other.at_), control_(other.control_) {}

    /// The element. Precondition: there is one, so this is not past the end.
    constexpr reference operator*() const noexcept {
        expect_element();
        return *at_.element;
    }
    constexpr pointer operator->() const noexcept {
        expect_element();
        return std::addressof(*at_.element);
    }
    constexpr reference operator[](difference_type n) const noexcept { return *(*this + n); }

    constexpr list_iterator& operator++() noexcept {
        if (++at_.element == at_.last) [[unlikely]]
            at_ = control_type::after(control_, at_.segment, at_.last);
        return *this;
    }
    constexpr list_iterator operator++(int) noexcept {
        list_iterator before = *this;
        ++*this;
        return before;
    }
    constexpr list_iterator& operator--() noexcept {
        if (at_.element == at_.last - shape::size_of(at_.segment)) [[unlikely]]
            at_ = control_type::before(control_, at_.segment);
        else --at_.element;
        return *this;
    }
    constexpr list_iterator operator--(int) noexcept {
        list_iterator before = *this;
        --*this;
        return before;
    }

    constexpr list_iterator& operator+=(difference_type n) noexcept {
        if (n >= 0 && n < at_.last - at_.element) at_.element += n;
        else if (n != 0) at_ = control_->seek(index() + static_cast<std::size_t>(n));
        return *this;
    }
    constexpr list_iterator& operator-=(difference_type n) noexcept { return *this += -n; }

    friend constexpr list_iterator operator+(list_iterator it, difference_type n) noexcept { return it += n; }
    friend constexpr list_iterator operator+(difference_type n, list_iterator it) noexcept { return it += n; }
    friend constexpr list_iterator operator-(list_iterator it, difference_type n) noexcept { return it -= n; }
    friend constexpr difference_type operator-(const list_iterator& a, const list_iterator& b) noexcept {
        if (a.at_.segment == b.at_.segment) return a.at_.element - b.at_.element;
        return static_cast<difference_type>(a.index()) - static_cast<difference_type>(b.index());
    }

    // The segment counts too: the end of one segment may be the beginning of another in memory. Most unequal iterators
    // differ in the element, so that is compared first; in constant evaluation two segments' addresses do not compare.
    friend constexpr bool operator==(const list_iterator& a, const list_iterator& b) noexcept {
        if (std::is_constant_evaluated() && a.at_.segment != b.at_.segment) return false;
        return a.at_.element == b.at_.element && a.at_.segment == b.at_.segment;
    }
    friend constexpr bool operator<(const list_iterator& a, const list_iterator& b) noexcept {
        return a.at_.segment == b.at_.segment ? a.at_.element < b.at_.element : a.at_.segment < b.at_.segment;
    }
    friend constexpr std::strong_ordering operator<=>(const list_iterator& a, const list_iterator& b) noexcept {
        return a < b ? std::strong_ordering::less : b < a ? std::strong_ordering::greater : std::strong_ordering::equal;
    }
    friend constexpr bool operator>(const list_iterator& a, const list_iterator& b) noexcept { return b < a; }
    friend constexpr bool operator<=(const list_iterator& a, const list_iterator& b) noexcept { return !(b < a); }
    friend constexpr bool operator>=(const list_iterator& a, const list_iterator& b) noexcept { return !(a < b); }

private:
    template <class, class, growth> friend class list;
    template <class, growth, bool> friend class list_iterator;
    template <class, growth, bool> friend class segments_view;

    constexpr list_iterator(const control_type* control, const position<T>& at) noexcept
        : at_(at), control_(control) {}

    constexpr std::size_t index() const noexcept {
        return control_ == nullptr ? 0 : control_->index_in(at_.segment, at_.element);
    }

    constexpr void expect_element() const noexcept {
        if constexpr (checked)
            expects(control_ != nullptr && index() < control_->size(), "seg::list::iterator::operator*",
                    "the iterator's index is below the size", index(), control_ == nullptr ? 0 : control_->size(),
                    std::source_location::current());
    }

    // element < last, but for the past-the-end iterator of a list whose last segment is full.
    position<T> at_ = {};
    const control_type* control_ = nullptr;
};

} // namespace seg
