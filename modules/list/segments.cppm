// The list as what it is in memory: a sequence of contiguous runs, on which any algorithm runs at the speed of an
// array.
export module seg.list:segments;

import seg.arena;
import seg.standard;
import :control;
import :growth;
import :iterator;

namespace seg {

/// A random-access view of a list, or of a part of one, as std::spans. No span is empty. It stays good as long as the
/// elements in it exist, whatever is appended later; that is not in it.
export template <class T, growth Growth, bool Const>
class segments_view : public std::ranges::view_interface<segments_view<T, Growth, Const>> {
    using control_type = control<T, Growth>;
    using first_type = list_iterator<T, Growth, Const>;
    using last_type = list_iterator<T, Growth, true>; // whether the elements can be changed is what first says

public:
    using value_type = std::span<std::conditional_t<Const, const T, T>>;

    class iterator {
    public:
        using iterator_concept = std::random_access_iterator_tag;
        using iterator_category = std::input_iterator_tag; // its reference is no reference
        using value_type = segments_view::value_type;
        using difference_type = std::ptrdiff_t;
        using reference = value_type;
        using pointer = void;

        constexpr iterator() noexcept = default;

        /// The run. Precondition: there is one, so this is not past the end.
        constexpr value_type operator*() const noexcept {
            if constexpr (checked)
                view_.expect_run(segment_, "seg::segments_view::iterator::operator*", std::source_location::current());
            return {first_, last_};
        }
        constexpr value_type operator[](argument<difference_type> n) const noexcept {
            const std::size_t k = segment_ + static_cast<std::size_t>(static_cast<difference_type>(n));
            view_.expect_run_at(n, k, "seg::segments_view::iterator::operator[]");
            return view_.run(k);
        }

        constexpr iterator& operator++() noexcept {
            // The same compare as a loop's with the end, so that it is made once: a list of one segment never looks
            // into the table.
            if (++segment_ != view_.end_) note_run();
            return *this;
        }
        constexpr iterator& operator--() noexcept { return *this -= 1; }
        constexpr iterator operator++(int) noexcept {
            const iterator before = *this;
            ++*this;
            return before;
        }
        constexpr iterator operator--(int) noexcept {
            const iterator before = *this;
            --*this;
            return before;
        }
        constexpr iterator& operator+=(difference_type n) noexcept {
            segment_ += static_cast<std::size_t>(n);
            if (segment_ - view_.begin_ < view_.size()) note_run();
            return *this;
        }
        constexpr iterator& operator-=(difference_type n) noexcept { return *this += -n; }

        friend constexpr iterator operator+(iterator it, difference_type n) noexcept { return it += n; }
        friend constexpr iterator operator+(difference_type n, iterator it) noexcept { return it += n; }
        friend constexpr iterator operator-(iterator it, difference_type n) noexcept { return it -= n; }
        friend constexpr difference_type operator-(const iterator& a, const iterator& b) noexcept {
            return static_cast<difference_type>(a.segment_ - b.segment_);
        }

        friend constexpr bool operator==(const iterator& a, const iterator& b) noexcept {
            return a.segment_ == b.segment_;
        }
        friend constexpr bool operator<(const iterator& a, const iterator& b) noexcept {
            return a.segment_ < b.segment_;
        }
        friend constexpr bool operator>(const iterator& a, const iterator& b) noexcept { return b < a; }
        friend constexpr bool operator<=(const iterator& a, const iterator& b) noexcept { return !(b < a); }
        friend constexpr bool operator>=(const iterator& a, const iterator& b) noexcept { return !(a < b); }

    private:
        friend segments_view;
        constexpr iterator(const segments_view& view, std::size_t segment) noexcept : view_(view), segment_(segment) {
            if (segment != view.end_) note_run();
        }
        constexpr void note_run() noexcept {
            first_ = view_.first_of(segment_);
            last_ = view_.last_of(segment_);
        }

        segments_view view_;
        std::size_t segment_ = 0;
        // The run, if there is one. It is found where the iterator moves. operator* would have to compare once more,
        // and to look into a table that a single segment does not need.
        T* first_ = nullptr;
        T* last_ = nullptr;
    };

    constexpr segments_view() noexcept = default;

    /// The elements from first up to last, both of one list.
    constexpr segments_view(const first_type& first, const last_type& last,
                            caller where = std::source_location::current()) noexcept
        : control_(first.control_) {
        if constexpr (checked) {
            expects(first.control_ == last.control_, "seg::segments", "the iterators are of one list", first.index(),
                    last.index(), where);
            expects(!last.before(last_type(first)), "seg::segments", "first is not behind last", first.index(),
                    last.index(), where);
        }
        if (first == last) return;
        first_ = first.at_.element;
        begin_ = first.segment();
        last_ = last.at_.element;
        end_ = last.segment();
        if (last_ == last.at_.first()) last_ = control_->end_of(end_ - 1); // nothing of that segment, or nowhere
        else ++end_;
    }

    constexpr iterator begin() const noexcept { return {*this, begin_}; }
    constexpr iterator end() const noexcept { return {*this, end_}; }

    /// The number of runs. Constant time.
    constexpr std::size_t size() const noexcept { return end_ - begin_; }
    constexpr bool empty() const noexcept { return begin_ == end_; }

    /// Run n, counted from 0. Precondition: n < size().
    constexpr value_type operator[](argument<std::size_t> n) const noexcept {
        const std::size_t k = begin_ + n;
        expect_run_at(n, k, "seg::segments_view::operator[]");
        return run(k);
    }

private:
    template <class, class, growth> friend class list;

    constexpr segments_view(const control_type* control, T* first, std::size_t begin, T* last, std::size_t end) noexcept
        : control_(control), first_(first), last_(last), begin_(begin), end_(end) {}

    /// Precondition of what shows run k, counted from the list's first: it is of the view.
    constexpr void expect_run(std::size_t k, const char* call, const std::source_location& where) const noexcept {
        if constexpr (checked)
            expects(k - begin_ < size(), call, "the run's number is below the size", k - begin_, size(), where);
    }
    template <class Index>
    constexpr void expect_run_at(const Index& n, std::size_t k, const char* call) const noexcept {
        if constexpr (checked) expect_run(k, call, n.where);
    }

    constexpr value_type run(std::size_t k) const noexcept { return {first_of(k), last_of(k)}; }
    constexpr T* first_of(std::size_t k) const noexcept { return k == begin_ ? first_ : control_->segment(k); }
    constexpr T* last_of(std::size_t k) const noexcept {
        if (k == end_ - 1) [[likely]]
            return last_;
        // Where the first segment ends is known without the table.
        if (k == 0) return control_->first_segment() + layout<T, Growth>::size_of(0);
        return control_->end_of(k);
    }

    // The runs are of the segments from begin_ up to end_; the first is cut off at first_, the last at last_.
    const control_type* control_ = nullptr;
    T* first_ = nullptr;
    T* last_ = nullptr;
    std::size_t begin_ = 0;
    std::size_t end_ = 0;
};

/// The runs of the elements from first up to last, both of one list: seg::segments(l.begin() + 10, l.end()). Their
/// elements can be changed if first is no const_iterator, as in the standard's algorithms.
export template <class T, growth Growth, bool Const, bool ConstLast>
constexpr segments_view<T, Growth, Const> segments(const list_iterator<T, Growth, Const>& first,
                                                   const list_iterator<T, Growth, ConstLast>& last,
                                                   caller where = std::source_location::current()) noexcept {
    return {first, last, where};
}

/// The runs of a range between two iterators of a list: of a list, of a subrange or of a view that keeps its iterators.
export template <std::ranges::borrowed_range R>
    requires requires(std::ranges::iterator_t<R> first, std::ranges::sentinel_t<R> last) { seg::segments(first, last); }
constexpr auto segments(R&& range, caller where = std::source_location::current()) noexcept {
    return seg::segments(std::ranges::begin(range), std::ranges::end(range), where);
}

} // namespace seg

template <class T, seg::growth Growth, bool Const>
inline constexpr bool std::ranges::enable_borrowed_range<seg::segments_view<T, Growth, Const>> = true;
