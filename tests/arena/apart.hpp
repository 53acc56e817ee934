// Allocations by address, none of which may overlap another.
#pragma once

#include <cstddef>
#include <iterator>
#include <map>

#include "checks.hpp"

namespace observation {

/// Adds an allocation of a.bytes bytes at p, which must be apart from those that are live.
template <class Allocation>
typename std::map<std::byte*, Allocation>::iterator add_apart(std::map<std::byte*, Allocation>& live, std::byte* p,
                                                              const Allocation& a) {
    const auto after = live.lower_bound(p);
    require(after == live.end() || p + a.bytes <= after->first);
    require(after == live.begin() || std::prev(after)->first + std::prev(after)->second.bytes <= p);
    return live.emplace_hint(after, p, a);
}

} // namespace observation
