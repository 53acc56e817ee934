// What argument-dependent lookup must not find: functions of names that seg uses itself, in the namespace of an element
// type, and a comma operator.
#pragma once

#include <compare>

namespace adl {

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

} // namespace adl
