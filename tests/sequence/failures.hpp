// Runs an operation again and again, each time with the next thing that can throw throwing. Included after kinds.hpp.
#pragma once

#include <algorithm>
#include <new>

namespace failures {

using namespace kinds;

/// The sequence that fails, of elements that fail.
using failing_one = failing<element>;

/// Runs the operation on n elements again and again, with the k-th thing that can throw throwing, for every k until it
/// succeeds: what elements do, and each way in which memory can fail. After each failure check(sequence, notes,
/// capacity) decides; returns how often it failed.
template <class Operation, class Check> int fail_everywhere(int n, Operation operation, Check check) {
    constexpr int by_elements = -1;
    int count = 0;
    for (int way = by_elements; way != memory_failures<failing_one>; ++way) {
        for (int k = 0;; ++k) {
            surroundings<failing_one> around;
            failing_one s = around.empty();
            add(s, 0, n);
            const notes<failing_one> before(s);
            const std::size_t capacity = s.capacity();
            bool failed = false;
            try {
                if (way != by_elements) {
                    fail_memory(around.get(), way, k);
                    operation(s, around);
                } else {
                    const throw_after t(k);
                    operation(s, around);
                }
            } catch (const injected&) {
                failed = true;
            } catch (const std::bad_alloc&) {
                failed = true;
            }
            if constexpr (memory_failures<failing_one> != 0) fail_memory(around.get(), 0, -1);
            if (!failed) break;
            ++count;
            const bool gives_back = way == by_elements || gives_back_always<failing_one>;
            check(s, before, gives_back ? capacity : std::max(capacity, s.capacity()));
            // Still as good as any.
            const auto size = static_cast<int>(s.size());
            add(s, size, size + 20);
            require_equal(s.size(), static_cast<std::size_t>(size + 20));
        }
    }
    return count;
}

/// The strong guarantee: the same elements in the same places, and as much memory.
inline void unchanged(failing_one& s, const notes<failing_one>& before, std::size_t capacity) {
    before.check(s);
    require_numbers(s, 0, static_cast<int>(before.size()));
    require_equal(s.capacity(), capacity);
}

/// The basic guarantee: live elements.
inline void usable(failing_one& s, const notes<failing_one>&, std::size_t) {
    std::size_t n = 0;
    for (const element& e : s) {
        e.number();
        ++n;
    }
    require_equal(n, s.size());
    s.clear();
}

} // namespace failures
