// The vector types that every property is shown for, and a system that refuses memory where the program is made with
// it. It imports seg.vector, so it is included after every other header.
#pragma once

#include "checks.hpp"
#include "sequence/notes.hpp"

#include <string>
#include <tuple>

#include "refusing_kernel.hpp"

import seg.vector;

namespace kinds {

using namespace sequences;

template <class T> using sequence = seg::pinned_vector<T>;

/// All kinds of element; four wide ones fill what is committed at first.
using all = std::tuple<sequence<int>, sequence<std::string>, sequence<tracked>, sequence<move_only>, sequence<pinned>,
                       sequence<page_aligned>, sequence<empty>, sequence<wide>, sequence<node>>;
using all_copyable = decltype(only_copyable(std::declval<all>()));

/// Vectors that a few elements fill.
using element = wide;
template <class T> using small = sequence<T>;
using few_numbers = std::tuple<sequence<int>>;

/// Where memory fails, as well as elements: empty, and around each growth.
template <class T> using failing = sequence<T>;
inline constexpr int failing_sizes[] = {0, 1, 3, 4, 5, 7, 8, 9, 255, 256};
using all_failing = std::tuple<sequence<wide>, sequence<tracked>, sequence<page_aligned>, sequence<std::string>>;

/// What a vector has its memory from.
template <class Vector> using memory = seg::pinned_options;
template <class Vector> memory<Vector> memory_of(const Vector& v) { return v.options(); }
template <class Vector> bool have_same_memory(const Vector&, const Vector&) { return true; }
template <class Vector> inline constexpr bool swaps_memory = true;
template <class Vector> inline constexpr bool moves_memory = true;

/// In how many ways memory can be made to fail. After fail_memory(options, way, after) it fails once it has served
/// `after` more calls; if `after` is negative, it does not fail.
template <class Vector> inline constexpr int memory_failures = 2;
inline void fail_memory(const seg::pinned_options&, int way, int after) {
    if (after < 0) kernel::refuse_nothing();
    else kernel::refuse(way == 0 ? kernel::call::mprotect : kernel::call::mmap, static_cast<std::size_t>(after));
}

/// Whether allocated memory can be deallocated even while it fails: that asks the system, too.
template <class Vector> inline constexpr bool gives_back_always = false;

/// The most elements that a vector of n has memory for after shrink_to_fit.
template <class Vector> std::size_t most_capacity(std::size_t n) {
    constexpr std::size_t bytes = sizeof(typename Vector::value_type);
    return (n * bytes + seg::sys::page_size() - 1) / seg::sys::page_size() * seg::sys::page_size() / bytes;
}

/// Checks at its end that nothing is left over.
template <class Vector> class surroundings {
public:
    seg::pinned_options get() { return {}; }
    Vector empty() { return Vector(get()); }
    bool untouched() const { return true; } // see vector/memory.cpp

private:
    none_left_over elements_;
};

} // namespace kinds
