// An explicit instantiation: a debugger can call what is inlined everywhere else.
#include <memory>

import seg.list;

template class seg::list<int>;

extern "C" [[gnu::noinline]] void show_lists(const seg::list<int>& many) {
    asm volatile("nop" : : "r"(&many) : "memory");
}

int main() {
    seg::list<int> many;
    for (int i = 0; i < 1000; ++i) many.push_back(i);
    show_lists(many);
}
