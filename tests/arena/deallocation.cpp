// deallocate: the memory of the newest allocation is allocated next, and any other deallocation changes nothing.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <utility>
#include <vector>

#include "address_space.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

} // namespace

BOOST_AUTO_TEST_SUITE(deallocation)

BOOST_AUTO_TEST_CASE(the_newest_is_taken_back_and_its_bytes_are_the_next_to_be_handed_out) {
    arena a;
    void* const p = a.allocate(100, 1);
    void* const q = a.allocate(200, 1);
    a.deallocate(q, 200, 1);
    BOOST_TEST(a.stats().used == rounded(100) + gap);
    BOOST_TEST(a.allocate(50, 1) == q);
    a.deallocate(q, 50, 1);
    a.deallocate(p, 100, 1);
    BOOST_TEST(a.stats().used == 0u);
    BOOST_TEST(a.stats().peak == rounded(100) + 200 + 2 * gap);
    BOOST_TEST(a.allocate(1, 1) == p);
}

BOOST_AUTO_TEST_CASE(allocations_are_taken_back_in_reverse_order) {
    arena a;
    void* p[100] = {};
    for (void*& q : p) q = a.allocate(24, 8);
    for (std::size_t i = 100; i-- != 0;) {
        a.deallocate(p[i], 24, 8);
        BOOST_TEST(a.stats().used == (24 + gap) * i);
    }
    for (void* const q : p) BOOST_TEST(a.allocate(24, 8) == q);
}

BOOST_AUTO_TEST_CASE(any_other_is_ignored) {
    arena a;
    auto* const p = static_cast<char*>(a.allocate(100, 1));
    auto* const q = static_cast<char*>(a.allocate(100, 1));
    auto* const r = static_cast<char*>(a.allocate(100, 1));
    fill(r, 100, 3);
    const auto before = a.stats();
    a.deallocate(p, 100, 1);
    a.deallocate(q, 100, 1);
    BOOST_TEST((a.stats() == before));
    BOOST_TEST(a.allocate(1, 1) == static_cast<void*>(r + rounded(100) + gap));
    BOOST_TEST(holds(r, 100, 3));
}

BOOST_AUTO_TEST_CASE(one_that_an_older_block_holds_is_ignored) {
    arena a({.first_block = page});
    void* const old = a.allocate(page - front, 1);
    void* const current = a.allocate(100, 1);
    BOOST_TEST(a.stats().blocks == 2u);
    const auto before = a.stats();
    a.deallocate(old, page - front, 1);
    BOOST_TEST((a.stats() == before));
    a.deallocate(current, 100, 1);
    BOOST_TEST(a.stats().used == page - header);
    BOOST_TEST(a.allocate(1, 1) == current);
}

BOOST_AUTO_TEST_CASE(a_large_block_is_kept_for_the_next_request_that_fits) {
    arena a({.first_block = 4 * page}); // more room than the next one leaves
    auto* const p = static_cast<char*>(a.allocate(10, 1));
    void* const big = a.allocate(20 * page, 1);
    const auto with_big = a.stats();
    BOOST_TEST(with_big.blocks == 2u);
    a.deallocate(big, 20 * page, 1);
    BOOST_TEST(a.stats().used == rounded(10) + gap);
    BOOST_TEST(a.stats().allocated == with_big.allocated);
    BOOST_TEST(a.stats().peak == with_big.used);
    BOOST_TEST(a.allocate(10, 1) == static_cast<void*>(p + rounded(10) + gap));
    BOOST_TEST(a.allocate(15 * page, 1) == big);
    BOOST_TEST(a.stats().blocks == 2u);
    fill(big, 15 * page, 1);
    BOOST_TEST(holds(big, 15 * page, 1));
}

BOOST_AUTO_TEST_CASE(blocks_of_their_own_are_taken_back_newest_first_and_their_padding_too) {
    arena a({.first_block = 8 * page}); // more room than any of the next ones leaves
    static_cast<void>(a.allocate(10, 1));
    void* const big[3] = {a.allocate(20 * page, page), a.allocate(40 * page, 4 * page), a.allocate(80 * page, 1)};
    const auto all = a.stats();
    BOOST_TEST(all.blocks == 4u);
    // Not the newest of those: nothing happens.
    a.deallocate(big[0], 20 * page, page);
    BOOST_TEST((a.stats() == all));
    a.deallocate(big[2], 80 * page, 1);
    BOOST_TEST(a.stats().used == all.used - (81 * page - header)); // all of its block
    a.deallocate(big[1], 40 * page, 4 * page);
    a.deallocate(big[0], 20 * page, page);
    BOOST_TEST(a.stats().used == rounded(10) + gap);
    BOOST_TEST(a.stats().blocks == 4u);
}

BOOST_AUTO_TEST_CASE(the_first_allocation_taken_back_leaves_an_empty_block_in_use) {
    arena a({.first_block = page});
    void* const p = a.allocate(page - front, 1);
    a.deallocate(p, page - front, 1);
    BOOST_TEST(a.stats().used == 0u);
    BOOST_TEST(a.stats().blocks == 1u);
    BOOST_TEST(a.allocate(page - front, 1) == p);
    BOOST_TEST(a.stats().blocks == 1u);
}

BOOST_AUTO_TEST_CASE(building_and_taking_back_for_ever_takes_no_more_memory) {
    arena a({.first_block = page});
    static_cast<void>(a.allocate(8));
    for (int i = 0; i != 10'000; ++i) {
        const std::size_t bytes = static_cast<std::size_t>(i % 97) * 500 + 1;
        void* const p = a.allocate(bytes, 8);
        fill(p, 1, 1);
        a.deallocate(p, bytes, 8);
    }
    BOOST_TEST(a.stats().used < page);
    BOOST_TEST(a.stats().allocated < 20 * page);
    BOOST_TEST(a.stats().blocks <= 3u);
}

BOOST_AUTO_TEST_CASE(all_is_taken_back_from_the_newest_to_the_oldest_through_all_blocks) {
    for (const seg::arena_options& options : {seg::arena_options{}, seg::arena_options{.first_block = page}}) {
        arena a(options);
        std::vector<std::pair<void*, std::size_t>> live;
        for (std::size_t i = 0; i != 3000; ++i) {
            const std::size_t bytes = i % 100 == 99 ? 5 * page : i * 37 % 300;
            live.emplace_back(a.allocate(bytes, 8), bytes);
        }
        const auto full = a.stats();
        BOOST_TEST(full.blocks > 5u);
        for (std::size_t i = live.size(); i-- != 0;) a.deallocate(live[i].first, live[i].second, 8);
        BOOST_TEST((a.stats() == seg::arena_stats{0, full.allocated, full.peak, full.blocks}));
        // And the same blocks serve again.
        for (const auto& [p, bytes] : live) static_cast<void>(a.allocate(bytes, 8));
        BOOST_TEST((a.stats() == full));
    }
}

BOOST_AUTO_TEST_CASE(a_mark_stops_at_the_block_that_it_was_set_in_and_at_no_other) {
    arena a({.first_block = page});
    std::vector<void*> all;
    const auto fill_blocks = [&](std::size_t n) {
        while (a.stats().blocks != n) all.push_back(a.allocate(512, 8));
    };
    const auto empty_down_to = [&](std::size_t n) {
        for (; all.size() != n; all.pop_back()) a.deallocate(all.back(), 512, 8);
    };
    fill_blocks(2);
    const std::size_t in_first = all.size() - 1;
    const auto mark = a.mark(); // in the second block
    const auto marked = a.stats();
    fill_blocks(4);
    empty_down_to(in_first + 1); // through the third block
    BOOST_TEST(a.stats().used == marked.used);
    empty_down_to(in_first); // the second one is empty, and stays in use
    const std::size_t left = a.stats().used;
    BOOST_TEST(left == marked.used - 512 - gap);
    empty_down_to(in_first - 1);
    BOOST_TEST(a.stats().used == left);
    fill(a.allocate(512, 8), 512, 1); // bytes that were allocated before the mark
    fill(a.allocate(512, 8), 512, 2);
    a.rewind(mark);
    BOOST_TEST(a.stats().used == marked.used);
    a.reset();
    BOOST_TEST(a.stats().used == 0u);
}

BOOST_AUTO_TEST_CASE(null_is_ignored) {
    arena a;
    a.deallocate(nullptr, 0);
    a.deallocate(nullptr, 100, 1);
    void* const p = a.allocate(8);
    const auto before = a.stats();
    a.deallocate(nullptr, 0);
    a.deallocate(nullptr, 8);
    BOOST_TEST((a.stats() == before));
    BOOST_TEST(!a.try_extend(nullptr, 0, 100));
    BOOST_TEST(a.try_extend(p, 8, 16));
}

BOOST_AUTO_TEST_SUITE_END()
