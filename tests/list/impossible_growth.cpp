// Growth parameters that no list can have. This program does not compile, and the compiler says why in two sentences.
#include <cstddef>
#include <memory>

import seg.list;

template <seg::growth Growth> std::size_t size() {
    seg::list<int, std::allocator<int>, Growth> l;
    l.push_back(1);
    return l.size();
}

int main() {
    return size<seg::growth{.first = std::size_t{1} << 62}>() == size<seg::growth{.limit = std::size_t{1} << 62}>();
}
