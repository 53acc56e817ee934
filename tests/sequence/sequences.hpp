// What the tests of every sequence ask of one: which elements it has, and that its parts fit together.
#pragma once

#include "checks.hpp"
#include "sequence/elements.hpp"

#include <cstddef>
#include <iterator>
#include <ranges>
#include <tuple>
#include <type_traits>
#include <utility>

namespace sequences {

using namespace elements;

template <class Sequence> inline constexpr bool copyable = std::is_copy_constructible_v<typename Sequence::value_type>;
template <class Sequence> inline constexpr bool movable = std::is_move_constructible_v<typename Sequence::value_type>;

template <class... Sequences>
auto only_copyable(std::tuple<Sequences...>) -> decltype(std::tuple_cat(
    std::declval<std::conditional_t<copyable<Sequences>, std::tuple<Sequences>, std::tuple<>>>()...));

/// Adds the elements made from first up to last.
template <class Sequence> void add(Sequence& s, int first, int last) {
    for (int n = first; n != last; ++n) {
        if constexpr (movable<Sequence>) s.push_back(make<typename Sequence::value_type>(n));
        else s.emplace_back(n);
    }
}

/// The sequence has exactly the elements made from these numbers, however one looks at it, and its parts fit together.
template <class Sequence, class Numbers> void require_same(const Sequence& s, const Numbers& numbers) {
    using T = typename Sequence::value_type;
    const auto n = static_cast<std::size_t>(std::ranges::size(numbers));
    require_equal(s.size(), n);
    require_equal(s.empty(), n == 0);
    require(s.capacity() >= n);
    require(s.end() - s.begin() == static_cast<std::ptrdiff_t>(n));
    std::size_t i = 0;
    for (auto number_of = std::ranges::begin(numbers); const T& e : s) {
        require_equal(number(e), expected<T>(*number_of++));
        require_equal(&e, &s[i]);
        require_equal(&e, &s.at(i));
        require_equal(&e, &s.begin()[static_cast<std::ptrdiff_t>(i)]);
        if constexpr (requires { s.data(); }) require_equal(&e, s.data() + i);
        ++i;
    }
    require_equal(i, n);
    for (auto it = s.end(); it != s.begin();) require_equal(&*--it, &s[--i]);
    require_equal(i, 0u);
    if constexpr (requires { s.segments(); }) {
        for (const auto run : s.segments()) {
            require(!run.empty());
            for (const T& e : run) require_equal(&e, &s[i++]);
        }
        require_equal(i, n);
    }
    if (n == 0) return;
    require_equal(&s.front(), &s[0]);
    require_equal(&s.back(), &s[n - 1]);
    require_equal(s.index_of(s.back()), n - 1);
}

/// The same, of the numbers from first up to last.
template <class Sequence> void require_numbers(const Sequence& s, int first, int last) {
    require_same(s, std::views::iota(first, last));
}

} // namespace sequences
