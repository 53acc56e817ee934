// What the tests of every sequence ask of one, whichever it is.
#pragma once

#include "checks.hpp"
#include "sequence/elements.hpp"

#include <cstddef>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

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

/// The sequence holds exactly the elements made from first up to last, however one looks at it.
template <class Sequence> void require_numbers(const Sequence& s, int first, int last) {
    using T = typename Sequence::value_type;
    const auto n = static_cast<std::size_t>(last - first);
    require_equal(s.size(), n);
    require_equal(s.empty(), n == 0);
    require(s.capacity() >= n);
    int next = first;
    for (const T& e : s) require_equal(number(e), expected<T>(next++));
    require_equal(next, last);
    for (std::size_t i = 0; i != n; ++i) {
        require_equal(number(s[i]), expected<T>(first + static_cast<int>(i)));
        require_equal(&s[i], &s.at(i));
        require_equal(&s[i], &s.begin()[static_cast<std::ptrdiff_t>(i)]);
    }
    for (auto it = s.end(); it != s.begin();) require_equal(number(*--it), expected<T>(--next));
    if constexpr (requires { s.segments(); }) {
        std::size_t in_segments = 0;
        for (const auto run : s.segments()) {
            require(!run.empty());
            for (const T& e : run) require_equal(&e, &s[in_segments++]);
        }
        require_equal(in_segments, n);
    }
    if constexpr (requires { s.data(); })
        for (std::size_t i = 0; i != n; ++i) require_equal(&s[i], s.data() + i);
    if (n == 0) return;
    require_equal(&s.front(), &s[0]);
    require_equal(&s.back(), &s[n - 1]);
}

/// Where elements are and what they hold, noted now to be checked later: pointers, references and iterators.
template <class Sequence> class notes {
public:
    explicit notes(Sequence& s) {
        std::size_t i = 0;
        for (auto it = s.begin(); it != s.end(); ++it, ++i) taken_.push_back({it, it, &s[i], number(*it), i});
    }

    /// The first n of them still mean what they did, in the sequence that holds the elements now.
    void check(Sequence& s, std::size_t n = static_cast<std::size_t>(-1)) const {
        for (const auto& t : taken_) {
            if (t.index >= n) break;
            require_equal(number(*t.pointer), t.value);
            require_equal(&s[t.index], t.pointer);
            require_equal(&*t.it, t.pointer);
            require_equal(&*t.const_it, t.pointer);
            require(t.it - s.begin() == static_cast<std::ptrdiff_t>(t.index));
            require(t.it + (s.end() - t.it) == s.end());
            auto next = t.it;
            ++next;
            require(next == s.begin() + static_cast<std::ptrdiff_t>(t.index + 1));
            if (t.index != 0) {
                auto previous = t.it;
                require_equal(&*--previous, &s[t.index - 1]);
            }
        }
    }

    std::size_t size() const { return taken_.size(); }

private:
    struct note {
        typename Sequence::iterator it;
        typename Sequence::const_iterator const_it;
        typename Sequence::pointer pointer;
        int value;
        std::size_t index;
    };
    std::vector<note> taken_;
};

} // namespace sequences
