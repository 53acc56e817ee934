// A result is a value or an error number, in constant expressions too.
#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <type_traits>
#include <utility>

import seg.sys;

// Every member, compiled through the import.
template class seg::sys::result<void*>;
template class seg::sys::result<long>;

namespace {

using seg::sys::failure;
// Inside the suite, which is a namespace, the plain name would be ambiguous.
template <class T> using outcome = seg::sys::result<T>;

constexpr int seven = 7;

constexpr outcome<long> half(long n) {
    if (n % 2 != 0) return failure{EINVAL};
    return n / 2;
}
constexpr outcome<void> require_even(long n) {
    if (n % 2 != 0) return failure{EDOM};
    return {};
}

} // namespace

BOOST_AUTO_TEST_SUITE(result)

BOOST_AUTO_TEST_CASE(a_success_holds_the_value_and_no_error) {
    static_assert(half(8).has_value());
    static_assert(half(8));
    static_assert(half(8).value() == 4);
    static_assert(*half(8) == 4);
    static_assert(half(8).error() == 0);
    const auto r = half(10);
    BOOST_TEST(r.has_value());
    BOOST_TEST(r.value() == 5);
    BOOST_TEST(*r == 5);
    BOOST_TEST(r.error() == 0);
}

BOOST_AUTO_TEST_CASE(a_failure_holds_the_error_and_an_empty_value) {
    static_assert(!half(7).has_value());
    static_assert(!half(7));
    static_assert(half(7).error() == EINVAL);
    static_assert(*half(7) == 0 && half(7).value() == 0);
    const auto r = half(9);
    BOOST_TEST(!r.has_value());
    BOOST_TEST(r.error() == EINVAL);
    BOOST_TEST(r.value() == 0);
    constexpr outcome<const int*> nothing = failure{ENOMEM};
    static_assert(*nothing == nullptr && nothing.error() == ENOMEM);
}

BOOST_AUTO_TEST_CASE(a_value_that_looks_like_nothing_is_a_value_all_the_same) {
    static_assert(half(0).has_value() && *half(0) == 0);
    constexpr outcome<const int*> null(nullptr);
    static_assert(null.has_value() && *null == nullptr);
    constexpr outcome<const int*> address(&seven);
    static_assert(**address == 7);
    BOOST_TEST(null.has_value());
}

BOOST_AUTO_TEST_CASE(a_result_of_nothing_is_success_or_an_error) {
    static_assert(require_even(2).has_value());
    static_assert(require_even(2));
    static_assert(require_even(2).error() == 0);
    static_assert(!require_even(3).has_value());
    static_assert(!require_even(3));
    static_assert(require_even(3).error() == EDOM);
    static_assert(std::is_void_v<decltype(require_even(2).value())> && std::is_void_v<decltype(*require_even(2))>);
    constexpr outcome<void> success;
    static_assert(success.has_value());
    BOOST_TEST(require_even(4).has_value());
    BOOST_TEST(require_even(5).error() == EDOM);
    require_even(4).value();
    *require_even(4);
}

BOOST_AUTO_TEST_CASE(a_result_is_explicitly_a_condition_and_never_a_number) {
    static_assert(std::is_constructible_v<bool, outcome<long>> && !std::is_convertible_v<outcome<long>, bool>);
    static_assert(std::is_constructible_v<bool, outcome<void>> && !std::is_convertible_v<outcome<void>, bool>);
    static_assert(!std::is_convertible_v<outcome<long>, long> && !std::is_convertible_v<int, failure>);
    int taken = 0;
    if (half(4)) ++taken;
    if (!half(5)) ++taken;
    BOOST_TEST(taken == 2);
}

BOOST_AUTO_TEST_CASE(a_result_copies_like_a_number_and_nothing_throws) {
    static_assert(std::is_trivially_copyable_v<outcome<void*>> && std::is_trivially_copyable_v<outcome<void>>);
    static_assert(std::is_same_v<outcome<void*>::value_type, void*> && std::is_void_v<outcome<void>::value_type>);
    static_assert(std::is_nothrow_constructible_v<outcome<void*>, void*>);
    static_assert(std::is_nothrow_constructible_v<outcome<void*>, failure>);
    static_assert(std::is_nothrow_default_constructible_v<outcome<void>>);
    static_assert(noexcept(std::declval<outcome<long>>().value()) && noexcept(*std::declval<outcome<long>>()));
    static_assert(noexcept(std::declval<outcome<long>>().has_value()));
    static_assert(noexcept(std::declval<outcome<void>>().error()));
    const outcome<long> r = half(6);
    outcome<long> copy = r;
    BOOST_TEST(*copy == 3);
    copy = failure{EIO};
    BOOST_TEST(copy.error() == EIO);
    BOOST_TEST(*r == 3);
}

BOOST_AUTO_TEST_SUITE_END()
