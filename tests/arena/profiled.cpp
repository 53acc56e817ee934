// Allocates 68 MB from an arena, for a heap profiler to see: on mapped memory, or with any argument on malloc.
#include <cstddef>
#include <memory_resource>

import seg.arena;

int main(int argc, char**) {
    seg::arena arena({.upstream = argc == 1 ? nullptr : std::pmr::new_delete_resource()});
    for (int i = 0; i != 68'000; ++i) *static_cast<volatile char*>(arena.allocate(1'000)) = 1;
}
