// What is done to a sequence while a test watches which of its memory is poisoned. Included after kinds.hpp.
#pragma once

#include <utility>

#include "sanitizer.hpp"

namespace kinds {

/// Calls check() after each change of the sequence, which has no element at first.
template <class Sequence, class Check> void change_all_over(Sequence& s, Check check) {
    using T = typename Sequence::value_type;
    for (int n = 0; n != 100; ++n) {
        s.push_back(make<T>(n));
        check();
    }
    for (int n = 0; n != 60; ++n) {
        s.pop_back();
        check();
    }
    s.resize(90);
    check();
    s.erase(s.begin() + 10, s.begin() + 50);
    check();
    s.insert(s.begin() + 5, 30, s[3]);
    check();
    s.reserve(500);
    check();
    s.reserve(100'000);
    check();
    s.assign(7, make<T>(1));
    check();
    s.shrink_to_fit();
    check();
    s.resize(s.capacity() + 1);
    check();
    Sequence moved = std::move(s);
    s = std::move(moved);
    check();
    const T* const one = &s.front();
    s.clear();
    require_equal(poisoned(one), sanitized);
    s.push_back(make<T>(1));
    check();
}

} // namespace kinds
