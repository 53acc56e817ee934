// When an arena gets another block, how large that is, and which block serves a request.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <limits>

#include "address_space.hpp"
#include "child.hpp"
#include "sanitizer.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

constexpr std::size_t first = 4 * page;

} // namespace

BOOST_AUTO_TEST_SUITE(blocks)

BOOST_AUTO_TEST_CASE(each_block_is_as_large_as_all_before_it) {
    arena a({.first_block = first});
    std::size_t allocated = 0;
    for (std::size_t k = 0; k != 8; ++k) {
        const std::size_t block = k == 0 ? first : allocated;
        fill(a.allocate(block - front, 1), block - front, 1);
        allocated += block;
        BOOST_TEST(a.stats().blocks == k + 1);
        BOOST_TEST(a.stats().allocated == allocated);
    }
    // The smallest request finds a block of that size, too.
    static_cast<void>(a.allocate(1, 1));
    BOOST_TEST(a.stats().allocated == 2 * allocated);
}

BOOST_AUTO_TEST_CASE(regular_blocks_are_no_larger_than_largest_block_and_large_ones_may_be) {
    arena a({.first_block = page, .largest_block = 3 * page + 1}); // in whole pages
    std::size_t allocated = 0;
    for (const std::size_t pages : {1u, 1u, 2u, 4u, 4u, 4u}) {
        const std::size_t blocks = a.stats().blocks;
        while (a.stats().blocks == blocks) static_cast<void>(a.allocate(64, 1));
        allocated += pages * page;
        BOOST_TEST(a.stats().allocated == allocated);
    }
    static_cast<void>(a.allocate(20 * page));
    BOOST_TEST(a.stats().allocated == allocated + 21 * page);
}

BOOST_AUTO_TEST_CASE(without_the_block_cache_the_first_block_has_256_KiB) {
    arena a({.pages = seg::page_kind::normal});
    static_cast<void>(a.allocate(1));
    BOOST_TEST(a.stats().allocated == 256u * 1024);
}

BOOST_AUTO_TEST_CASE(doubling_requests_find_blocks_that_they_fill) {
    // A list's segments are such requests.
    for (const seg::page_kind pages : {seg::page_kind::automatic, seg::page_kind::huge}) {
        arena a({.pages = pages});
        for (std::size_t bytes = 256; bytes <= std::size_t{64} << 20; bytes *= 2)
            static_cast<void>(a.allocate(bytes, 8));
        const std::size_t in_use = a.stats().used;
        BOOST_TEST(a.stats().allocated <= in_use + in_use / 32);
    }
}

BOOST_AUTO_TEST_CASE(the_first_block_is_a_whole_number_of_pages_and_at_least_one) {
    for (const std::size_t asked : {std::size_t{0}, std::size_t{1}, page - 1, page}) {
        arena a({.first_block = asked});
        static_cast<void>(a.allocate(1));
        BOOST_TEST(a.stats().allocated == page);
    }
    arena a({.first_block = page + 1});
    static_cast<void>(a.allocate(1));
    BOOST_TEST(a.stats().allocated == 2 * page);
}

BOOST_AUTO_TEST_CASE(by_default_blocks_are_small_at_first_and_four_times_as_large_each_time) {
    arena a;
    std::size_t blocks = 0;
    std::size_t allocated = 0;
    for (const std::size_t block : {1u, 4u, 16u, 64u, 64u}) {
        while (a.stats().blocks == blocks) static_cast<void>(a.allocate(64));
        ++blocks;
        allocated += block * page;
        BOOST_TEST(a.stats().blocks == blocks);
        BOOST_TEST(a.stats().allocated == allocated);
        for (const std::size_t room = allocated - blocks * (header + 100 + gap); a.stats().used < room;)
            static_cast<void>(a.allocate(64));
    }
    // From here on each is as large as all before it.
    while (a.stats().blocks == blocks) static_cast<void>(a.allocate(64));
    BOOST_TEST(a.stats().allocated == 2 * allocated);
    // A request finds a block that it takes half of at most, as long as there is one.
    arena b;
    static_cast<void>(b.allocate(8));
    static_cast<void>(b.allocate(5 * page));
    BOOST_TEST(b.stats().allocated == 17 * page);
    static_cast<void>(b.allocate(40 * page));
    BOOST_TEST(b.stats().allocated == (17 + 41) * page);
}

BOOST_AUTO_TEST_CASE(a_first_block_that_is_not_to_be_had_gives_way_to_a_smaller_one) {
    for (const std::size_t asked :
         {std::numeric_limits<std::size_t>::max(), std::size_t{1} << 62, std::size_t{1} << 50}) {
        arena a({.first_block = asked});
        void* const p = a.allocate(100);
        fill(p, 100, 3);
        BOOST_TEST(holds(p, 100, 3));
        BOOST_TEST(a.stats().allocated < asked / 2);
        BOOST_TEST(a.stats().blocks == 1u);
    }
}

BOOST_AUTO_TEST_CASE(an_exact_fit_fills_the_block_and_opens_no_other) {
    arena a({.first_block = first});
    fill(a.allocate(first - front, 1), first - front, 1);
    BOOST_TEST(a.stats().blocks == 1u);
    BOOST_TEST(a.stats().allocated == first);
    static_cast<void>(a.allocate(1, 1));
    BOOST_TEST(a.stats().blocks == 2u);

    // The same in two steps: the second takes all that the first left.
    arena b({.first_block = first});
    auto* const p = static_cast<char*>(b.allocate(104, 1));
    BOOST_TEST(b.allocate(first - front - gap - 104, 1) == static_cast<void*>(p + 104 + gap));
    BOOST_TEST(b.stats().blocks == 1u);
    // One byte more than is left.
    arena c({.first_block = first});
    static_cast<void>(c.allocate(104, 1));
    static_cast<void>(c.allocate(first - front - gap - 103, 1));
    BOOST_TEST(c.stats().blocks == 2u);
}

BOOST_AUTO_TEST_CASE(a_request_larger_than_the_next_block_gets_a_block_of_its_size) {
    arena a({.first_block = first});
    const std::size_t bytes = 100 * page;
    void* const p = a.allocate(bytes - front, 1);
    BOOST_TEST(a.stats().allocated == bytes);
    BOOST_TEST(a.stats().blocks == 1u);
    fill(p, bytes - front, 9);
    BOOST_TEST(holds(p, bytes - front, 9));
}

BOOST_AUTO_TEST_CASE(the_rest_of_a_block_is_still_used_after_an_oversized_request) {
    arena a({.first_block = first});
    auto* const p = static_cast<char*>(a.allocate(64, 1));
    static_cast<void>(a.allocate(50 * page, 1));
    BOOST_TEST(a.stats().blocks == 2u);
    BOOST_TEST(a.allocate(64, 1) == static_cast<void*>(p + 64 + gap));
    static_cast<void>(a.allocate(70 * page, 1));
    BOOST_TEST(a.stats().blocks == 3u);
    BOOST_TEST(a.allocate(first - front - 128 - 2 * gap, 1) == static_cast<void*>(p + 128 + 2 * gap));
    BOOST_TEST(a.stats().blocks == 3u);
}

BOOST_AUTO_TEST_CASE(a_request_that_half_of_the_next_block_holds_goes_there_and_a_larger_one_gets_a_large_block) {
    arena a({.first_block = first});
    static_cast<void>(a.allocate(first - front - 104, 1));
    auto* const p = static_cast<char*>(a.allocate(first / 2, 1)); // with its header, more than half
    BOOST_TEST(a.stats().allocated == first + first / 2 + page);
    static_cast<void>(a.allocate(104 - gap, 1));
    BOOST_TEST(a.stats().blocks == 2u);
    auto* const q = static_cast<char*>(a.allocate(first / 2 - front, 1));
    BOOST_TEST(a.stats().blocks == 3u);
    BOOST_TEST(a.allocate(8, 1) == static_cast<void*>(q + first / 2 - front + gap));
    BOOST_TEST((a.owns(p) && a.owns(q)));
}

BOOST_AUTO_TEST_CASE(a_refused_block_gives_way_to_one_of_half_its_size_and_never_to_one_for_each_request,
                     *boost::unit_test::label("kernel")) {
    // All that there is, in blocks that are as large as can be had.
    constexpr std::size_t limit = std::size_t{1} << 30;
    const auto fill_up = [](seg::arena_options options, std::size_t most) {
        return child::status([options, most] {
            if (!child::limit(RLIMIT_AS, mapped_bytes() + limit)) return 1;
            arena a(options);
            while (a.try_allocate(64, 8) != nullptr) {}
            if (a.stats().blocks > most) return 2;
            return a.stats().allocated > limit - limit / 64 ? 0 : 3;
        });
    };
    if (!sanitized) {
        BOOST_TEST(fill_up({.first_block = page}, 50) == 0);
        BOOST_TEST(fill_up({.guard = true}, 50) == 0);
        BOOST_TEST(fill_up({}, 50 + 63 + 15 + 3) == 0); // and what the block cache has mapped already
    }
}

BOOST_AUTO_TEST_CASE(alignment_beyond_a_page_finds_its_place_in_a_block_of_any_address) {
    for (const std::size_t alignment : {2 * page, 16 * page, 512 * page})
        for (const std::size_t bytes : {std::size_t{1}, page, 3 * page + 1, 600 * page}) {
            arena a({.first_block = 1});
            auto* const p = static_cast<char*>(a.allocate(bytes, alignment));
            BOOST_TEST(is_aligned(p, alignment));
            BOOST_TEST(a.stats().blocks == 1u);
            BOOST_TEST(a.stats().allocated <= alignment + bytes + page);
            BOOST_TEST((a.owns(p) && a.owns(p + bytes - 1)));
            fill(p, bytes, 4);
            BOOST_TEST(holds(p, bytes, 4));
        }
}

BOOST_AUTO_TEST_CASE(the_number_of_blocks_has_no_limit) {
    arena a({.first_block = page, .max_bytes = 0});
    // Each gets a large block: larger than what is left of the one before and than the next one.
    std::size_t bytes = 3 * page;
    constexpr unsigned count = 12;
    void* p[count] = {};
    for (unsigned k = 0; k != count; ++k, bytes *= 2) {
        p[k] = a.allocate(bytes, 1);
        fill(p[k], 100, k);
    }
    BOOST_TEST(a.stats().blocks == count);
    for (unsigned k = 0; k != count; ++k) BOOST_TEST(holds(p[k], 100, k));

    // Under a cap blocks are as small as what is left of it, until there is nothing left.
    constexpr std::size_t pages = 500;
    arena b({.first_block = page, .max_bytes = pages * page});
    std::size_t made = 0;
    while (b.try_allocate(page - front, 1) != nullptr) ++made;
    BOOST_TEST(b.stats().allocated == pages * page);
    BOOST_TEST(made >= pages);
}

BOOST_AUTO_TEST_SUITE_END()
