// Requests for more than max_bytes, than there are addresses, or than the system grants: they fail, and the arena is as
// it was before them.
#include <boost/test/unit_test.hpp>

#include <chrono>
#include <cstddef>
#include <limits>
#include <new>

#include "address_space.hpp"
#include "child.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

constexpr std::size_t biggest = std::numeric_limits<std::size_t>::max();

// The request fails in both forms, and neither leaves a trace.
void check_refused(arena& a, std::size_t bytes, std::size_t alignment) {
    BOOST_TEST_CONTEXT(bytes << " bytes at " << alignment) {
        const auto before = a.stats();
        const std::size_t mapped_before = mapped_bytes();
        void* const p = a.try_allocate(bytes, alignment);
        const std::size_t mapped_after = mapped_bytes();
        BOOST_TEST(p == nullptr);
        BOOST_TEST(mapped_after == mapped_before);
        BOOST_CHECK_THROW(static_cast<void>(a.allocate(bytes, alignment)), std::bad_alloc);
        BOOST_TEST((a.stats() == before));
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(limits)

BOOST_AUTO_TEST_CASE(max_bytes_is_reached_and_never_exceeded) {
    arena a({.first_block = page, .max_bytes = 10 * page});
    std::size_t made = 0;
    while (void* const p = a.try_allocate(100, 4)) {
        fill(p, 100, 1);
        BOOST_REQUIRE(a.stats().allocated <= 10 * page);
        ++made;
    }
    BOOST_TEST(a.stats().allocated == 10 * page);
    // Less than one allocation's worth is lost in each block.
    BOOST_TEST((made + a.stats().blocks) * (rounded(100) + gap) + a.stats().blocks * header >= 10 * page);
    check_refused(a, 100, 4);
}

BOOST_AUTO_TEST_CASE(max_bytes_counts_whole_pages_and_the_header) {
    arena exact({.first_block = 1, .max_bytes = 2 * page});
    check_refused(exact, 2 * page - front + 1, 1);
    BOOST_TEST((exact.stats() == seg::arena_stats{}));
    fill(exact.allocate(2 * page - front, 1), 2 * page - front, 1);
    BOOST_TEST(exact.stats().allocated == 2 * page);
    check_refused(exact, 1, 1);

    arena odd({.first_block = 1, .max_bytes = 2 * page - 1});
    check_refused(odd, page, 1);
    static_cast<void>(odd.allocate(page - front, 1));
    BOOST_TEST(odd.stats().allocated == page);

    arena hopeless({.max_bytes = page - 1});
    check_refused(hopeless, 1, 1);
}

BOOST_AUTO_TEST_CASE(a_first_block_above_max_bytes_is_cut_to_it) {
    arena a({.first_block = std::size_t{1} << 30, .max_bytes = 5 * page + 7});
    fill(a.allocate(1000), 1000, 1);
    BOOST_TEST(a.stats().allocated == 5 * page);
}

BOOST_AUTO_TEST_CASE(max_bytes_is_checked_before_mapping) {
    arena a({.first_block = page, .max_bytes = 16 * page});
    static_cast<void>(a.allocate(64));
    const std::size_t cap = 16 * page;
    for (const std::size_t bytes : {cap - page, cap, 1000 * page, std::size_t{1} << 40}) check_refused(a, bytes, 1);
    check_refused(a, 1, cap);
    fill(a.allocate(14 * page, 1), 14 * page, 2);
    BOOST_TEST(a.stats().allocated == 16 * page);
}

BOOST_AUTO_TEST_CASE(sizes_near_the_largest_number_are_refused_whatever_the_arena_holds) {
    for (const std::size_t max_bytes : {std::size_t{0}, std::size_t{1} << 20, biggest}) {
        arena a({.first_block = page, .max_bytes = max_bytes});
        for (int fresh_then_used = 0; fresh_then_used != 2; ++fresh_then_used) {
            for (const std::size_t bytes : {biggest, biggest - 1, biggest - 31, biggest - 32, biggest - 4095,
                                            biggest - 4096, biggest - 8192, biggest / 2 + 1, biggest / 2,
                                            biggest / 4 + 1, biggest / 4, std::size_t{1} << 60, std::size_t{1} << 47})
                for (const std::size_t alignment : {std::size_t{1}, std::size_t{16}, 2 * page, std::size_t{1} << 40})
                    check_refused(a, bytes, alignment);
            void* const p = a.allocate(100);
            fill(p, 100, 1);
            BOOST_TEST(holds(p, 100, 1));
        }
        BOOST_TEST(a.stats().blocks == 1u);
    }
}

BOOST_AUTO_TEST_CASE(alignments_beyond_the_address_space_are_refused) {
    for (const std::size_t max_bytes : {std::size_t{0}, std::size_t{1} << 20}) {
        arena a({.first_block = page, .max_bytes = max_bytes});
        auto* const p = static_cast<char*>(a.allocate(64));
        for (int bit = 48; bit != 64; ++bit)
            for (const std::size_t bytes : {std::size_t{0}, std::size_t{1}, page, biggest - 1})
                check_refused(a, bytes, std::size_t{1} << bit);
        BOOST_TEST(a.allocate(1, 1) == static_cast<void*>(p + 64 + gap));
    }
}

BOOST_AUTO_TEST_CASE(after_a_refusal_the_next_bytes_come_from_where_they_would_have_come_from) {
    arena a({.first_block = 2 * page, .max_bytes = 2 * page});
    auto* const p = static_cast<char*>(a.allocate(40, 8));
    fill(p, 40, 7);
    check_refused(a, 2 * page, 8);
    BOOST_TEST(a.allocate(8, 8) == static_cast<void*>(p + 40 + gap));
    BOOST_TEST(holds(p, 40, 7));
    a.deallocate(p + 40 + gap, 8, 8);
    check_refused(a, 2 * page, 8);
    a.deallocate(p, 40, 8);
    BOOST_TEST(a.allocate(40, 8) == p);
    a.reset();
    check_refused(a, 2 * page, 8);
    BOOST_TEST(a.allocate(40, 8) == p);
}

BOOST_AUTO_TEST_CASE(kept_blocks_give_way_to_a_request_that_fits_none_of_them) {
    arena a({.first_block = page, .max_bytes = 8 * page});
    void* const first = a.allocate(page - front, 1);
    void* const second = a.allocate(2 * page - front, 1);
    void* const third = a.allocate(4 * page - front, 1);
    BOOST_TEST(a.stats().allocated == 7 * page);
    a.reset();
    void* const big = a.allocate(8 * page - front, 1);
    BOOST_TEST(a.stats().allocated == 8 * page);
    BOOST_TEST(a.stats().blocks == 1u);
    fill(big, 8 * page - front, 1);
    for (const void* const gone : {first, second, third}) BOOST_TEST(a.owns(gone) == is_mapped(gone));
    check_refused(a, 1, 1);
}

BOOST_AUTO_TEST_CASE(kept_blocks_stay_when_there_is_room_beside_them_and_when_giving_way_would_not_help) {
    arena a({.first_block = page, .max_bytes = 16 * page});
    void* const first = a.allocate(page - front, 1);
    while (a.stats().blocks == 1) static_cast<void>(a.allocate(64, 1));
    void* const second = a.allocate(100, 1);
    a.reset();
    check_refused(a, 16 * page, 1);
    BOOST_TEST((is_mapped(first) && is_mapped(second)));
    static_cast<void>(a.allocate(10 * page - front, 1)); // to its block's last byte
    BOOST_TEST(a.stats().blocks == 3u);
    BOOST_TEST((is_mapped(first) && is_mapped(second)));
    BOOST_TEST(a.allocate(page - front, 1) == first);
    BOOST_TEST(a.allocate(100, 1) != nullptr);
    BOOST_TEST(a.stats().blocks == 3u);
}

BOOST_AUTO_TEST_CASE(thousands_of_free_blocks_that_are_too_small_are_not_searched) {
    // Free ones of one page, then requests for more than that: in either round a block a request, and nothing else.
    const auto round = [](arena& a, std::size_t bytes) {
        const auto began = std::chrono::steady_clock::now();
        for (int i = 0; i != 8000; ++i) static_cast<void>(a.allocate(bytes, 1));
        return std::chrono::steady_clock::now() - began;
    };
    arena a({.first_block = 1, .largest_block = 4096});
    const auto first = round(a, 3900);
    a.reset();
    const auto second = round(a, 4100);
    BOOST_TEST((second < 10 * first + std::chrono::milliseconds(300)));
    BOOST_TEST(a.stats().blocks <= 2u * 8000);
}

BOOST_AUTO_TEST_CASE(a_large_block_that_is_too_small_gives_way_to_the_one_that_is_made_instead) {
    arena a({.first_block = page});
    static_cast<void>(a.allocate(100));
    const auto before = a.stats();
    for (std::size_t bytes = 10 * page; bytes != 200 * page; bytes += page) {
        void* const p = a.allocate(bytes);
        fill(p, bytes, 1);
        a.deallocate(p, bytes);
        BOOST_TEST(a.stats().blocks == 2u);
        BOOST_TEST(a.stats().used == before.used);
        BOOST_TEST(a.stats().allocated == before.allocated + bytes + page);
    }
}

BOOST_AUTO_TEST_CASE(kept_blocks_stay_when_the_system_refuses_what_max_bytes_would_allow) {
    constexpr std::size_t more_than_there_is = std::size_t{1} << 50;
    arena a({.max_bytes = more_than_there_is});
    static_cast<void>(a.allocate(1));
    a.reset();
    check_refused(a, more_than_there_is - 32, 1); // would fit, had the kept block given way
    BOOST_TEST(a.stats().blocks == 1u);
}

BOOST_AUTO_TEST_CASE(a_real_limit_of_the_system_is_reported_and_survived, *boost::unit_test::label("kernel")) {
    constexpr std::size_t chunk = std::size_t{1} << 20;
    const int failed_step = child::status([] {
        arena a({.first_block = chunk});
        void* const early = a.allocate(1000, 8);
        fill(early, 1000, 5);
        // A sanitizer's own mappings count, too, and are terabytes.
        if (!child::limit(RLIMIT_AS, mapped_bytes() + 64 * chunk)) return 1;

        std::size_t chunks = 0;
        while (void* const p = a.try_allocate(chunk, 8)) {
            fill(p, 64, 6);
            // Far more than the limit allows.
            if (++chunks == 1000) return 2;
        }
        // Doubling alone would have stopped at half of what there is.
        if (chunks < 50) return 3;
        const auto full = a.stats();
        if (a.try_allocate(chunk, 8) != nullptr) return 4;
        try {
            static_cast<void>(a.allocate(chunk, 8));
            return 5;
        } catch (const std::bad_alloc&) {}
        if (!(a.stats() == full)) return 6;
        if (!holds(early, 1000, 5)) return 7;

        // What is mapped already serves small requests, and after a reset large ones as well.
        void* const small = a.try_allocate(64, 8);
        if (small == nullptr) return 8;
        fill(small, 64, 1);
        a.reset();
        if (a.try_allocate(1000, 8) != early) return 9;
        for (std::size_t i = 0; i != chunks; ++i)
            if (a.try_allocate(chunk, 8) == nullptr) return 10;
        if (a.stats().allocated != full.allocated || a.stats().blocks != full.blocks) return 11;
        a.release();
        void* const again = a.try_allocate(32 * chunk, 8);
        if (again == nullptr) return 12;
        fill(again, 32 * chunk, 2);
        return holds(again, 32 * chunk, 2) ? 0 : 13;
    });
    BOOST_TEST(failed_step == 0);
}

BOOST_AUTO_TEST_SUITE_END()
