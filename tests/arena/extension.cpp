// try_extend makes the newest allocation larger or smaller where it is, or changes nothing.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <limits>
#include <vector>

#include "address_space.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_stats;

constexpr std::size_t biggest = std::numeric_limits<std::size_t>::max();

// Both nothing happens, and it is said so.
void check_refused(arena& a, void* p, std::size_t old_bytes, std::size_t new_bytes) {
    BOOST_TEST_CONTEXT("from " << old_bytes << " to " << new_bytes) {
        const arena_stats before = a.stats();
        BOOST_TEST(!a.try_extend(p, old_bytes, new_bytes));
        BOOST_TEST((a.stats() == before));
    }
}

// Hands out memory of an arena, and notes how much of it the caller held when it asked for more.
struct watching {
    arena* from;
    std::size_t* held;
    std::size_t* most_held_when_asking;

    void* allocate(std::size_t bytes, std::size_t alignment) {
        if (*held > *most_held_when_asking) *most_held_when_asking = *held;
        *held += bytes;
        return from->allocate(bytes, alignment);
    }
    void deallocate(void* p, std::size_t bytes, std::size_t alignment) noexcept {
        *held -= bytes;
        from->deallocate(p, bytes, alignment);
    }
    [[maybe_unused]] friend bool operator==(const watching& a, const watching& b) { return a.from == b.from; }
};

} // namespace

BOOST_AUTO_TEST_SUITE(extension)

BOOST_AUTO_TEST_CASE(the_newest_grows_in_place_up_to_the_end_of_its_block) {
    arena a({.first_block = page});
    static_cast<void>(a.allocate(10, 1));
    auto* const p = static_cast<char*>(a.allocate(100, 1));
    fill(p, 100, 1);
    BOOST_TEST(a.try_extend(p, 100, 300));
    const std::size_t used = rounded(10) + rounded(300) + 2 * gap;
    BOOST_TEST((a.stats() == arena_stats{used, page, used, 1}));
    BOOST_TEST(holds(p, 100, 1));
    fill(p, 300, 2);
    const std::size_t all = page - front - rounded(10) - gap;
    check_refused(a, p, 300, all + 1);
    BOOST_TEST(a.try_extend(p, 300, all));
    BOOST_TEST((a.stats() == arena_stats{page - header, page, page - header, 1}));
    BOOST_TEST(holds(p, 300, 2));
    fill(p, all, 3);
    check_refused(a, p, all, all + 1);
    a.deallocate(p, all, 1);
    BOOST_TEST(a.stats().used == rounded(10) + gap);
    BOOST_TEST(a.allocate(1, 1) == static_cast<void*>(p));
}

BOOST_AUTO_TEST_CASE(the_newest_shrinks_and_the_rest_is_the_next_to_be_handed_out) {
    arena a;
    auto* const p = static_cast<char*>(a.allocate(1000, 1));
    fill(p, 1000, 1);
    BOOST_TEST(a.try_extend(p, 1000, 40));
    BOOST_TEST(a.stats().used == 40 + gap);
    BOOST_TEST(a.stats().peak == 1000 + gap);
    BOOST_TEST(holds(p, 40, 1));
    auto* const q = static_cast<char*>(a.allocate(8, 1));
    BOOST_TEST(static_cast<void*>(q) == static_cast<void*>(p + 40 + gap));
    BOOST_TEST(a.try_extend(q, 8, 8));
    BOOST_TEST(a.stats().used == 48 + 2 * gap);
}

BOOST_AUTO_TEST_CASE(a_size_of_0_is_1_as_in_a_request) {
    arena a;
    void* const p = a.allocate(0, 1);
    BOOST_TEST(a.try_extend(p, 0, 10));
    BOOST_TEST(a.stats().used == rounded(10) + gap);
    BOOST_TEST(a.try_extend(p, 10, 0));
    BOOST_TEST(a.stats().used == rounded(0) + gap);
    a.deallocate(p, 0, 1);
    BOOST_TEST(a.stats().used == 0u);
}

BOOST_AUTO_TEST_CASE(any_other_stays_as_it_is) {
    arena a({.first_block = page});
    int local = 0;
    check_refused(a, &local, sizeof local, 1);
    void* const p = a.allocate(100, 1);
    void* const q = a.allocate(100, 1);
    for (const std::size_t bytes : {std::size_t{1}, std::size_t{99}, std::size_t{100}, std::size_t{101}, biggest})
        check_refused(a, p, 100, bytes);
    check_refused(a, q, 96, 200); // not what was asked for
    check_refused(a, q, 105, 200);
    check_refused(a, &local, sizeof local, 1);
    // The newest of an older block.
    while (a.stats().blocks == 1) static_cast<void>(a.allocate(64, 1));
    check_refused(a, q, 100, 101);
    a.reset();
    check_refused(a, q, 100, 101);
}

BOOST_AUTO_TEST_CASE(sizes_near_the_largest_number_are_refused) {
    arena a;
    void* const p = a.allocate(100);
    fill(p, 100, 1);
    for (const std::size_t bytes : {biggest, biggest - 1, biggest - number(p), biggest - number(p) + 1, biggest / 2,
                                    biggest / 4 + 1, biggest / 4, std::size_t{1} << 47})
        check_refused(a, p, 100, bytes);
    BOOST_TEST(a.try_extend(p, 100, 200));
    BOOST_TEST(holds(p, 100, 1));
}

BOOST_AUTO_TEST_CASE(the_newest_in_a_large_block_grows_and_shrinks_within_it) {
    arena a({.first_block = 8 * page}); // more room than the next one leaves
    void* const small = a.allocate(10, 1);
    const std::size_t room = 20 * page - front;
    void* const big = a.allocate(room - 100, 1);
    fill(big, room - 100, 1);
    const std::size_t used = rounded(10) + 2 * gap + room; // all of the large block, whatever was asked for
    BOOST_TEST(a.stats().used == used);
    check_refused(a, big, room - 100, room + 1);
    BOOST_TEST(a.try_extend(big, room - 100, room));
    BOOST_TEST(holds(big, room - 100, 1));
    fill(big, room, 2);
    BOOST_TEST(a.try_extend(big, room, page));
    BOOST_TEST(holds(big, page, 2));
    BOOST_TEST(a.stats().used == used);
    // It goes on being the other block's turn, whose newest can be extended as well.
    BOOST_TEST(a.try_extend(small, 10, 20));
    BOOST_TEST(a.stats().used == used + 8);
    a.deallocate(big, page, 1);
    BOOST_TEST(a.stats().used == rounded(20) + gap);
    BOOST_TEST(a.stats().blocks == 2u);
}

BOOST_AUTO_TEST_CASE(a_growing_vector_holds_its_old_buffer_while_it_asks_for_a_new_one) {
    arena a;
    std::size_t held = 0;
    std::size_t most_held_when_asking = 0;
    watching memory{&a, &held, &most_held_when_asking};
    std::vector<int, seg::resource_allocator<int, watching>> v(memory);
    v.reserve(100);
    v.resize(100);
    const int* const old = v.data();
    most_held_when_asking = 0;
    v.push_back(1);
    BOOST_TEST(most_held_when_asking == 100 * sizeof(int)); // so no answer of allocate could have been the same place
    BOOST_TEST(v.data() != old);
    // What the vector could not know: there was room, as there is now.
    BOOST_TEST(a.try_extend(v.data(), v.capacity() * sizeof(int), 2 * v.capacity() * sizeof(int)));
    BOOST_TEST(a.try_extend(v.data(), 2 * v.capacity() * sizeof(int), v.capacity() * sizeof(int)));
}

BOOST_AUTO_TEST_CASE(what_extends_an_allocation_in_a_large_block_is_the_allocation_s_for_good) {
    arena a({.first_block = 64 * page});
    static_cast<void>(a.allocate(100));
    const std::size_t bytes = 200 * page - 1000; // more than the first block, and less than all of its own
    auto* const p = static_cast<char*>(a.allocate(bytes, 1));
    fill(p, bytes, 1);
    const std::size_t used = a.stats().used;
    {
        const seg::arena_scope scope(a);
        BOOST_TEST(a.try_extend(p, bytes, bytes + 300));
        fill(p, bytes + 300, 1);
    }
    BOOST_TEST(a.stats().used == used);
    BOOST_TEST(holds(p, bytes + 300, 1));
    BOOST_TEST(a.try_extend(p, bytes + 300, bytes + 100));
    a.deallocate(p, bytes + 100, 1);
    BOOST_TEST(a.stats().used < bytes);
}

BOOST_AUTO_TEST_SUITE_END()
