// Erasing by value and by predicate, as the functions of these names do for the standard library's containers.
export module seg.vector:erase;

import seg.standard;
import :vector;

namespace seg {

/// Removes every element that equals value, and returns how many. Linear. Throws what comparing and moving elements
/// throws; basic guarantee. Invalidates as pinned_vector::erase does, from the first removed element on.
export template <class T, class U = T> std::size_t erase(pinned_vector<T>& v, const U& value) {
    const auto rest = std::remove(v.begin(), v.end(), value);
    const auto removed = static_cast<std::size_t>(v.end() - rest);
    v.erase(rest, v.end());
    return removed;
}

/// The same for every element for which the predicate is true.
export template <class T, class Predicate> std::size_t erase_if(pinned_vector<T>& v, Predicate predicate) {
    const auto rest = std::remove_if(v.begin(), v.end(), std::ref(predicate));
    const auto removed = static_cast<std::size_t>(v.end() - rest);
    v.erase(rest, v.end());
    return removed;
}

} // namespace seg
