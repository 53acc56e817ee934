// seg's algorithms, which go run by run, give the results of those in std::ranges.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <functional>
#include <iterator>
#include <memory>
#include <numeric>
#include <ranges>
#include <string>
#include <vector>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(algorithms)

using short_list = seg::list<int, std::allocator<int>, seg::growth{.first = 4}>;
using long_list = seg::list<long, std::allocator<long>, seg::growth{.first = 1, .limit = 8}>;

/// Calls f with every part of a list of n elements, 0 to n - 1, as iterators and as std::vector.
template <class F> void for_each_part(F f) {
    for (const int n : {0, 1, 4, 5, 12, 13, 27}) {
        short_list l(static_cast<std::size_t>(n));
        std::iota(l.begin(), l.end(), 0);
        for (int i = 0; i <= n; ++i)
            for (int j = i; j <= n; ++j) {
                const std::vector<int> same(l.begin() + i, l.begin() + j);
                f(l.begin() + i, l.begin() + j, same);
            }
    }
}

const auto twice = [](int n) { return 2 * n; };
const auto odd = [](int n) { return n % 2 != 0; };

BOOST_AUTO_TEST_CASE(for_each_visits_every_element_in_order) {
    for_each_part([](auto first, auto last, const std::vector<int>& same) {
        std::vector<int> seen;
        const auto result = seg::for_each(first, last, [&](int n) { seen.push_back(n); }, twice);
        require(result.in == last);
        require(std::ranges::equal(seen, same, {}, {}, twice));
    });
    short_list l(20, 1);
    int calls = 0;
    // The function is not copied on the way: what it counts is in the one that comes back.
    const auto result = seg::for_each(l, [calls](int& n) mutable {
        n = calls++;
        return calls;
    });
    BOOST_TEST((result.in == l.end()));
    require_numbers(l, 0, 20);
    auto counter = result.fun;
    int next = 0;
    BOOST_TEST(counter(next) == 21);
}

BOOST_AUTO_TEST_CASE(count_and_count_if_agree_with_their_namesakes) {
    for_each_part([](auto first, auto last, const std::vector<int>& same) {
        require_equal(seg::count(first, last, 4), std::ranges::count(same, 4));
        require_equal(seg::count(std::ranges::subrange(first, last), 8, twice), std::ranges::count(same, 8, twice));
        require_equal(seg::count_if(first, last, odd), std::ranges::count_if(same, odd));
        require_equal(seg::count_if(std::ranges::subrange(first, last), odd, twice), 0);
    });
}

BOOST_AUTO_TEST_CASE(find_and_find_if_agree_with_their_namesakes) {
    for_each_part([](auto first, auto last, const std::vector<int>& same) {
        for (int value = -1; value != 28; ++value) {
            const auto expected = std::ranges::find(same, value) - same.begin();
            require(seg::find(first, last, value) == first + expected);
            require(seg::find_if(first, last, [value](int n) { return n == value; }) == first + expected);
            require(seg::find(std::ranges::subrange(first, last), 2 * value, twice) == first + expected);
        }
    });
    static_assert(std::is_same_v<decltype(seg::find(short_list(), 1)), std::ranges::dangling>);
}

BOOST_AUTO_TEST_CASE(fill_and_reduce_agree_with_their_namesakes) {
    for_each_part([](auto first, auto last, const std::vector<int>& same) {
        require_equal(seg::reduce(first, last), std::reduce(same.begin(), same.end()));
        require_equal(seg::reduce(first, last, 10L), std::reduce(same.begin(), same.end(), 10L));
        require_equal(seg::reduce(std::ranges::subrange(first, last), 0, std::bit_xor<>()),
                      std::reduce(same.begin(), same.end(), 0, std::bit_xor<>()));
        require(seg::fill(first, last, 77) == last);
        require_equal(std::ranges::count(first, last, 77), last - first);
    });
}

BOOST_AUTO_TEST_CASE(equal_agrees_with_its_namesake) {
    for_each_part([](auto first, auto last, const std::vector<int>& same) {
        long_list other(same.begin(), same.end());
        require(seg::equal(first, last, other.begin(), other.end()));
        require(seg::equal(first, last, same.begin(), same.end()));
        require(seg::equal(std::ranges::subrange(first, last), same));
        require(seg::equal(std::ranges::subrange(first, last), other, {}, twice, [](long n) { return 2 * n; }));
        for (long& n : other) {
            ++n;
            require(!seg::equal(first, last, other.begin(), other.end()));
            const std::vector<long> contiguous(other.begin(), other.end());
            require(!seg::equal(first, last, contiguous.begin(), contiguous.end()));
            --n;
        }
        other.push_back(1);
        require(!seg::equal(std::ranges::subrange(first, last), other));
    });
}

BOOST_AUTO_TEST_CASE(copy_goes_between_lists_and_from_and_to_other_ranges) {
    for_each_part([](auto first, auto last, const std::vector<int>& same) {
        const auto n = last - first;
        // Into every place of another list whose segments end elsewhere.
        for (const std::ptrdiff_t at : {0, 1, 2, 3, 7, 20}) {
            long_list to(static_cast<std::size_t>(n + at + 1), -1);
            const auto result = seg::copy(first, last, to.begin() + at);
            require(result.in == last);
            require(result.out == to.begin() + at + n);
            require(std::equal(same.begin(), same.end(), to.begin() + at));
            require_equal(std::ranges::count(to, -1), at + 1);

            long_list from_vector(static_cast<std::size_t>(n + at), -1);
            require(seg::copy(same, from_vector.begin() + at).out == from_vector.end());
            require(std::equal(same.begin(), same.end(), from_vector.begin() + at));
        }
        std::vector<int> to(same.size());
        require(seg::copy(std::ranges::subrange(first, last), to.begin()).out == to.end());
        require(to == same);
        std::vector<int> appended;
        seg::copy(first, last, std::back_inserter(appended));
        require(appended == same);
    });
}

BOOST_AUTO_TEST_CASE(transform_goes_between_lists_and_from_and_to_other_ranges) {
    for_each_part([](auto first, auto last, const std::vector<int>& same) {
        const auto n = last - first;
        for (const std::ptrdiff_t at : {0, 1, 2, 3, 7, 20}) {
            long_list to(static_cast<std::size_t>(n + at + 1), -1);
            const auto result = seg::transform(first, last, to.begin() + at, twice);
            require(result.in == last);
            require(result.out == to.begin() + at + n);
            require(std::ranges::equal(same, std::ranges::subrange(to.begin() + at, to.end() - 1), {}, twice));
            require_equal(std::ranges::count(to, -1), at + 1);

            long_list from_vector(static_cast<std::size_t>(n + at), -1);
            require(seg::transform(same, from_vector.begin() + at, twice, twice).out == from_vector.end());
            for (std::ptrdiff_t i = 0; i != n; ++i)
                require_equal(from_vector.begin()[at + i], 4 * same[static_cast<std::size_t>(i)]);
        }
        std::vector<std::string> words;
        seg::transform(std::ranges::subrange(first, last), std::back_inserter(words),
                       [](int value) { return std::to_string(value); });
        require_equal(words.size(), same.size());
        if (!words.empty()) require_equal(words.back(), std::to_string(same.back()));
    });
}

// The standard's algorithms on ranges take an end of another type than the beginning, and return what begins.
BOOST_AUTO_TEST_CASE(the_end_may_be_a_const_iterator_or_the_beginning_one) {
    short_list l(20);
    std::iota(l.begin(), l.end(), 0);
    long_list other(20);
    const auto mixed = [&](auto first, auto last) {
        const std::ranges::subrange range(first, last);
        static_assert(!std::ranges::common_range<decltype(range)>);
        BOOST_TEST((seg::find(first, last, 7) == first + 7));
        BOOST_TEST((seg::find(first, last, 20) == last));
        BOOST_TEST((seg::find_if(range, odd) == first + 1));
        BOOST_TEST((seg::find_if(first, last, [](int) { return false; }) == last));
        static_assert(std::is_same_v<decltype(seg::find(first, last, 7)), decltype(first)>);
        BOOST_TEST(seg::count(first, last, 7) == 1);
        BOOST_TEST(seg::count_if(range, odd) == 10);
        BOOST_TEST(seg::reduce(first, last) == 190);
        BOOST_TEST((seg::copy(first, last, other.begin()).in == last));
        BOOST_TEST(seg::equal(range, other));
        BOOST_TEST(seg::equal(first, last, other.begin(), other.cend()));
        BOOST_TEST((seg::transform(range, other.begin(), twice).out == other.end()));
        BOOST_TEST(other[19] == 38);
        int sum = 0;
        BOOST_TEST((seg::for_each(first, last, [&sum](int n) { sum += n; }).in == last));
        BOOST_TEST(sum == 190);
    };
    mixed(l.begin(), l.cend());
    mixed(l.cbegin(), l.end());
    BOOST_TEST((seg::fill(l.begin(), l.cend(), 3) == l.end()));
    BOOST_TEST(seg::count(l, 3) == 20);
}

constexpr bool in_constant_expressions() {
    seg::list<int> l(100, 2);
    seg::list<int> other(100);
    seg::copy(l, other.begin());
    seg::transform(l, other.begin(), [](int n) { return n + 1; });
    seg::fill(l, 3);
    int sum = 0;
    seg::for_each(l, [&](int n) { sum += n; });
    return sum == 300 && seg::equal(l, other) && seg::reduce(l) == 300 && seg::count(l, 3) == 100 &&
           seg::find(l, 4) == l.end();
}
static_assert(in_constant_expressions());

BOOST_AUTO_TEST_CASE(no_unqualified_call_finds_them) {
    std::vector<int> v{3, 1, 2};
    seg::list<int> l(v.begin(), v.end());
    using std::count;
    using std::find;
    BOOST_TEST(count(l.begin(), l.end(), 1) == 1);
    BOOST_TEST((find(l.begin(), l.end(), 1) == l.begin() + 1));
    BOOST_TEST(in_constant_expressions());
}

// As with the standard's algorithms: {} stands for a default, a value can be a bit-field, and an output need not be
// copyable.
BOOST_AUTO_TEST_CASE(ranges_and_pairs_of_iterators_take_the_same_arguments) {
    struct {
        int three : 4 = 3;
    } bits;
    struct output {
        using difference_type = std::ptrdiff_t;
        explicit output(int* p) : to(p) {}
        output(output&&) = default;
        output& operator=(output&&) = default;
        int& operator*() const { return *to; }
        output& operator++() {
            ++to;
            return *this;
        }
        void operator++(int) { ++to; }
        int* to;
    };
    short_list l(10);
    std::iota(l.begin(), l.end(), 0);
    const short_list same = l;
    const auto first = l.begin();
    const auto last = l.cend();
    int sum = 0;
    const auto add = [&sum](int n) { sum += n; };
    seg::for_each(first, last, add, {});
    seg::for_each(l, add, {});
    BOOST_TEST(sum == 90);
    BOOST_TEST((seg::find(first, last, bits.three, {}) == first + 3 && seg::find(l, bits.three, {}) == first + 3));
    BOOST_TEST((seg::find_if(first, last, odd, {}) == first + 1 && seg::find_if(l, odd, {}) == first + 1));
    BOOST_TEST((seg::count(first, last, bits.three, {}) == 1 && seg::count(l, bits.three, {}) == 1));
    BOOST_TEST((seg::count_if(first, last, odd, {}) == 5 && seg::count_if(l, odd, {}) == 5));
    BOOST_TEST(
        (seg::equal(first, last, same.begin(), same.end(), {}, twice, twice) && seg::equal(l, same, {}, {}, {})));
    BOOST_TEST(!seg::equal(first, last, same.begin(), same.end(), {}, twice, {}));
    BOOST_TEST((seg::reduce(first, last, {}, std::bit_or<>()) == 15 && seg::reduce(l, {}, std::bit_or<>()) == 15));
    BOOST_TEST((seg::reduce(first, last, 1L, {}) == 46 && seg::reduce(l, {}, {}) == 45));
    std::array<int, 10> to{};
    BOOST_TEST((seg::copy(first, last, output(to.data())).out.to == to.data() + 10));
    BOOST_TEST((std::ranges::equal(to, same)));
    BOOST_TEST((seg::transform(l, output(to.data()), twice, {}).out.to == to.data() + 10));
    BOOST_TEST((seg::transform(first, last, output(to.data()), twice, {}).out.to == to.data() + 10));
    BOOST_TEST(to[9] == 18);
    seg::fill(first, last, bits.three);
    BOOST_TEST(seg::count(l, 3) == 10);
}

BOOST_AUTO_TEST_CASE(an_operation_that_cannot_be_copied_reduces) {
    const seg::list<int> l(100, 1);
    BOOST_TEST(seg::reduce(l, 0, [one = std::make_unique<int>(1)](int a, int b) { return a + b * *one; }) == 100);
}

BOOST_AUTO_TEST_SUITE_END()
