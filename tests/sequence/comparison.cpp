// Sequences compare as the standard's do.
#include <boost/test/unit_test.hpp>

#include <compare>
#include <concepts>
#include <cstddef>
#include <limits>
#include <string>
#include <type_traits>
#include <vector>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(comparison)

static_assert(std::regular<sequence<int>> && std::totally_ordered<sequence<int>>);
static_assert(std::regular<sequence<std::string>> && std::totally_ordered<sequence<std::string>>);
static_assert(std::three_way_comparable<sequence<int>, std::strong_ordering>);
static_assert(std::three_way_comparable<sequence<double>, std::partial_ordering>);
static_assert(std::equality_comparable<sequence<tracked>> && !std::totally_ordered<sequence<tracked>>);
static_assert(!std::equality_comparable<sequence<move_only>>);

BOOST_AUTO_TEST_CASE(comparison_agrees_with_std_vector) {
    std::vector<std::vector<int>> all{{}, {0}, {1}};
    for (int length : {8, 16, 17, 24, 25})
        for (const int last : {0, 1})
            for (const int first : {0, 1}) {
                all.emplace_back(length, 0);
                all.back().front() = first;
                all.back().back() = last;
            }
    for (const auto& a : all) {
        for (const auto& b : all) {
            const sequence<int> la(a.begin(), a.end()), lb(b.begin(), b.end());
            require_equal(la == lb, a == b);
            require_equal(la != lb, a != b);
            require_equal(la < lb, a < b);
            require_equal(la > lb, a > b);
            require_equal(la <= lb, a <= b);
            require_equal(la >= lb, a >= b);
            require((la <=> lb) == (a <=> b));
        }
    }
}

BOOST_AUTO_TEST_CASE(not_a_number_is_unordered) {
    const double nan = std::numeric_limits<double>::quiet_NaN();
    const sequence<double> a{1, nan}, b{1, 2};
    BOOST_TEST(((a <=> b) == std::partial_ordering::unordered));
    BOOST_TEST(!(a == a));
}

/// Ordered by < alone.
struct legacy {
    int n;
    friend bool operator==(legacy a, legacy b) { return a.n == b.n; }
    friend bool operator<(legacy a, legacy b) { return a.n < b.n; }
};

BOOST_AUTO_TEST_CASE(elements_without_a_three_way_comparison_will_do) {
    const sequence<legacy> a{{1}, {2}}, b{{1}, {3}};
    static_assert(std::is_same_v<decltype(a <=> b), std::weak_ordering>);
    BOOST_TEST((a < b));
    BOOST_TEST((b > a));
    BOOST_TEST((a <= a));
    BOOST_TEST((a != b));
}

enum class maybe { no, yes, unknown };
std::partial_ordering operator<=>(maybe a, maybe b) {
    if (a == maybe::unknown || b == maybe::unknown) return std::partial_ordering::unordered;
    return static_cast<int>(a) <=> static_cast<int>(b);
}

BOOST_AUTO_TEST_CASE(an_enumerations_own_order_counts) {
    const sequence<maybe> a{maybe::no}, b{maybe::unknown}, c{maybe::yes};
    static_assert(std::is_same_v<decltype(a <=> b), std::partial_ordering>);
    BOOST_TEST(((a <=> b) == std::partial_ordering::unordered));
    BOOST_TEST((a < c));
    enum class plain { first, second };
    const sequence<plain> d{plain::first}, e{plain::second};
    static_assert(std::is_same_v<decltype(d <=> e), std::strong_ordering>);
    BOOST_TEST((d < e));
}

/// Have an operator< that is not the built-in order, and no <=>.
enum class backwards { first, second };
constexpr bool operator<(backwards a, backwards b) { return static_cast<int>(a) > static_cast<int>(b); }
enum unscoped_backwards : signed char { minus = -1, plus = 1 };
constexpr bool operator<(unscoped_backwards a, unscoped_backwards b) {
    return static_cast<int>(a) > static_cast<int>(b);
}
/// Has a <=> that is not the built-in order, and as strong.
enum class turned { first, second };
constexpr std::strong_ordering operator<=>(turned a, turned b) { return static_cast<int>(b) <=> static_cast<int>(a); }
/// Has none any more.
enum class unordered { first, second };
void operator<=>(unordered, unordered) = delete;
constexpr bool operator<(unordered a, unordered b) { return static_cast<int>(a) > static_cast<int>(b); }

template <class T> void compares_as_in_a_vector(T first, T second) {
    for (const T e : {first, second}) {
        for (const T f : {first, second}) {
            const sequence<T> a{e}, b{f};
            const std::vector<T> c{e}, d{f};
            static_assert(std::is_same_v<decltype(a <=> b), decltype(c <=> d)>);
            BOOST_TEST(((a <=> b) == (c <=> d)));
            BOOST_TEST((a < b) == (c < d));
            BOOST_TEST((a == b) == (c == d));
        }
    }
}

BOOST_AUTO_TEST_CASE(an_enumeration_is_ordered_as_in_a_vector) {
    compares_as_in_a_vector(backwards::first, backwards::second);
    compares_as_in_a_vector(minus, plus);
    compares_as_in_a_vector(turned::first, turned::second);
    compares_as_in_a_vector(unordered::first, unordered::second);
    compares_as_in_a_vector(std::byte{1}, std::byte{200});
    compares_as_in_a_vector(maybe::no, maybe::unknown);
}

BOOST_AUTO_TEST_SUITE_END()
