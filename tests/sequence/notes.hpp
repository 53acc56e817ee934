// Where the elements of a sequence are and what they hold, noted before an operation and checked after it: pointers and
// iterators.
#pragma once

#include "sequence/sequences.hpp"

#include <cstddef>
#include <vector>

namespace sequences {

template <class Sequence> class notes {
public:
    /// Of all elements.
    explicit notes(Sequence& s) {
        std::size_t i = 0;
        for (auto it = s.begin(); it != s.end(); ++it, ++i) taken_.push_back({it, it, &s[i], number(*it), i});
    }
    /// Of the first element and the last five among the first n, which is fast.
    notes(Sequence& s, std::size_t n) {
        for (std::size_t i = 0; i != n; ++i)
            if (i == 0 || n - i <= 5) {
                const auto it = s.begin() + static_cast<std::ptrdiff_t>(i);
                taken_.push_back({it, it, &s[i], number(*it), i});
            }
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
