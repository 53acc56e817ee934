// trim unmaps free blocks beyond what it is told to keep, and never memory that is allocated.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <limits>

#include "address_space.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_stats;

// Fills blocks of one, two, four and eight pages.
struct four_blocks {
    explicit four_blocks(arena& a) {
        for (std::size_t k = 0; k != 4; ++k) p[k] = a.allocate((page << k) - front, 1);
    }
    void* p[4];
};

} // namespace

BOOST_AUTO_TEST_SUITE(trimming)

BOOST_AUTO_TEST_CASE(where_nothing_is_kept_nothing_is_unmapped) {
    arena a({.first_block = page});
    BOOST_TEST(a.trim() == 0u);
    const four_blocks blocks(a);
    const arena_stats full = a.stats();
    BOOST_TEST(a.trim() == 0u);
    BOOST_TEST((a.stats() == full));
    fill(blocks.p[3], 8 * page - front, 1);
    a.reset();
    BOOST_TEST(a.trim(std::numeric_limits<std::size_t>::max()) == 0u);
    BOOST_TEST(a.trim(15 * page) == 0u);
    BOOST_TEST((a.stats() == arena_stats{0, full.allocated, full.peak, full.blocks}));
}

BOOST_AUTO_TEST_CASE(the_first_blocks_that_make_up_no_more_than_asked_for_are_kept) {
    for (std::size_t keep = 0; keep <= 16; ++keep) BOOST_TEST_CONTEXT("keep " << keep) {
            arena a({.first_block = page});
            const four_blocks blocks(a);
            const std::size_t peak = a.stats().peak;
            a.reset();
            const std::size_t kept_blocks = keep >= 15 ? 4 : keep >= 7 ? 3 : keep >= 3 ? 2 : keep >= 1 ? 1 : 0;
            const std::size_t kept = ((std::size_t{1} << kept_blocks) - 1) * page;
            const std::size_t before = mapped_bytes();
            // A byte less than the next page does not change what fits.
            const std::size_t unmapped = a.trim(keep * page + page - 1);
            const std::size_t after = mapped_bytes();
            BOOST_TEST(unmapped == 15 * page - kept);
            BOOST_TEST(after == before - unmapped);
            BOOST_TEST((a.stats() == arena_stats{0, kept, peak, kept_blocks}));
            for (std::size_t k = 0; k != 4; ++k) BOOST_TEST(a.owns(blocks.p[k]) == (k < kept_blocks));
            if (kept_blocks != 0) BOOST_TEST(a.allocate(1, 1) == blocks.p[0]);
            fill(a.allocate(9 * page), 9 * page, 1);
        }
}

BOOST_AUTO_TEST_CASE(what_is_in_use_stays_and_so_do_marks) {
    arena a({.first_block = page});
    const four_blocks blocks(a);
    for (std::size_t k = 0; k != 4; ++k) fill(blocks.p[k], (page << k) - front, static_cast<unsigned>(k));
    const auto mark = a.mark();
    const arena_stats at_mark = a.stats();
    fill(a.allocate(100 * page), 100 * page, 9);
    a.rewind(mark);
    const std::size_t kept = a.stats().allocated - at_mark.allocated;
    BOOST_TEST(a.trim() == kept);
    BOOST_TEST(a.stats().allocated == at_mark.allocated);
    BOOST_TEST(a.stats().blocks == at_mark.blocks);
    BOOST_TEST(a.stats().used == at_mark.used);
    for (std::size_t k = 0; k != 4; ++k) BOOST_TEST(holds(blocks.p[k], (page << k) - front, static_cast<unsigned>(k)));
    fill(a.allocate(100 * page), 100 * page, 9);
    a.rewind(mark);
    BOOST_TEST(a.stats().used == at_mark.used);
    BOOST_TEST(holds(blocks.p[3], 8 * page - front, 3));
}

BOOST_AUTO_TEST_CASE(resetting_and_trimming_for_ever_makes_blocks_no_larger_than_the_work_needs) {
    arena a({.first_block = page});
    for (int round = 0; round != 200; ++round) {
        for (int i = 0; i != 50; ++i) fill(a.allocate(1000), 1000, 1);
        BOOST_REQUIRE(a.stats().allocated <= 31 * page);
        a.reset();
        a.trim(8 * page);
        BOOST_REQUIRE(a.stats().allocated <= 8 * page);
    }
}

BOOST_AUTO_TEST_SUITE_END()
