// A namespace with functions of the names that seg uses itself, and a comma that is not to be used.
#pragma once

#include <compare>

namespace nosy {

struct element {
    int value;
    friend auto operator<=>(const element&, const element&) = default;
};
template <class... Arguments> void poison(const Arguments&...) = delete;
template <class... Arguments> void unpoison(const Arguments&...) = delete;
template <class... Arguments> void segments(const Arguments&...) = delete;
template <class... Arguments> void end_of(const Arguments&...) = delete;
template <class... Arguments> void pass(const Arguments&...) = delete;
template <class... Arguments> void grow(const Arguments&...) = delete;
template <class... Arguments> void shrink(const Arguments&...) = delete;
template <class... Arguments> void construct(const Arguments&...) = delete;
template <class... Arguments> void destroy(const Arguments&...) = delete;
template <class... Arguments> void lexicographical(const Arguments&...) = delete;
template <class A, class B> void operator,(const A&, const B&) = delete;
struct predicate {
    bool operator()(const element& e) const { return e.value == 2; }
};

} // namespace nosy
