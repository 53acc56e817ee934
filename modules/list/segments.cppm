// The runs of a list: contiguous parts, on which any algorithm is as fast as on an array.
export module seg.list:segments;

import seg.standard;
import seg.sys;
import :control;
import :iterator;
import :layout;

namespace seg {

using namespace detail;

/// A list or a part of one, as a random-access view of its runs. Each run is a std::span, and none is empty. The view
/// and its iterators are valid as long as the elements exist. Elements that are appended later are not in the view. No
/// member throws, and each takes constant time.
export template <class T, growth Growth, bool Const>
class segments_view : public std::ranges::view_interface<segments_view<T, Growth, Const>> {
    using control = list_control<T, Growth>;
    using first_type = list_iterator<T, Growth, Const>;
    using last_type = list_iterator<T, Growth, true>; // first_type alone says whether the elements are const

public:
    using value_type = std::span<std::conditional_t<Const, const T, T>>;

    /// A random-access iterator. For algorithms of C++17 it is an input iterator, because *it is not a reference.
    class iterator {
    public:
        using iterator_concept = std::random_access_iterator_tag;
        using iterator_category = std::input_iterator_tag;
        using value_type = segments_view::value_type;
        using difference_type = std::ptrdiff_t;
        using reference = value_type;
        using pointer = void;

        constexpr iterator() noexcept = default;

        /// The run. Precondition: the iterator is not past the end.
        constexpr value_type operator*() const noexcept {
            if constexpr (checked)
                view_.expect_run(segment_, "seg::segments_view::iterator::operator*", std::source_location::current());
            return {run_begin_, run_end_};
        }
        /// The run n after this one. Precondition: there is one.
        constexpr value_type operator[](argument<difference_type> n) const noexcept {
            const std::size_t k = segment_ + static_cast<std::size_t>(static_cast<difference_type>(n));
            view_.expect_run_at(n, k, "seg::segments_view::iterator::operator[]");
            return view_.run(k);
        }

        // Precondition of what moves the iterator: the new position is a run's or past the end.

        constexpr iterator& operator++() noexcept {
            // A compiler merges this comparison with a loop's comparison with end(). So a loop over one segment never
            // reads the table.
            if (++segment_ != view_.end_segment_) note_run();
            return *this;
        }
        constexpr iterator& operator--() noexcept { return *this -= 1; }
        constexpr iterator operator++(int) noexcept {
            const iterator old = *this;
            ++*this;
            return old;
        }
        constexpr iterator operator--(int) noexcept {
            const iterator old = *this;
            --*this;
            return old;
        }
        constexpr iterator& operator+=(difference_type n) noexcept {
            segment_ += static_cast<std::size_t>(n);
            if (segment_ - view_.first_segment_ < view_.size()) note_run();
            return *this;
        }
        constexpr iterator& operator-=(difference_type n) noexcept { return *this += -n; }

        // Precondition of differences and comparisons: both iterators are of one view, or of copies of it.

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
            if (segment != view.end_segment_) note_run();
        }
        constexpr void note_run() noexcept {
            run_begin_ = view_.begin_of_run(segment_);
            run_end_ = view_.end_of_run(segment_);
        }

        segments_view view_;
        std::size_t segment_ = 0;
        // The run, unless the iterator is past the end. It is looked up when the iterator moves: operator* would have
        // to compare again, and to read the table.
        T* run_begin_ = nullptr;
        T* run_end_ = nullptr;
    };

    /// An empty view.
    constexpr segments_view() noexcept = default;

    /// The runs of the elements from first up to last. Precondition: both are iterators of one list, and first is not
    /// after last.
    constexpr segments_view(const first_type& first, const last_type& last,
                            caller where = std::source_location::current()) noexcept
        : control_(first.control_) {
        if constexpr (checked) {
            expects(first.control_ == last.control_, "seg::segments", "the iterators are of one list", first.index(),
                    last.index(), where);
            expects(!last.is_before(last_type(first)), "seg::segments", "first is not after last", first.index(),
                    last.index(), where);
        }
        if (first == last) return;
        begin_ = first.at_.element;
        first_segment_ = first.segment();
        end_ = last.at_.element;
        end_segment_ = last.segment();
        // If last is null or the first element of its segment, the last run ends with the segment before.
        if (end_ == last.at_.begin()) end_ = control_->end_of(end_segment_ - 1);
        else ++end_segment_;
    }

    constexpr iterator begin() const noexcept { return {*this, first_segment_}; }
    constexpr iterator end() const noexcept { return {*this, end_segment_}; }

    /// The number of runs.
    constexpr std::size_t size() const noexcept { return end_segment_ - first_segment_; }
    constexpr bool empty() const noexcept { return first_segment_ == end_segment_; }

    /// Run n. Precondition: n < size().
    constexpr value_type operator[](argument<std::size_t> n) const noexcept {
        const std::size_t k = first_segment_ + n;
        expect_run_at(n, k, "seg::segments_view::operator[]");
        return run(k);
    }

private:
    template <class, class, growth> friend class list_stack;

    constexpr segments_view(const control* control, T* first, std::size_t first_segment, T* last,
                            std::size_t end_segment) noexcept
        : control_(control), begin_(first), end_(last), first_segment_(first_segment), end_segment_(end_segment) {}

    /// Checks that the run in segment k is in the view. If k is less than first_segment_, the difference wraps and is
    /// not less than the size.
    constexpr void expect_run(std::size_t k, const char* call, const std::source_location& where) const noexcept {
        if constexpr (checked)
            expects(k - first_segment_ < size(), call, "the run's number is below the size", k - first_segment_, size(),
                    where);
    }
    template <class Index>
    constexpr void expect_run_at(const Index& n, std::size_t k, const char* call) const noexcept {
        if constexpr (checked) expect_run(k, call, n.where);
    }

    constexpr value_type run(std::size_t k) const noexcept { return {begin_of_run(k), end_of_run(k)}; }
    constexpr T* begin_of_run(std::size_t k) const noexcept {
        return k == first_segment_ ? begin_ : control_->segment(k);
    }
    constexpr T* end_of_run(std::size_t k) const noexcept {
        if (k == end_segment_ - 1) [[likely]]
            return end_;
        // The end of the first segment is known without the table.
        if (k == 0) return control_->first_segment() + list_layout<T, Growth>::size_of(0);
        return control_->end_of(k);
    }

    // The elements from begin_, which is in segment first_segment_, up to end_, which is in segment end_segment_ - 1 or
    // its end.
    const control* control_ = nullptr;
    T* begin_ = nullptr;
    T* end_ = nullptr;
    std::size_t first_segment_ = 0;
    std::size_t end_segment_ = 0;
};

/// The runs of the elements from first up to last: seg::segments(l.begin() + 10, l.end()). Their elements are const if
/// first is a const_iterator, as in the standard's algorithms. Constant time. Precondition: both are iterators of one
/// list, and first is not after last.
export template <class T, growth Growth, bool Const, bool ConstLast>
constexpr segments_view<T, Growth, Const> segments(const list_iterator<T, Growth, Const>& first,
                                                   const list_iterator<T, Growth, ConstLast>& last,
                                                   caller where = std::source_location::current()) noexcept {
    return {first, last, where};
}

/// The runs of a range between two iterators of a list: a list, a subrange of one, or a view that has a list's
/// iterators. Constant time. The range is an lvalue or borrowed, so that its elements exist afterwards.
export template <std::ranges::borrowed_range R>
    requires requires(std::ranges::iterator_t<R> first, std::ranges::sentinel_t<R> last) { seg::segments(first, last); }
constexpr auto segments(R&& range, caller where = std::source_location::current()) noexcept {
    return seg::segments(std::ranges::begin(range), std::ranges::end(range), where);
}

} // namespace seg

template <class T, seg::growth Growth, bool Const>
inline constexpr bool std::ranges::enable_borrowed_range<seg::segments_view<T, Growth, Const>> = true;

namespace seg {

static_assert(std::ranges::random_access_range<segments_view<int, growth{}, false>> &&
              std::ranges::sized_range<segments_view<int, growth{}, false>> &&
              std::ranges::borrowed_range<segments_view<int, growth{}, false>>);

} // namespace seg
