// When a block is opened, how large it is, and which block the next bytes come from.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <limits>

#include "arena/observation.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

constexpr std::size_t gap = arena::red_zone;    // before each allocation
constexpr std::size_t front = header + gap; // bytes of a block before its first allocation

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

BOOST_AUTO_TEST_CASE(doubling_requests_find_blocks_that_they_fill) {
    // A list's segments are such requests.
    for (const seg::page_kind pages : {seg::page_kind::automatic, seg::page_kind::huge}) {
        arena a({.pages = pages});
        for (std::size_t bytes = 256; bytes <= std::size_t{64} << 20; bytes *= 2) static_cast<void>(a.allocate(bytes, 8));
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
    arena by_default;
    static_cast<void>(by_default.allocate(1));
    BOOST_TEST(by_default.stats().allocated == seg::arena_options{}.first_block);
}

BOOST_AUTO_TEST_CASE(a_first_block_that_is_not_to_be_had_gives_way_to_one_that_is) {
    for (const std::size_t asked : {std::numeric_limits<std::size_t>::max(), std::size_t{1} << 62,
                                    std::size_t{1} << 50}) {
        arena a({.first_block = asked});
        void* const p = a.allocate(100);
        fill(p, 100, 3);
        BOOST_TEST(holds(p, 100, 3));
        BOOST_TEST(a.stats().allocated == page);
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
    auto* const p = static_cast<char*>(b.allocate(100, 1));
    BOOST_TEST(b.allocate(first - front - gap - 100, 1) == static_cast<void*>(p + 100 + gap));
    BOOST_TEST(b.stats().blocks == 1u);
    // One byte more than is left.
    arena c({.first_block = first});
    static_cast<void>(c.allocate(100, 1));
    static_cast<void>(c.allocate(first - front - gap - 99, 1));
    BOOST_TEST(c.stats().blocks == 2u);
}

BOOST_AUTO_TEST_CASE(a_request_larger_than_the_next_block_gets_a_block_of_its_own_size) {
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

BOOST_AUTO_TEST_CASE(the_block_with_more_room_left_is_the_one_that_goes_on_being_used) {
    arena a({.first_block = first});
    static_cast<void>(a.allocate(first - front - 100, 1));
    // The rest of this one's last page is more than the 100 bytes left in the first block.
    auto* const p = static_cast<char*>(a.allocate(50 * page, 1));
    BOOST_TEST(a.allocate(50, 1) == static_cast<void*>(p + 50 * page + gap));
    BOOST_TEST(a.stats().blocks == 2u);
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
    // Each is a block of its own: larger than what is left of the one before and than the next one.
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
