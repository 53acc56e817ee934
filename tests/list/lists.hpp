// The list types that every property is shown for: kinds of element, allocators, ways of growing. It imports seg.list,
// so it is included after every other header.
#pragma once

#include "allocators.hpp"
#include "checks.hpp"
#include "elements.hpp"

#include <memory>
#include <memory_resource>
#include <string>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

import seg.list;

namespace lists {

using namespace elements;

template <class T> using with_std = seg::list<T>;
template <class T> using with_arena = seg::arena_list<T>;
template <class T> using with_pmr = seg::pmr::list<T>;
template <class T> using with_counting = seg::list<T, allocators::counting<T>>;
template <class T, std::size_t First, std::size_t Limit = 0>
using growing = seg::list<T, std::allocator<T>, seg::growth{.first = First, .limit = Limit}>;

/// All kinds of element, all kinds of allocator, and ways of growing that meet a segment's end early and often.
using all = std::tuple<with_std<int>, with_std<std::string>, with_std<tracked>, with_std<move_only>, with_std<pinned>,
                       with_std<over_aligned>, with_std<empty>, with_arena<int>, with_arena<tracked>,
                       with_arena<over_aligned>, with_pmr<std::string>, with_pmr<move_only>, with_counting<tracked>,
                       seg::list<pinned, allocators::counting<pinned, allocators::propagate_everything>>,
                       growing<int, 1>, growing<std::string, 1, 4>, growing<tracked, 2, 2>, growing<pinned, 1, 1>>;

template <class List> inline constexpr bool copyable = std::is_copy_constructible_v<typename List::value_type>;
template <class... Lists>
auto only_copyable(std::tuple<Lists...>)
    -> decltype(std::tuple_cat(std::declval<std::conditional_t<copyable<Lists>, std::tuple<Lists>, std::tuple<>>>()...));
using all_copyable = decltype(only_copyable(std::declval<all>()));

template <class List> inline constexpr bool movable = std::is_move_constructible_v<typename List::value_type>;

/// Everything that a list's allocator may need, for the length of a test; checks at its end that nothing is left over.
template <class List> class surroundings {
    using allocator = typename List::allocator_type;

public:
    surroundings() : alive_before_(alive) {}
    surroundings(const surroundings&) = delete;
    ~surroundings() {
        BOOST_CHECK_MESSAGE(alive == alive_before_, "elements were destroyed twice, or never");
        BOOST_CHECK_MESSAGE(account.blocks.empty(), "memory was not given back");
        BOOST_CHECK_MESSAGE(!account.mismatched, "memory was given back that was not taken like this");
    }

    allocator get() {
        if constexpr (std::is_constructible_v<allocator, seg::arena&>) return allocator(arena);
        else if constexpr (std::is_constructible_v<allocator, std::pmr::memory_resource*>) return allocator(&arena);
        else if constexpr (std::is_constructible_v<allocator, allocators::account&>) return allocator(account);
        else return allocator();
    }

    List empty_list() { return List(get()); }

    /// Adds the elements made from first up to last.
    static void add(List& l, int first, int last) {
        for (int n = first; n != last; ++n) {
            if constexpr (movable<List>) l.push_back(make<typename List::value_type>(n));
            else l.emplace_back(n);
        }
    }

    seg::arena arena;
    allocators::account account;

private:
    int alive_before_;
};

/// The list holds exactly the elements made from first up to last, however one looks at it.
template <class List> void require_numbers(const List& l, int first, int last) {
    using T = typename List::value_type;
    const auto n = static_cast<std::size_t>(last - first);
    require_equal(l.size(), n);
    require_equal(l.empty(), n == 0);
    require(l.capacity() >= n);
    int next = first;
    for (const T& e : l) require_equal(number(e), expected<T>(next++));
    require_equal(next, last);
    for (std::size_t i = 0; i != n; ++i) {
        require_equal(number(l[i]), expected<T>(first + static_cast<int>(i)));
        require_equal(&l[i], &l.at(i));
        require_equal(&l[i], &l.begin()[static_cast<std::ptrdiff_t>(i)]);
    }
    for (auto it = l.end(); it != l.begin();) require_equal(number(*--it), expected<T>(--next));
    std::size_t in_segments = 0;
    for (const auto run : l.segments()) {
        require(!run.empty());
        for (const T& e : run) require_equal(&e, &l[in_segments++]);
    }
    require_equal(in_segments, n);
    if (n == 0) return;
    require_equal(&l.front(), &l[0]);
    require_equal(&l.back(), &l[n - 1]);
}

/// Where elements are and what they hold, noted now to be checked later: pointers, references and iterators.
template <class List> class notes {
public:
    explicit notes(List& l) {
        std::size_t i = 0;
        for (auto it = l.begin(); it != l.end(); ++it, ++i) taken_.push_back({it, it, &l[i], number(*it), i});
    }

    /// The first n of them still mean what they did, in the list that holds the elements now.
    void check(List& l, std::size_t n = static_cast<std::size_t>(-1)) const {
        for (const auto& t : taken_) {
            if (t.index >= n) break;
            require_equal(number(*t.pointer), t.value);
            require_equal(&l[t.index], t.pointer);
            require_equal(&*t.it, t.pointer);
            require_equal(&*t.const_it, t.pointer);
            require(t.it - l.begin() == static_cast<std::ptrdiff_t>(t.index));
            require(t.it + (l.end() - t.it) == l.end());
            auto next = t.it;
            ++next;
            require(next == l.begin() + static_cast<std::ptrdiff_t>(t.index + 1));
            if (t.index != 0) {
                auto previous = t.it;
                require_equal(&*--previous, &l[t.index - 1]);
            }
        }
    }

    std::size_t size() const { return taken_.size(); }

private:
    struct note {
        typename List::iterator it;
        typename List::const_iterator const_it;
        typename List::pointer pointer;
        int value;
        std::size_t index;
    };
    std::vector<note> taken_;
};

} // namespace lists
