// Erasing by value and by predicate, as the functions of these names do for the standard library's containers.
export module seg.list:erase;

import seg.standard;
import :layout;
import :list;

namespace seg {

/// Removes every element that equals value, and returns how many. Linear. Throws what comparing and moving elements
/// throws; basic guarantee. Invalidates as list::erase does, from the first removed element on.
export template <class T, class Allocator, growth Growth, class U = T>
constexpr std::size_t erase(list<T, Allocator, Growth>& l, const U& value) {
    const auto rest = std::remove(l.begin(), l.end(), value);
    const auto removed = static_cast<std::size_t>(l.end() - rest);
    l.erase(rest, l.end());
    return removed;
}

/// The same for every element for which the predicate is true.
export template <class T, class Allocator, growth Growth, class Predicate>
constexpr std::size_t erase_if(list<T, Allocator, Growth>& l, Predicate predicate) {
    const auto rest = std::remove_if(l.begin(), l.end(), std::ref(predicate));
    const auto removed = static_cast<std::size_t>(l.end() - rest);
    l.erase(rest, l.end());
    return removed;
}

} // namespace seg
