// What do algorithms cost on a list: the standard's on its iterators, and seg's own, which go run by run? The
// standard's on a std::vector are the measure. clang 22 and gcc 16 vectorise those at -O3, or call memmove and memcmp,
// and do the same for seg's; but find and find_if, which may stop early, go element by element everywhere.
#include "report.hpp"

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <functional>
#include <numeric>
#include <string>
#include <utility>
#include <vector>

import seg.list;

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
bench::row row(const std::string& name, std::size_t n, std::uint64_t expected, Work work) {
    return {name, 0, [name, n, expected, work](benchmark::State& state) {
                operands<Container> o(n);
                std::uint64_t computed = 0;
                for (auto _ : state) {
                    auto* passed = &o;
                    benchmark::DoNotOptimize(passed);
                    computed = work(passed->a, passed->b);
                    benchmark::DoNotOptimize(computed);
                    benchmark::ClobberMemory();
                }
                bench::check(state, name, computed, expected);
            }};
}

/// The group of one algorithm. work is called with the set of algorithms to use and two containers, and returns what
/// has to be the same for all.
template <class Work> bench::group compare(const std::string& algorithm, std::size_t n, double total, Work work) {
    const auto by_standard = [work](auto& a, auto& b) { return static_cast<std::uint64_t>(work(standard(), a, b)); };
    const auto by_run = [work](auto& a, auto& b) { return static_cast<std::uint64_t>(work(run_by_run(), a, b)); };
    operands<std::vector<number>> o(n);
    std::uint64_t expected = by_standard(o.a, o.b);
    bench::group g{algorithm + ": " + std::to_string(n) + " elements of 4 bytes", "element", static_cast<double>(n),
                   bench::rounds(total, static_cast<double>(n)), false, {}};
    g.rows.push_back(row<std::vector<number>>("std::vector, std::ranges", n, expected, by_standard));
    g.rows.push_back(row<std::deque<number>>("std::deque, std::ranges", n, expected, by_standard));
    g.rows.push_back(row<seg::list<number>>("seg::list, std::ranges", n, expected, by_standard));
    g.rows.push_back(row<seg::list<number>>("seg::list, seg", n, expected, by_run));
    return g;
}

} // namespace

int main(int argc, char** argv) {
    const bench::options chosen = bench::initialize(argc, argv, 5, false);
    const std::size_t n = chosen.smoke ? 1000 : 100'000;
    const double total = chosen.smoke ? 1000 : 2e7;
    std::vector<bench::group> groups{
        compare("for_each", n, total,
                [](auto with, auto& a, auto&) {
                    with.for_each(a, [](number& e) { e ^= 0x5555; });
                    return a.size();
                }),
        compare("copy", n, total,
                [](auto with, auto& a, auto& b) {
                    with.copy(a, b);
                    return b.back();
                }),
        compare("fill", n, total,
                [](auto with, auto& a, auto&) {
                    with.fill(a, number{7});
                    return a.back();
                }),
        compare("count", n, total, [](auto with, auto& a, auto&) { return with.count(a, number{7}); }),
        compare("count_if", n, total,
                [](auto with, auto& a, auto&) { return with.count_if(a, [](number e) { return e % 2 == 0; }); }),
        compare("find", n, total, [](auto with, auto& a, auto&) { return with.find(a, number{0xFFFFFFFF}) - a.begin(); }),
        compare("find_if", n, total,
                [](auto with, auto& a, auto&) {
                    return with.find_if(a, [](number e) { return e > 0xFFFFFFF0; }) - a.begin();
                }),
        compare("equal", n, total, [](auto with, auto& a, auto& b) { return with.equal(a, b); }),
        compare("transform", n, total,
                [](auto with, auto& a, auto& b) {
                    with.transform(a, b, [](number e) { return e * 3 + 1; });
                    return b.back();
                }),
        compare("reduce", n, total, [](auto with, auto& a, auto&) { return with.reduce(a); }),
    };
    return bench::run(
        chosen,
        {
            "Medians of the CPU times of several rounds in random order. ratio: the time divided by that of the",
            "standard's algorithm on a std::vector, the first row; below 1 is faster.",
        },
        std::move(groups));
}
