// What do algorithms cost on a list: the standard's on its iterators, and seg's own, which go run by run? The
// standard's on a std::vector are the measure: clang 22 and gcc 16 vectorise those at -O3, or call memmove and memcmp,
// and do the same for seg's; but find and find_if, which may stop early, go element by element everywhere. And what do
// sorting, reversing and searching cost, which only the standard's algorithms do?
#include <algorithm>
#include <functional>
#include <iterator>
#include <numeric>

#include "contestants.hpp"

namespace bench {

namespace {

using number = std::uint32_t;

/// The standard's algorithms, with the signatures that seg's have.
struct standard {
    template <class C> static void fill(C& c, number n) { std::ranges::fill(c, n); }
    template <class C> static auto count(const C& c, number n) { return std::ranges::count(c, n); }
    template <class C, class P> static auto count_if(const C& c, P p) { return std::ranges::count_if(c, p); }
    template <class C> static auto find(const C& c, number n) { return std::ranges::find(c, n); }
    template <class C, class P> static auto find_if(const C& c, P p) { return std::ranges::find_if(c, p); }
    template <class C> static auto reduce(const C& c) { return std::reduce(c.begin(), c.end()); }
    template <class C> static bool equal(const C& a, const C& b) { return std::ranges::equal(a, b); }
    template <class C> static void copy(const C& from, C& to) { std::ranges::copy(from, to.begin()); }
    template <class C, class F> static void for_each(C& c, F f) { std::ranges::for_each(c, f); }
    template <class C, class F> static void transform(const C& from, C& to, F f) {
        std::ranges::transform(from, to.begin(), f);
    }
};

struct run_by_run {
    template <class C> static void fill(C& c, number n) { seg::fill(c, n); }
    template <class C> static auto count(const C& c, number n) { return seg::count(c, n); }
    template <class C, class P> static auto count_if(const C& c, P p) { return seg::count_if(c, p); }
    template <class C> static auto find(const C& c, number n) { return seg::find(c, n); }
    template <class C, class P> static auto find_if(const C& c, P p) { return seg::find_if(c, p); }
    template <class C> static auto reduce(const C& c) { return seg::reduce(c); }
    template <class C> static bool equal(const C& a, const C& b) { return seg::equal(a, b); }
    template <class C> static void copy(const C& from, C& to) { seg::copy(from, to.begin()); }
    template <class C, class F> static void for_each(C& c, F f) { seg::for_each(c, f); }
    template <class C, class F> static void transform(const C& from, C& to, F f) {
        seg::transform(from, to.begin(), f);
    }
};

/// Two containers of n numbers that a compiler knows nothing about.
template <class Container> struct operands {
    explicit operands(std::size_t n) {
        for (std::size_t i = 0; i != n; ++i) {
            a.push_back(static_cast<number>(i * 2654435761u >> 7));
            b.push_back(a.back());
        }
    }
    Container a, b;
};

template <class Container, class Work>
row row_of(const std::string& name, std::size_t n, std::uint64_t expected, Work work) {
    return {name, [name, n, expected, work](benchmark::State& state) {
                operands<Container> o(n);
                std::uint64_t computed = 0;
                for (auto _ : state) {
                    auto* passed = &o;
                    hide(passed);
                    computed = work(passed->a, passed->b);
                    observe(computed);
                    benchmark::ClobberMemory();
                }
                check(state, name, computed, expected);
            }};
}

/// One algorithm. work is called with the set of algorithms to use and two containers, and returns what has to be the
/// same for all.
template <class Work> column compare(const std::string& algorithm, std::size_t n, double total, Work work) {
    const auto by_standard = [work](auto& a, auto& b) { return static_cast<std::uint64_t>(work(standard(), a, b)); };
    const auto by_run = [work](auto& a, auto& b) { return static_cast<std::uint64_t>(work(run_by_run(), a, b)); };
    operands<std::vector<number>> o(n);
    const std::uint64_t expected = by_standard(o.a, o.b);
    const auto elements = static_cast<double>(n);
    column k{.label = algorithm, .elements = elements, .iterations = rounds(total, elements)};
    k.rows = {row_of<std::vector<number>>("std::vector, std::ranges", n, expected, by_standard),
              row_of<std::deque<number>>("std::deque, std::ranges", n, expected, by_standard),
              row_of<seg::pinned_vector<number>>("seg::pinned_vector, std::ranges", n, expected, by_standard),
              row_of<seg::list<number>>("seg::list, std::ranges", n, expected, by_standard),
              row_of<seg::list<number>>("seg::list, namespace seg", n, expected, by_run)};
    const std::string vector = "std::vector, std::ranges";
    k.targets = {{"seg::pinned_vector, std::ranges", vector, {vector}, 1.05}};
    // Of a few elements a run by itself is most of the work, and see segments() in access.
    if (n >= 1'000) k.targets.push_back({"seg::list, namespace seg", vector, {vector}, 1.05});
    return k;
}

// ---- the standard's algorithms that need random access

struct sorting {
    static constexpr const char* name = "sort";
    template <class C> static std::uint64_t work(C& c) {
        std::sort(c.begin(), c.end());
        return c[c.size() / 3];
    }
};
struct reversing {
    static constexpr const char* name = "reverse";
    template <class C> static std::uint64_t work(C& c) {
        std::reverse(c.begin(), c.end());
        return c[c.size() / 3];
    }
};
/// As many searches as there are elements, in a container that is made sorted.
struct searching {
    static constexpr const char* name = "lower_bound";
    template <class C> static std::uint64_t work(C& c) {
        std::uint64_t sum = 0;
        number wanted = 1;
        for (std::size_t i = 0; i != c.size(); ++i) {
            wanted = wanted * 1664525 + 1013904223;
            sum += static_cast<std::uint64_t>(std::lower_bound(c.begin(), c.end(), wanted) - c.begin());
        }
        return sum;
    }
};

template <class Work, class Contestant> void order(benchmark::State& state, std::size_t n, std::uint64_t expected) {
    typename Contestant::memory memory;
    typename Contestant::type container = Contestant::make(memory, n);
    for (std::size_t i = 0; i != n; ++i) container.push_back(0);
    std::uint64_t computed = 0;
    for (auto _ : state) {
        number value = 7;
        for (number& element : container) element = value = value * 22695477 + 1;
        if (std::is_same_v<Work, searching>) std::sort(container.begin(), container.end());
        auto* passed = &container;
        hide(passed);
        const stopwatch time;
        computed = Work::work(*passed);
        state.SetIterationTime(time.seconds());
    }
    check(state, Contestant::name, computed, expected);
}

template <class Work> column compare_order(std::size_t n, double total) {
    const auto elements = static_cast<double>(n);
    column k{
        .label = Work::name, .elements = elements, .iterations = rounds(total, elements), .timed = timing::by_hand};
    std::vector<number> numbers(n);
    number value = 7;
    for (number& element : numbers) element = value = value * 22695477 + 1;
    if (std::is_same_v<Work, searching>) std::sort(numbers.begin(), numbers.end());
    const std::uint64_t expected = Work::work(numbers);
    const auto run = [n, expected]<class C>(benchmark::State& s) { order<Work, C>(s, n, expected); };
    add_rows<number>(k, contestants<std_vector, seg_list, seg_pinned_vector>(), run);
    if (n <= 1'000'000) add_rows<number>(k, segmented + contestants<boost_stable_vector>(), run); // minutes for more
    if (std::is_same_v<Work, searching>) k.unit = "ns/search";
    k.targets = {{"seg::list", "best segmented peer", segmented_peers, 1.0},
                 {"seg::pinned_vector", "std::vector", {"std::vector"}, 1.05}};
    return k;
}

question algorithms_on(std::size_t n, double total) {
    const auto numbers = [n, total](const char* name, auto work) { return compare(name, n, total, work); };
    return {.title = "algorithms on " + with_commas(n) + " numbers of 4 bytes",
            .unit = "ns/element",
            .text = "The standard's algorithms, and those in namespace seg, which go run by run.",
            .columns = {
                numbers("for_each",
                        [](auto with, auto& a, auto&) {
                            with.for_each(a, [](number& e) { e ^= 0x5555; });
                            return a.size();
                        }),
                numbers("copy", [](auto with, auto& a, auto& b) { return with.copy(a, b), b.back(); }),
                numbers("fill", [](auto with, auto& a, auto&) { return with.fill(a, number{7}), a.back(); }),
                numbers("count", [](auto with, auto& a, auto&) { return with.count(a, number{7}); }),
                numbers("count_if", [](auto with, auto& a,
                                       auto&) { return with.count_if(a, [](number e) { return e % 2 == 0; }); }),
                numbers("find", [](auto with, auto& a, auto&) { return with.find(a, number{0xFFFFFFFF}) - a.begin(); }),
                numbers("find_if",
                        [](auto with, auto& a, auto&) {
                            return with.find_if(a, [](number e) { return e > 0xFFFFFFF0; }) - a.begin();
                        }),
                numbers("equal", [](auto with, auto& a, auto& b) { return with.equal(a, b); }),
                numbers("transform",
                        [](auto with, auto& a, auto& b) {
                            return with.transform(a, b, [](number e) { return e * 3 + 1; }), b.back();
                        }),
                numbers("reduce", [](auto with, auto& a, auto&) { return with.reduce(a); }),
            }};
}

question order_of(std::size_t n, double total) {
    return {.title = "sorting, reversing and searching " + with_commas(n) + " numbers of 4 bytes",
            .unit = "ns/element",
            .columns = {compare_order<sorting>(n, total / 100), compare_order<reversing>(n, total),
                        compare_order<searching>(n, total / 100)},
            .decides = 0};
}

} // namespace

std::vector<question> ask_algorithms(const options& chosen) {
    using sizes = std::vector<std::size_t>;
    const double total = chosen.choose(1e3, 1e7, 2e7);
    std::vector<question> all;
    for (const std::size_t n : chosen.choose<sizes>({1'000}, {100'000}, {10, 1'000, 100'000, 10'000'000})) {
        all.push_back(algorithms_on(n, total));
        all.push_back(order_of(n, total));
    }
    return all;
}

} // namespace bench
