// Algorithms that go run by run: for each run they call an algorithm of the standard, or for_each a loop, which is as
// fast as on an array. (Idea: M. Austern, "Segmented Iterators and Hierarchical Algorithms", 1998.)
//
// They are function objects, so argument-dependent lookup does not find them. They are exported at the end of this
// file.
export module seg.list:algorithm;

import seg.standard;
import :iterator;
import :layout;
import :segments;

namespace seg {

template <class> inline constexpr bool is_list_iterator = false;
template <class T, growth Growth, bool Const>
inline constexpr bool is_list_iterator<list_iterator<T, Growth, Const>> = true;

/// An iterator of a list, const or not.
export template <class It>
concept segmented_iterator = is_list_iterator<std::remove_cv_t<It>>;

/// An iterator of the same type of list as It, const or not: it can be the end of a range that begins with an It.
export template <class End, class It>
concept segmented_sentinel_for = segmented_iterator<End> && std::sentinel_for<End, It>;

/// A range between two iterators of a list: a list, a subrange of one, or a view that has a list's iterators.
export template <class R>
concept segmented_range =
    segmented_iterator<std::ranges::iterator_t<R>> && segmented_iterator<std::ranges::sentinel_t<R>>;

/// The form in which a function is passed to the standard's algorithm for each run. It is a reference, because the
/// function may have state and may be expensive to copy. Of an empty function it is a copy: the standard's algorithms
/// look for std::ranges::equal_to by its type, and then compare with memcmp.
template <class Function> constexpr auto pass(Function& function) noexcept {
    if constexpr (std::is_empty_v<Function> && std::is_trivially_copyable_v<Function>) return function;
    else return std::ref(function);
}

/// The elements of a run, as a range between pointers. (A span's iterators have operators that not every importer
/// sees.)
template <class Run> constexpr auto elements_of(const Run& run) noexcept {
    return std::ranges::subrange(run.data(), run.data() + run.size());
}

/// The end of a range, as an iterator of the type that the range begins with.
template <class It, class End> constexpr It end_of(const It& first, const End& last) noexcept {
    if constexpr (std::convertible_to<End, It>) return last;
    else return first + (last - first);
}

// ---- run by run
//
// What several algorithms have in common. `algorithm` is the algorithm of the standard that is called for each run, and
// the arguments are those that it takes after the range.
//
// The loops over runs get iterators, here and below, and never the list: an object whose address is passed to a
// function that is not inlined has to be in memory, and the cursor of a local list would not be in a register.

template <class It, class End, class Function, class Projection>
constexpr std::ranges::for_each_result<It, Function> for_each_by_runs(It first, End last, Function function,
                                                                      Projection projection) {
    for (const auto run : seg::segments(first, last))
        for (auto& element : seg::elements_of(run)) std::invoke(function, std::invoke(projection, element));
    return {seg::end_of(first, last), std::move(function)};
}

/// Returns the sum of what the algorithm returns for the runs.
template <class It, class End, class Algorithm, class... Arguments>
constexpr std::iter_difference_t<It> count_by_runs(It first, End last, Algorithm algorithm,
                                                   const Arguments&... arguments) {
    std::iter_difference_t<It> n = 0;
    for (const auto run : seg::segments(first, last)) n += algorithm(seg::elements_of(run), arguments...);
    return n;
}

/// Returns an iterator to the first element that the algorithm finds, or to the end.
template <class It, class End, class Algorithm, class... Arguments>
constexpr It find_by_runs(It first, End last, Algorithm algorithm, const Arguments&... arguments) {
    std::iter_difference_t<It> before = 0;
    for (const auto run : seg::segments(first, last)) {
        const auto elements = seg::elements_of(run);
        const auto at = algorithm(elements, arguments...);
        if (at != elements.end()) return first + (before + (at - elements.begin()));
        before += elements.end() - elements.begin();
    }
    return seg::end_of(first, last);
}

/// Writes from a list, to a list, or both. `algorithm` is copy or transform. From a list to a list it is called for
/// each part that is contiguous in both. Returns the ends of what was read and of what was written.
template <class It, class End, class Out, class Algorithm, class... Arguments>
constexpr std::ranges::copy_result<It, Out> write_by_runs(It first, End last, Out out, Algorithm algorithm,
                                                          const Arguments&... arguments) {
    if constexpr (segmented_iterator<It> && segmented_iterator<End>) {
        for (const auto run : seg::segments(first, last)) {
            if constexpr (segmented_iterator<Out>)
                out = seg::write_by_runs(run.data(), run.data() + run.size(), out, algorithm, arguments...).out;
            else out = algorithm(seg::elements_of(run), std::move(out), arguments...).out;
        }
        return {seg::end_of(first, last), std::move(out)};
    } else {
        const auto n = static_cast<std::iter_difference_t<Out>>(std::ranges::distance(first, last));
        for (const auto run : seg::segments(out, out + n)) {
            const It stop = first + static_cast<std::iter_difference_t<It>>(run.size());
            algorithm(first, stop, run.data(), arguments...);
            first = stop;
        }
        return {std::move(first), out + n};
    }
}

// ---- the algorithms
//
// Each can be called with a range or with a pair of iterators. The overload that does not do the work calls the other
// one.

/// An algorithm that takes a range, a function and a projection, with an overload for a pair of iterators.
template <class Algorithm> struct with_function : Algorithm {
    using Algorithm::operator();
    template <segmented_iterator It, segmented_sentinel_for<It> End, class Function, class Projection = std::identity>
        requires std::invocable<const Algorithm&, std::ranges::subrange<It, End>, Function, Projection>
    constexpr auto operator()(It first, End last, Function function, Projection projection = {}) const {
        return (*this)(std::ranges::subrange(first, last), std::move(function), std::move(projection));
    }
};

/// An algorithm that takes a range, a value and a projection, with an overload for a pair of iterators.
template <class Algorithm> struct with_value : Algorithm {
    using Algorithm::operator();
    template <segmented_iterator It, segmented_sentinel_for<It> End, class T, class Projection = std::identity>
        requires std::invocable<const Algorithm&, std::ranges::subrange<It, End>, const T&, Projection>
    constexpr auto operator()(It first, End last, const T& value, Projection projection = {}) const {
        return (*this)(std::ranges::subrange(first, last), value, std::move(projection));
    }
};

struct for_each_function {
    template <segmented_range R, class Projection = std::identity,
              std::indirectly_unary_invocable<std::projected<std::ranges::iterator_t<R>, Projection>> Function>
    constexpr std::ranges::for_each_result<std::ranges::borrowed_iterator_t<R>, Function>
    operator()(R&& range, Function function, Projection projection = {}) const {
        return seg::for_each_by_runs(std::ranges::begin(range), std::ranges::end(range), std::move(function),
                                     std::move(projection));
    }
};

struct count_function {
    template <segmented_range R, class T, class Projection = std::identity>
        requires std::indirect_binary_predicate<std::ranges::equal_to,
                                                std::projected<std::ranges::iterator_t<R>, Projection>, const T*>
    constexpr std::ranges::range_difference_t<R> operator()(R&& range, const T& value,
                                                            Projection projection = {}) const {
        return seg::count_by_runs(std::ranges::begin(range), std::ranges::end(range), std::ranges::count, value,
                                  seg::pass(projection));
    }
};

struct count_if_function {
    template <segmented_range R, class Projection = std::identity,
              std::indirect_unary_predicate<std::projected<std::ranges::iterator_t<R>, Projection>> Predicate>
    constexpr std::ranges::range_difference_t<R> operator()(R&& range, Predicate predicate,
                                                            Projection projection = {}) const {
        return seg::count_by_runs(std::ranges::begin(range), std::ranges::end(range), std::ranges::count_if,
                                  seg::pass(predicate), seg::pass(projection));
    }
};

struct find_function {
    template <segmented_range R, class T, class Projection = std::identity>
        requires std::indirect_binary_predicate<std::ranges::equal_to,
                                                std::projected<std::ranges::iterator_t<R>, Projection>, const T*>
    constexpr std::ranges::borrowed_iterator_t<R> operator()(R&& range, const T& value,
                                                             Projection projection = {}) const {
        return seg::find_by_runs(std::ranges::begin(range), std::ranges::end(range), std::ranges::find, value,
                                 seg::pass(projection));
    }
};

struct find_if_function {
    template <segmented_range R, class Projection = std::identity,
              std::indirect_unary_predicate<std::projected<std::ranges::iterator_t<R>, Projection>> Predicate>
    constexpr std::ranges::borrowed_iterator_t<R> operator()(R&& range, Predicate predicate,
                                                             Projection projection = {}) const {
        return seg::find_by_runs(std::ranges::begin(range), std::ranges::end(range), std::ranges::find_if,
                                 seg::pass(predicate), seg::pass(projection));
    }
};

struct fill_function {
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

struct reduce_function {
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

/// Whether write_by_runs can write the elements of R to Out: R is a range of a list, or Out is an iterator of one and R
/// has random access.
template <class R, class Out>
concept writable_by_runs = segmented_range<R> || (segmented_iterator<Out> && std::ranges::random_access_range<R>);

struct copy_function {
    template <std::ranges::input_range R, std::weakly_incrementable Out>
        requires std::indirectly_copyable<std::ranges::iterator_t<R>, Out> && writable_by_runs<R, Out>
    constexpr std::ranges::copy_result<std::ranges::borrowed_iterator_t<R>, Out> operator()(R&& range, Out out) const {
        return seg::write_by_runs(std::ranges::begin(range), std::ranges::end(range), std::move(out),
                                  std::ranges::copy);
    }
    template <std::input_iterator It, std::sentinel_for<It> End, std::weakly_incrementable Out>
        requires std::invocable<const copy_function&, std::ranges::subrange<It, End>, Out>
    constexpr std::ranges::copy_result<It, Out> operator()(It first, End last, Out out) const {
        return (*this)(std::ranges::subrange(std::move(first), std::move(last)), std::move(out));
    }
};

struct transform_function {
    template <std::ranges::input_range R, std::weakly_incrementable Out, std::copy_constructible Function,
              class Projection = std::identity>
        requires std::indirectly_writable<
                     Out, std::indirect_result_t<Function&, std::projected<std::ranges::iterator_t<R>, Projection>>> &&
                 writable_by_runs<R, Out>
    constexpr std::ranges::unary_transform_result<std::ranges::borrowed_iterator_t<R>, Out>
    operator()(R&& range, Out out, Function function, Projection projection = {}) const {
        return seg::write_by_runs(std::ranges::begin(range), std::ranges::end(range), std::move(out),
                                  std::ranges::transform, seg::pass(function), seg::pass(projection));
    }
    template <std::input_iterator It, std::sentinel_for<It> End, std::weakly_incrementable Out, class Function,
              class Projection = std::identity>
        requires std::invocable<const transform_function&, std::ranges::subrange<It, End>, Out, Function, Projection>
    constexpr std::ranges::unary_transform_result<It, Out> operator()(It first, End last, Out out, Function function,
                                                                      Projection projection = {}) const {
        return (*this)(std::ranges::subrange(std::move(first), std::move(last)), std::move(out), std::move(function),
                       std::move(projection));
    }
};

struct equal_function {
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

// ---- the exported objects
//
// Each takes a segmented_range, or the two iterators of one. Arguments, results and preconditions are otherwise those
// of the algorithm of the same name in std::ranges. Linear. They throw what the functions, the projections and the
// elements throw.

/// As std::ranges::for_each.
export inline constexpr with_function<for_each_function> for_each{};

/// As std::ranges::count and std::ranges::count_if.
export inline constexpr with_value<count_function> count{};
export inline constexpr with_function<count_if_function> count_if{};

/// As std::ranges::find and std::ranges::find_if.
export inline constexpr with_value<find_function> find{};
export inline constexpr with_function<find_if_function> find_if{};

/// As std::ranges::fill.
export inline constexpr fill_function fill{};

/// As std::ranges::copy, and as std::ranges::transform of one range. If the output is an iterator of a list, the input
/// can be any range with random access; otherwise the input is a segmented_range, and the output any output iterator.
export inline constexpr copy_function copy{};
export inline constexpr transform_function transform{};

/// As std::ranges::equal. The second range can be any range with random access and a size.
export inline constexpr equal_function equal{};

/// As std::reduce: returns what the operation, by default +, makes of init and the elements, in any order and grouping.
/// init is by default a value-initialized element.
export inline constexpr reduce_function reduce{};

static_assert(segmented_range<std::ranges::subrange<list_iterator<int, growth{}, false>>> &&
              segmented_sentinel_for<list_iterator<int, growth{}, true>, list_iterator<int, growth{}, false>>);

} // namespace seg
