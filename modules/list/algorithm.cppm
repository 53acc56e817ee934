// The algorithms that go run by run: on each contiguous run the standard's own algorithm does the work, at the speed of
// an array. (Idea: M. Austern, "Segmented Iterators and Hierarchical Algorithms", 1998.)
//
// They are function objects, so that no unqualified call finds them by accident. Each takes a list, a subrange of one,
// or a pair of a list's iterators, const or not; the other range or iterator of copy, transform and equal may be of any
// kind, and goes run by run too where it is of a list.
export module seg.list:algorithm;

import seg.standard;
import :growth;
import :iterator;
import :segments;

namespace seg {

template <class> inline constexpr bool is_list_iterator = false;
template <class T, growth Growth, bool Const>
inline constexpr bool is_list_iterator<list_iterator<T, Growth, Const>> = true;

/// A seg::list's iterator.
export template <class It>
concept segmented_iterator = is_list_iterator<std::remove_cv_t<It>>;

/// What may end a range that begins with It: an iterator of the same list type, const or not.
export template <class End, class It>
concept segmented_sentinel_for = segmented_iterator<End> && std::sentinel_for<End, It>;

/// A range between two iterators of a seg::list: a list, a subrange of one.
export template <class R>
concept segmented_range =
    segmented_iterator<std::ranges::iterator_t<R>> && segmented_iterator<std::ranges::sentinel_t<R>>;

/// The end as an iterator like the one that the range begins with.
template <class It, class End> constexpr It end_of(const It& first, const End& last) noexcept {
    if constexpr (std::convertible_to<End, It>) return last;
    else return first + (last - first);
}

/// A function to call for each run: the caller's own, by reference, since it may keep count or be costly to copy; but a
/// copy of one without state, since the standard's algorithms know std::ranges::equal_to and compare by memcmp.
template <class Function> constexpr auto pass(Function& function) noexcept {
    if constexpr (std::is_empty_v<Function> && std::is_trivially_copyable_v<Function>) return function;
    else return std::ref(function);
}

/// The elements of a run, by pointers: a span's iterators have operators that not every importer sees.
template <class Run> constexpr auto elements_of(const Run& run) noexcept {
    return std::ranges::subrange(run.data(), run.data() + run.size());
}

struct for_each_function {
    /// As std::ranges::for_each.
    template <segmented_iterator It, segmented_sentinel_for<It> End, class Projection = std::identity,
              std::indirectly_unary_invocable<std::projected<It, Projection>> Function>
    constexpr std::ranges::for_each_result<It, Function> operator()(It first, End last, Function function,
                                                                    Projection projection = {}) const {
        for (const auto run : seg::segments(first, last))
            for (auto& element : seg::elements_of(run)) std::invoke(function, std::invoke(projection, element));
        return {seg::end_of(first, last), std::move(function)};
    }
    template <segmented_range R, class Projection = std::identity,
              std::indirectly_unary_invocable<std::projected<std::ranges::iterator_t<R>, Projection>> Function>
    constexpr std::ranges::for_each_result<std::ranges::borrowed_iterator_t<R>, Function>
    operator()(R&& range, Function function, Projection projection = {}) const {
        auto result =
            (*this)(std::ranges::begin(range), std::ranges::end(range), std::move(function), std::move(projection));
        return {std::move(result.in), std::move(result.fun)};
    }
};

struct copy_function {
    /// As std::ranges::copy; at least one of the two is of a list.
    template <std::input_iterator It, std::sentinel_for<It> End, std::weakly_incrementable Out>
        requires std::indirectly_copyable<It, Out> &&
                 ((segmented_iterator<It> && segmented_iterator<End>) ||
                  (!segmented_iterator<It> && segmented_iterator<Out> && std::random_access_iterator<It>))
    constexpr std::ranges::copy_result<It, Out> operator()(It first, End last, Out out) const {
        if constexpr (segmented_iterator<It>) {
            for (const auto run : seg::segments(first, last)) {
                if constexpr (segmented_iterator<Out>) out = (*this)(run.data(), run.data() + run.size(), out).out;
                else out = std::ranges::copy(seg::elements_of(run), std::move(out)).out;
            }
            return {seg::end_of(first, last), std::move(out)};
        } else {
            const auto n = static_cast<std::iter_difference_t<Out>>(std::ranges::distance(first, last));
            for (const auto run : seg::segments(out, out + n))
                first = std::ranges::copy_n(std::move(first), std::ssize(run), run.data()).in;
            return {std::move(first), out + n};
        }
    }
    template <std::ranges::input_range R, std::weakly_incrementable Out>
        requires std::indirectly_copyable<std::ranges::iterator_t<R>, Out> &&
                 (segmented_range<R> || (segmented_iterator<Out> && std::ranges::random_access_range<R>))
    constexpr std::ranges::copy_result<std::ranges::borrowed_iterator_t<R>, Out> operator()(R&& range, Out out) const {
        auto result = (*this)(std::ranges::begin(range), std::ranges::end(range), std::move(out));
        return {std::move(result.in), std::move(result.out)};
    }
};

struct fill_function {
    /// As std::ranges::fill.
    template <segmented_iterator It, segmented_sentinel_for<It> End, class T>
        requires std::indirectly_writable<It, const T&>
    constexpr It operator()(It first, End last, const T& value) const {
        for (const auto run : seg::segments(first, last)) std::ranges::fill(seg::elements_of(run), value);
        return seg::end_of(first, last);
    }
    template <segmented_range R, class T>
        requires std::indirectly_writable<std::ranges::iterator_t<R>, const T&>
    constexpr std::ranges::borrowed_iterator_t<R> operator()(R&& range, const T& value) const {
        return (*this)(std::ranges::begin(range), std::ranges::end(range), value);
    }
};

struct count_function {
    /// As std::ranges::count.
    template <segmented_iterator It, segmented_sentinel_for<It> End, class T, class Projection = std::identity>
        requires std::indirect_binary_predicate<std::ranges::equal_to, std::projected<It, Projection>, const T*>
    constexpr std::iter_difference_t<It> operator()(It first, End last, const T& value,
                                                    Projection projection = {}) const {
        std::iter_difference_t<It> n = 0;
        for (const auto run : seg::segments(first, last))
            n += std::ranges::count(seg::elements_of(run), value, seg::pass(projection));
        return n;
    }
    template <segmented_range R, class T, class Projection = std::identity>
        requires std::indirect_binary_predicate<std::ranges::equal_to,
                                                std::projected<std::ranges::iterator_t<R>, Projection>, const T*>
    constexpr std::ranges::range_difference_t<R> operator()(R&& range, const T& value,
                                                            Projection projection = {}) const {
        return (*this)(std::ranges::begin(range), std::ranges::end(range), value, std::move(projection));
    }
};

struct count_if_function {
    /// As std::ranges::count_if.
    template <segmented_iterator It, segmented_sentinel_for<It> End, class Projection = std::identity,
              std::indirect_unary_predicate<std::projected<It, Projection>> Predicate>
    constexpr std::iter_difference_t<It> operator()(It first, End last, Predicate predicate,
                                                    Projection projection = {}) const {
        std::iter_difference_t<It> n = 0;
        for (const auto run : seg::segments(first, last))
            n += std::ranges::count_if(seg::elements_of(run), seg::pass(predicate), seg::pass(projection));
        return n;
    }
    template <segmented_range R, class Projection = std::identity,
              std::indirect_unary_predicate<std::projected<std::ranges::iterator_t<R>, Projection>> Predicate>
    constexpr std::ranges::range_difference_t<R> operator()(R&& range, Predicate predicate,
                                                            Projection projection = {}) const {
        return (*this)(std::ranges::begin(range), std::ranges::end(range), std::move(predicate), std::move(projection));
    }
};

struct find_if_function {
    /// As std::ranges::find_if.
    template <segmented_iterator It, segmented_sentinel_for<It> End, class Projection = std::identity,
              std::indirect_unary_predicate<std::projected<It, Projection>> Predicate>
    constexpr It operator()(It first, End last, Predicate predicate, Projection projection = {}) const {
        std::iter_difference_t<It> before = 0;
        for (const auto run : seg::segments(first, last)) {
            const auto elements = seg::elements_of(run);
            const auto at = std::ranges::find_if(elements, seg::pass(predicate), seg::pass(projection));
            if (at != elements.end()) return first + (before + (at - elements.begin()));
            before += elements.end() - elements.begin();
        }
        return seg::end_of(first, last);
    }
    template <segmented_range R, class Projection = std::identity,
              std::indirect_unary_predicate<std::projected<std::ranges::iterator_t<R>, Projection>> Predicate>
    constexpr std::ranges::borrowed_iterator_t<R> operator()(R&& range, Predicate predicate,
                                                             Projection projection = {}) const {
        return (*this)(std::ranges::begin(range), std::ranges::end(range), std::move(predicate), std::move(projection));
    }
};

struct find_function {
    /// As std::ranges::find.
    template <segmented_iterator It, segmented_sentinel_for<It> End, class T, class Projection = std::identity>
        requires std::indirect_binary_predicate<std::ranges::equal_to, std::projected<It, Projection>, const T*>
    constexpr It operator()(It first, End last, const T& value, Projection projection = {}) const {
        std::iter_difference_t<It> before = 0;
        for (const auto run : seg::segments(first, last)) {
            const auto elements = seg::elements_of(run);
            const auto at = std::ranges::find(elements, value, seg::pass(projection));
            if (at != elements.end()) return first + (before + (at - elements.begin()));
            before += elements.end() - elements.begin();
        }
        return seg::end_of(first, last);
    }
    template <segmented_range R, class T, class Projection = std::identity>
        requires std::indirect_binary_predicate<std::ranges::equal_to,
                                                std::projected<std::ranges::iterator_t<R>, Projection>, const T*>
    constexpr std::ranges::borrowed_iterator_t<R> operator()(R&& range, const T& value,
                                                             Projection projection = {}) const {
        return (*this)(std::ranges::begin(range), std::ranges::end(range), value, std::move(projection));
    }
};

struct equal_function {
    /// As std::ranges::equal; the first range is of a list, and the sizes are known.
    template <segmented_iterator It1, segmented_sentinel_for<It1> End1, std::random_access_iterator It2,
              std::sized_sentinel_for<It2> End2, class Predicate = std::ranges::equal_to,
              class Projection1 = std::identity, class Projection2 = std::identity>
        requires std::indirectly_comparable<It1, It2, Predicate, Projection1, Projection2>
    constexpr bool operator()(It1 first1, End1 last1, It2 first2, End2 last2, Predicate predicate = {},
                              Projection1 projection1 = {}, Projection2 projection2 = {}) const {
        if (last1 - first1 != last2 - first2) return false;
        for (const auto run1 : seg::segments(first1, last1)) {
            const It2 stop = first2 + std::ssize(run1);
            if constexpr (segmented_iterator<It2>) {
                auto at = run1.data();
                for (const auto run2 : seg::segments(first2, stop)) {
                    if (!std::ranges::equal(at, at + run2.size(), run2.data(), run2.data() + run2.size(),
                                            seg::pass(predicate), seg::pass(projection1), seg::pass(projection2)))
                        return false;
                    at += run2.size();
                }
            } else {
                if (!std::ranges::equal(run1.data(), run1.data() + run1.size(), first2, stop, seg::pass(predicate),
                                        seg::pass(projection1), seg::pass(projection2)))
                    return false;
            }
            first2 = stop;
        }
        return true;
    }
    template <segmented_range R1, std::ranges::random_access_range R2, class Predicate = std::ranges::equal_to,
              class Projection1 = std::identity, class Projection2 = std::identity>
        requires std::ranges::sized_range<R2> &&
                 std::indirectly_comparable<std::ranges::iterator_t<R1>, std::ranges::iterator_t<R2>, Predicate,
                                            Projection1, Projection2>
    constexpr bool operator()(R1&& range1, R2&& range2, Predicate predicate = {}, Projection1 projection1 = {},
                              Projection2 projection2 = {}) const {
        const auto first2 = std::ranges::begin(range2);
        return (*this)(std::ranges::begin(range1), std::ranges::end(range1), first2,
                       first2 + static_cast<std::ranges::range_difference_t<R2>>(std::ranges::size(range2)),
                       std::move(predicate), std::move(projection1), std::move(projection2));
    }
};

struct transform_function {
    /// As std::ranges::transform of one range; at least one of the two is of a list.
    template <std::input_iterator It, std::sentinel_for<It> End, std::weakly_incrementable Out,
              std::copy_constructible Function, class Projection = std::identity>
        requires std::indirectly_writable<Out, std::indirect_result_t<Function&, std::projected<It, Projection>>> &&
                 ((segmented_iterator<It> && segmented_iterator<End>) ||
                  (!segmented_iterator<It> && segmented_iterator<Out> && std::random_access_iterator<It>))
    constexpr std::ranges::unary_transform_result<It, Out> operator()(It first, End last, Out out, Function function,
                                                                      Projection projection = {}) const {
        if constexpr (segmented_iterator<It>) {
            for (const auto run : seg::segments(first, last)) {
                if constexpr (segmented_iterator<Out>)
                    out = (*this)(run.data(), run.data() + run.size(), out, seg::pass(function), seg::pass(projection))
                              .out;
                else
                    out = std::ranges::transform(seg::elements_of(run), std::move(out), seg::pass(function),
                                                 seg::pass(projection))
                              .out;
            }
            return {seg::end_of(first, last), std::move(out)};
        } else {
            const auto n = static_cast<std::iter_difference_t<Out>>(std::ranges::distance(first, last));
            for (const auto run : seg::segments(out, out + n)) {
                const It stop = first + static_cast<std::iter_difference_t<It>>(run.size());
                std::ranges::transform(first, stop, run.data(), seg::pass(function), seg::pass(projection));
                first = stop;
            }
            return {std::move(first), out + n};
        }
    }
    template <std::ranges::input_range R, std::weakly_incrementable Out, std::copy_constructible Function,
              class Projection = std::identity>
        requires std::indirectly_writable<
                     Out, std::indirect_result_t<Function&, std::projected<std::ranges::iterator_t<R>, Projection>>> &&
                 (segmented_range<R> || (segmented_iterator<Out> && std::ranges::random_access_range<R>))
    constexpr std::ranges::unary_transform_result<std::ranges::borrowed_iterator_t<R>, Out>
    operator()(R&& range, Out out, Function function, Projection projection = {}) const {
        auto result = (*this)(std::ranges::begin(range), std::ranges::end(range), std::move(out), std::move(function),
                              std::move(projection));
        return {std::move(result.in), std::move(result.out)};
    }
};

struct reduce_function {
    /// As std::reduce: the sum, or what the operation makes of the elements in any order and grouping, and of init.
    template <segmented_iterator It, segmented_sentinel_for<It> End, class T = std::iter_value_t<It>,
              class Operation = std::plus<>>
    constexpr T operator()(It first, End last, T init = T(), Operation operation = {}) const {
        for (const auto run : seg::segments(first, last))
            init = std::reduce(run.data(), run.data() + run.size(), std::move(init), seg::pass(operation));
        return init;
    }
    template <segmented_range R, class T = std::ranges::range_value_t<R>, class Operation = std::plus<>>
    constexpr T operator()(R&& range, T init = T(), Operation operation = {}) const {
        return (*this)(std::ranges::begin(range), std::ranges::end(range), std::move(init), std::move(operation));
    }
};

export inline constexpr for_each_function for_each{};
export inline constexpr copy_function copy{};
export inline constexpr fill_function fill{};
export inline constexpr count_function count{};
export inline constexpr count_if_function count_if{};
export inline constexpr find_function find{};
export inline constexpr find_if_function find_if{};
export inline constexpr equal_function equal{};
export inline constexpr transform_function transform{};
export inline constexpr reduce_function reduce{};

} // namespace seg
