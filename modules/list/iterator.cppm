// The random-access iterator of a list.
export module seg.list:iterator;

import seg.standard;
import seg.sys;
import :control;
import :layout;
import :position;

namespace seg {

using namespace detail;

/// A random-access iterator of a list. It is valid as long as its element exists: growing, reserve, shrink_to_fit, swap
/// and move do not invalidate it. It can be incremented to elements that were appended later. No member throws, and
/// each takes constant time.
///
/// ++ is an increment and a comparison. At the end of a segment it reads the control block and the table.
export template <class T, growth Growth, bool Const> class list_iterator {
    using control = list_control<T, Growth>;
    using offset = argument<std::ptrdiff_t>;

public:
    using iterator_concept = std::random_access_iterator_tag;
    using iterator_category = std::random_access_iterator_tag;
    using value_type = T;
    using difference_type = std::ptrdiff_t;
    using reference = std::conditional_t<Const, const T&, T&>;
    using pointer = std::conditional_t<Const, const T*, T*>;

    /// An iterator of no list.
    constexpr list_iterator() noexcept = default;

    /// A const_iterator to the element of an iterator.
    template <bool Other>
        requires(Const && !Other)
    constexpr list_iterator(const list_iterator<T, Growth, Other>& other) noexcept
        : at_(other.at_), control_(other.control_) {}

    /// The element. Precondition: the iterator is not past the end.
    constexpr reference operator*() const noexcept {
        expect_element("seg::list::iterator::operator*");
        return *at_.element;
    }
    constexpr pointer operator->() const noexcept {
        expect_element("seg::list::iterator::operator->");
        return std::addressof(*at_.element);
    }
    /// The element n after this one. Precondition: there is one.
    constexpr reference operator[](offset n) const noexcept {
        expect_element_at(n);
        list_iterator it = *this;
        it.go(n);
        return *it.at_.element;
    }

    // Precondition of what moves the iterator: the new position is an element's or past the end.

    constexpr list_iterator& operator++() noexcept {
        expect_element("seg::list::iterator::operator++");
        if (++at_.element == at_.end) [[unlikely]]
            at_ = control_->begin_of_next(at_);
        return *this;
    }
    constexpr list_iterator operator++(int) noexcept {
        const list_iterator old = *this;
        ++*this;
        return old;
    }
    constexpr list_iterator& operator--() noexcept {
        expect_valid("seg::list::iterator::operator--");
        if constexpr (checked)
            if (index() == 0)
                expects(false, "seg::list::iterator::operator--", "the iterator's index is above 0", 0, size(),
                        std::source_location::current());
        if (at_.element == at_.begin()) [[unlikely]]
            at_ = control_->last_of_previous(at_);
        else --at_.element;
        return *this;
    }
    constexpr list_iterator operator--(int) noexcept {
        const list_iterator old = *this;
        --*this;
        return old;
    }

    constexpr list_iterator& operator+=(offset n) noexcept {
        expect_position(n, n, "seg::list::iterator::operator+=");
        return go(n);
    }
    constexpr list_iterator& operator-=(offset n) noexcept {
        expect_position(n, -n, "seg::list::iterator::operator-=");
        return go(-n);
    }

    friend constexpr list_iterator operator+(list_iterator it, offset n) noexcept {
        it.expect_position(n, n, "seg::list::iterator::operator+");
        return it.go(n);
    }
    friend constexpr list_iterator operator+(offset n, list_iterator it) noexcept {
        it.expect_position(n, n, "seg::list::iterator::operator+");
        return it.go(n);
    }
    friend constexpr list_iterator operator-(list_iterator it, offset n) noexcept {
        it.expect_position(n, -n, "seg::list::iterator::operator-");
        return it.go(-n);
    }

    // Precondition of differences and comparisons: both iterators are of one list.

    friend constexpr difference_type operator-(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator-");
        if (a.at_.in_segment_of(b.at_)) return a.at_.element - b.at_.element;
        return static_cast<difference_type>(a.index()) - static_cast<difference_type>(b.index());
    }

    friend constexpr bool operator==(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_valid("seg::list::iterator::operator==");
        b.expect_valid("seg::list::iterator::operator==");
        return a.at_.element == b.at_.element;
    }
    friend constexpr bool operator<(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator<");
        return a.is_before(b);
    }
    friend constexpr std::strong_ordering operator<=>(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator<=>");
        return a.is_before(b)   ? std::strong_ordering::less
               : b.is_before(a) ? std::strong_ordering::greater
                                : std::strong_ordering::equal;
    }
    friend constexpr bool operator>(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator>");
        return b.is_before(a);
    }
    friend constexpr bool operator<=(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator<=");
        return !b.is_before(a);
    }
    friend constexpr bool operator>=(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator>=");
        return !a.is_before(b);
    }

private:
    template <class, class, growth> friend class list;
    template <class, class, growth> friend class list_stack;
    template <class, growth, bool> friend class list_iterator;
    template <class, growth, bool> friend class segments_view;

    constexpr list_iterator(const control* control, const list_position<T, Growth>& at) noexcept
        : at_(at), control_(control) {}

    constexpr std::size_t index() const noexcept { return control_ == nullptr ? 0 : control_->index_of(at_); }
    constexpr std::size_t segment() const noexcept { return control_ == nullptr ? 0 : control_->segment_of(at_); }

    constexpr bool is_before(const list_iterator& other) const noexcept { return at_.is_before(other.at_); }

    /// += without its check.
    constexpr list_iterator& go(difference_type n) noexcept {
        const auto offset = static_cast<std::size_t>(at_.element - at_.begin() + n);
        if (offset < static_cast<std::size_t>(at_.end - at_.begin())) at_.element += n;
        else if (n != 0) at_ = control_->position_of(index() + static_cast<std::size_t>(n));
        return *this;
    }

    // ---- preconditions
    //
    // An index is unsigned. The index of a position before the first element wraps, so it is greater than every size,
    // and comparing with the size is enough.

    constexpr void expect_element(const char* call) const noexcept {
        if constexpr (checked)
            if (!is_at_element()) // which is cheaper in constant evaluation than to compute the index
                expects(false, call, "the iterator's index is below the size", index(), size(),
                        std::source_location::current());
    }
    constexpr bool is_at_element() const noexcept
        requires checked
    {
        if (at_.is_null()) return false;
        return at_.begin() == control_->begin ? at_.element < control_->cursor : at_.segment() < control_->current;
    }
    template <class Offset> constexpr void expect_element_at(const Offset& n) const noexcept {
        if constexpr (checked) {
            const std::size_t i = index() + static_cast<std::size_t>(n.value);
            expects(i < size(), "seg::list::iterator::operator[]", "the index is below the size", i, size(), n.where);
        }
    }
    template <class Offset>
    constexpr void expect_position(const Offset& given, difference_type n, const char* call) const noexcept {
        if constexpr (checked) {
            expect_valid(call);
            const std::size_t i = index() + static_cast<std::size_t>(n);
            expects(i <= size(), call, "the new index is at most the size", i, size(), given.where);
        }
    }
    constexpr void expect_same_list(const list_iterator& other, const char* call) const noexcept {
        if constexpr (checked) {
            expects(control_ == other.control_, call,
                    control_ == nullptr || other.control_ == nullptr
                        ? "neither iterator was taken while its list had no memory"
                        : "the iterators are of one list",
                    index(), other.index(), std::source_location::current());
            expect_valid(call);
            other.expect_valid(call);
        }
    }
    /// Checks that an iterator with the null position is valid. It was past the end of a list whose current segment
    /// was full, and is invalid if elements were appended or removed since.
    constexpr void expect_valid(const char* call) const noexcept {
        if constexpr (checked)
            if (at_.is_null() && control_ != nullptr && control_->cursor != control_->end())
                expects(false, call, "a past-the-end iterator is taken anew when the size has changed", index(), size(),
                        std::source_location::current());
    }
    /// The list's size.
    constexpr std::size_t size() const noexcept
        requires checked
    {
        return control_ == nullptr ? 0 : control_->size();
    }

    list_position<T, Growth> at_;
    const control* control_ = nullptr;
};

static_assert(std::random_access_iterator<list_iterator<int, growth{}, false>>);

} // namespace seg
