// The list's random-access iterator.
export module seg.list:iterator;

import seg.arena;
import seg.standard;
import :control;
import :growth;

namespace seg {

/// A random-access iterator over a seg::list. It stays good while its element exists: growth, reserve, shrink_to_fit,
/// swap and move do not invalidate it, and it can be incremented onto elements that came after it was taken.
///
/// ++ is an increment and a compare; only at a segment's end is the control block asked for the next one.
export template <class T, growth Growth, bool Const> class list_iterator {
    using control_type = control<T, Growth>;
    using offset = argument<std::ptrdiff_t>;

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
        expect_element("seg::list::iterator::operator*");
        return *at_.element;
    }
    constexpr pointer operator->() const noexcept {
        expect_element("seg::list::iterator::operator->");
        return std::addressof(*at_.element);
    }
    constexpr reference operator[](offset n) const noexcept {
        expect_element_at(n);
        list_iterator it = *this;
        it.go(n);
        return *it.at_.element;
    }

    // Precondition of all that move: the place arrived at is an element's or past the end.

    constexpr list_iterator& operator++() noexcept {
        expect_element("seg::list::iterator::operator++");
        if (++at_.element == at_.last) [[unlikely]]
            at_ = control_->after(at_);
        return *this;
    }
    constexpr list_iterator operator++(int) noexcept {
        list_iterator before = *this;
        ++*this;
        return before;
    }
    constexpr list_iterator& operator--() noexcept {
        expect_good("seg::list::iterator::operator--");
        if constexpr (checked)
            if (segment() == 0 && index() == 0)
                expects(false, "seg::list::iterator::operator--", "the iterator's index is above 0", 0, size(),
                        std::source_location::current());
        if (at_.element == at_.first()) [[unlikely]]
            at_ = control_->before(at_);
        else --at_.element;
        return *this;
    }
    constexpr list_iterator operator--(int) noexcept {
        list_iterator before = *this;
        --*this;
        return before;
    }

    constexpr list_iterator& operator+=(offset n) noexcept {
        expect_place(n, n, "seg::list::iterator::operator+=");
        return go(n);
    }
    constexpr list_iterator& operator-=(offset n) noexcept {
        expect_place(n, -n, "seg::list::iterator::operator-=");
        return go(-n);
    }

    friend constexpr list_iterator operator+(list_iterator it, offset n) noexcept {
        it.expect_place(n, n, "seg::list::iterator::operator+");
        return it.go(n);
    }
    friend constexpr list_iterator operator+(offset n, list_iterator it) noexcept {
        it.expect_place(n, n, "seg::list::iterator::operator+");
        return it.go(n);
    }
    friend constexpr list_iterator operator-(list_iterator it, offset n) noexcept {
        it.expect_place(n, -n, "seg::list::iterator::operator-");
        return it.go(-n);
    }
    // Preconditions of differences and of what orders: both iterators are of one list.
    friend constexpr difference_type operator-(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator-");
        if (a.at_.in_segment_of(b.at_)) return a.at_.element - b.at_.element;
        return static_cast<difference_type>(a.index()) - static_cast<difference_type>(b.index());
    }

    friend constexpr bool operator==(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_good("seg::list::iterator::operator==");
        b.expect_good("seg::list::iterator::operator==");
        return a.at_.element == b.at_.element;
    }
    friend constexpr bool operator<(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator<");
        return a.before(b);
    }
    friend constexpr std::strong_ordering operator<=>(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator<=>");
        return a.before(b)   ? std::strong_ordering::less
               : b.before(a) ? std::strong_ordering::greater
                             : std::strong_ordering::equal;
    }
    friend constexpr bool operator>(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator>");
        return b.before(a);
    }
    friend constexpr bool operator<=(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator<=");
        return !b.before(a);
    }
    friend constexpr bool operator>=(const list_iterator& a, const list_iterator& b) noexcept {
        a.expect_same_list(b, "seg::list::iterator::operator>=");
        return !a.before(b);
    }

private:
    template <class, class, growth> friend class list;
    template <class, growth, bool> friend class list_iterator;
    template <class, growth, bool> friend class segments_view;

    constexpr list_iterator(const control_type* control, const position<T, Growth>& at) noexcept
        : at_(at), control_(control) {}

    constexpr std::size_t index() const noexcept { return control_ == nullptr ? 0 : control_->index_of(at_); }
    constexpr std::size_t segment() const noexcept { return control_ == nullptr ? 0 : control_->segment_of(at_); }

    constexpr bool before(const list_iterator& other) const noexcept { return at_.is_before(other.at_); }

    constexpr list_iterator& go(difference_type n) noexcept {
        const auto offset = static_cast<std::size_t>(at_.element - at_.first() + n);
        if (offset < static_cast<std::size_t>(at_.last - at_.first())) at_.element += n;
        else if (n != 0) at_ = control_->seek(index() + static_cast<std::size_t>(n));
        return *this;
    }

    // Preconditions. What an index less a number above it wraps to is above every size.
    constexpr void expect_element(const char* call) const noexcept {
        if constexpr (checked)
            if (!is_at_element()) // an index takes a compiler's constant evaluation dozens of steps
                expects(false, call, "the iterator's index is below the size", index(), size(),
                        std::source_location::current());
    }
    constexpr bool is_at_element() const noexcept
        requires checked
    {
        if (at_.is_nowhere()) return false;
        return at_.first() == control_->begin ? at_.element < control_->next : at_.segment() < control_->current;
    }
    template <class Offset> constexpr void expect_element_at(const Offset& n) const noexcept {
        if constexpr (checked) {
            const std::size_t i = index() + static_cast<std::size_t>(n.value);
            expects(i < size(), "seg::list::iterator::operator[]", "the index is below the size", i, size(), n.where);
        }
    }
    template <class Offset>
    constexpr void expect_place(const Offset& given, difference_type n, const char* call) const noexcept {
        if constexpr (checked) {
            expect_good(call);
            const std::size_t i = index() + static_cast<std::size_t>(n);
            expects(i <= size(), call, "the index arrived at is at most the size", i, size(), given.where);
        }
    }
    constexpr void expect_same_list(const list_iterator& other, const char* call) const noexcept {
        if constexpr (checked) {
            expects(control_ == other.control_, call,
                    control_ == nullptr || other.control_ == nullptr
                        ? "neither iterator was taken while its list had no memory"
                        : "the iterators are of one list",
                    index(), other.index(), std::source_location::current());
            expect_good(call);
            other.expect_good(call);
        }
    }
    /// Nowhere is past the end of a list that is full: no longer, once it has grown or shrunk.
    constexpr void expect_good(const char* call) const noexcept {
        if constexpr (checked)
            if (at_.is_nowhere() && control_ != nullptr && control_->next != control_->end())
                expects(false, call, "a past-the-end iterator is taken anew when the size has changed", index(), size(),
                        std::source_location::current());
    }
    /// The list's size.
    constexpr std::size_t size() const noexcept
        requires checked
    {
        return control_ == nullptr ? 0 : control_->size();
    }

    position<T, Growth> at_;
    const control_type* control_ = nullptr;
};

} // namespace seg
