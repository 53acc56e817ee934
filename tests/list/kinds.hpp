// The list types that every property is shown for: kinds of element, allocators, ways of growing. It imports seg.list,
// so it is included after every other header.
#pragma once

#include "checks.hpp"
#include "list/allocators.hpp"
#include "sequence/notes.hpp"

#include <algorithm>
#include <memory>
#include <memory_resource>
#include <string>
#include <tuple>
#include <type_traits>

import seg.list;

namespace kinds {

using namespace sequences;

template <class T> using sequence = seg::list<T>;
template <class T> using with_arena = seg::arena_list<T>;
template <class T> using with_pmr = seg::pmr::list<T>;
template <class T> using with_counting = seg::list<T, allocators::counting<T>>;
template <class T, std::size_t First, std::size_t Limit = 0>
using growing = seg::list<T, std::allocator<T>, seg::growth{.first = First, .limit = Limit}>;

/// All kinds of element, all kinds of allocator, and ways of growing that meet a segment's end early and often.
using all = std::tuple<sequence<int>, sequence<std::string>, sequence<tracked>, sequence<move_only>, sequence<pinned>,
                       sequence<over_aligned>, sequence<empty>, with_arena<int>, with_arena<tracked>,
                       with_arena<over_aligned>, with_pmr<std::string>, with_pmr<move_only>, with_counting<tracked>,
                       seg::list<pinned, allocators::counting<pinned, allocators::propagate_everything>>,
                       growing<int, 1>, growing<std::string, 1, 4>, growing<tracked, 2, 2>, growing<pinned, 1, 1>>;
using all_copyable = decltype(only_copyable(std::declval<all>()));

/// Lists that a few elements fill.
using element = tracked;
template <class T> using small = growing<T, 4>;
using few_numbers = std::tuple<growing<int, 4>, growing<int, 2, 2>>;

/// Where memory fails, as well as elements. With a first segment of 4: empty, a segment begun, full, the next begun,
/// where a table is made, and full, and later ones.
template <class T> using failing = seg::list<T, allocators::counting<T>, seg::growth{.first = 4}>;
inline constexpr int failing_sizes[] = {0, 1, 3, 4, 5, 11, 12, 13, 252, 253};
template <class T, class Propagation, std::size_t First, std::size_t Limit = 0>
using failing_list = seg::list<T, allocators::counting<T, Propagation>, seg::growth{.first = First, .limit = Limit}>;
/// Allocations and elements that throw, in every growth: with segments of one element the table is replaced often.
using all_failing = std::tuple<failing_list<tracked, allocators::propagate_nothing, 1>,
                               failing_list<tracked, allocators::propagate_everything, 2, 4>,
                               failing_list<int, allocators::propagate_nothing, 1, 1>,
                               failing_list<std::string, allocators::propagate_everything, 1, 1>,
                               failing_list<pinned, allocators::propagate_everything, 1, 2>>;

/// What a list has its memory from.
template <class List> using memory = typename List::allocator_type;
template <class List> memory<List> memory_of(const List& l) { return l.get_allocator(); }
template <class List> bool have_same_memory(const List& a, const List& b) {
    return a.get_allocator() == b.get_allocator();
}
template <class List> using traits = std::allocator_traits<memory<List>>;
/// Whether swap, and assignment by moving, take a list's memory whichever allocator the other one has.
template <class List> inline constexpr bool swaps_memory = traits<List>::propagate_on_container_swap::value;
template <class List> inline constexpr bool moves_memory = traits<List>::propagate_on_container_move_assignment::value;

/// In how many ways memory can be made to fail. After fail_memory(m, way, after) it fails once it has served `after`
/// more calls; if `after` is negative, it does not fail.
template <class List>
inline constexpr int memory_failures = requires(memory<List>& m) { m.get()->allocations_until_failure; };
template <class Memory> void fail_memory(const Memory& m, int, int after) {
    m.get()->allocations_until_failure = after;
}

/// Whether allocated memory can be deallocated even while it fails.
template <class List> inline constexpr bool gives_back_always = true;

/// The most elements that a list of n has memory for after shrink_to_fit.
template <class List> std::size_t most_capacity(std::size_t n) { return std::max<std::size_t>(128, n * 2 + 8); }

/// Everything that a list's allocator may need, for the length of a test; checks at its end that nothing is left over.
template <class List> class surroundings {
public:
    surroundings() = default;
    surroundings(const surroundings&) = delete;
    ~surroundings() {
        insist(account.blocks.empty(), "memory was not deallocated\n");
        insist(!account.mismatched, "memory was deallocated that was not allocated like this\n");
    }

    memory<List> get() {
        if constexpr (std::is_constructible_v<memory<List>, seg::arena&>) return memory<List>(arena);
        else if constexpr (std::is_constructible_v<memory<List>, std::pmr::memory_resource*>)
            return memory<List>(&arena);
        else if constexpr (std::is_constructible_v<memory<List>, allocators::account&>) return memory<List>(account);
        else return memory<List>();
    }

    List empty() { return List(get()); }

    /// Nothing was allocated yet.
    bool untouched() const { return arena.stats().allocated == 0 && account.allocations == 0; }

    seg::arena arena;
    allocators::account account;

private:
    none_left_over elements_;
};

} // namespace kinds
