// What RealtimeSanitizer reports: realtime <case>. In a function that must not block, that is only what maps or unmaps
// memory.
#include <cstddef>
#include <string_view>

import seg;

namespace {

seg::arena arena;
seg::arena_list<int> numbers(arena);
seg::pinned_vector<int> vector({.max_size = 1 << 20});

// What seg promises never to block, where there is memory already.
void with_memory_at_hand() noexcept [[clang::nonblocking]] {
    for (int i = 0; i != 1'000; ++i) numbers.push_back(i);
    for (int i = 0; i != 1'000; ++i) vector.push_back(i);
    arena.deallocate(arena.allocate(1'000), 1'000);
    numbers.clear();
    vector.clear();
}
void an_allocation_that_maps() noexcept [[clang::nonblocking]] { (void)arena.try_allocate(std::size_t{64} << 20); }
void a_vector_that_commits() noexcept [[clang::nonblocking]] { (void)vector.try_push_back(1); }
void giving_back() noexcept [[clang::nonblocking]] { arena.trim(); }

} // namespace

int main(int, char** argv) {
    const std::string_view what = argv[1];
    if (what == "with_memory_at_hand") {
        numbers.reserve(1'000);
        vector.reserve(1'000);
        arena.deallocate(arena.allocate(1'000), 1'000);
        with_memory_at_hand();
    } else if (what == "an_allocation_that_maps") {
        an_allocation_that_maps();
    } else if (what == "a_vector_that_commits") {
        vector.reserve(1);
        while (vector.size() != vector.capacity()) vector.push_back(1);
        a_vector_that_commits();
    } else if (what == "giving_back") {
        arena.deallocate(arena.allocate(std::size_t{64} << 20), std::size_t{64} << 20);
        giving_back();
    } else {
        return 2;
    }
}
