// Functions that must not block may call what never allocates: the compiler accepts that, and reports a call of what
// may allocate.
#include <cstddef>
#include <iterator>
#include <span>

import seg;

namespace {

using list = seg::list<int>;
using vector = seg::pinned_vector<int>;

template <class Container> int sum(const Container& c) noexcept [[clang::nonblocking]] {
    int sum = 0;
    for (const int x : c) sum += x;
    for (std::size_t i = 0; i != c.size(); ++i) sum += c[i];
    for (auto i = c.rbegin(); i != c.rend(); ++i) sum += *i;
    auto i = c.begin();
    i += 2;
    if (!c.empty() && i < c.end() && c.size() < c.capacity() && c.size() < c.max_size())
        sum += c.front() + c.back() + i[-1];
    return sum;
}

int sum_of_runs(const list& l) noexcept [[clang::nonblocking]] {
    int sum = 0;
    for (const std::span<const int> run : l.segments())
        for (const int x : run) sum += x;
    return sum;
}

template <class Container> void change(Container& c) noexcept [[clang::nonblocking]] {
    for (int& x : c) ++x;
    c.pop_back();
}

} // namespace

int uses_lists(list& l) noexcept [[clang::nonblocking]];
int uses_lists(list& l) noexcept [[clang::nonblocking]] {
    const int result = sum(l) + sum_of_runs(l);
    change(l);
    l.clear();
    return result;
}

int uses_vectors(vector& v) noexcept [[clang::nonblocking]];
int uses_vectors(vector& v) noexcept [[clang::nonblocking]] {
    const int result = sum(v);
    change(v);
    return result;
}

bool uses_arenas(seg::arena& a, seg::arena& b) noexcept [[clang::nonblocking]];
bool uses_arenas(seg::arena& a, seg::arena& b) noexcept [[clang::nonblocking]] {
    const auto mark = a.mark();
    static_cast<void>(mark);
    return a == b || a.stats().used == b.stats().used;
}

#ifdef GROWS
void grows(list& l) noexcept [[clang::nonblocking]];
void grows(list& l) noexcept [[clang::nonblocking]] { l.push_back(1); }
#endif
