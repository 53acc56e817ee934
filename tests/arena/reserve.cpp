// The option reserve: an arena reserves addresses once, and commits them as it fills.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <new>

#include "address_space.hpp"
#include "sanitizer.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_stats;

constexpr std::size_t gibibyte = std::size_t{1} << 30;

} // namespace

BOOST_AUTO_TEST_SUITE(reserve)

BOOST_AUTO_TEST_CASE(it_is_set_aside_at_the_first_allocation_and_fills_without_a_gap) {
    const std::size_t before = mapped_bytes();
    std::size_t set_aside = 0;
    std::size_t filled = 0;
    std::size_t after = 0;
    {
        arena a({.first_block = page, .reserve = gibibyte});
        set_aside = mapped_bytes();
        BOOST_TEST(set_aside == before);
        auto* const first = static_cast<char*>(a.allocate(1000, 8));
        fill(first, 1000, 1);
        set_aside = mapped_bytes();
        BOOST_TEST(a.stats().allocated == page);
        char* next = first + 1000 + gap;
        for (int i = 0; i != 5000; ++i) {
            auto* const p = static_cast<char*>(a.allocate(1000, 8));
            BOOST_REQUIRE(static_cast<void*>(p) == static_cast<void*>(next));
            fill(p, 1000, 2);
            next = p + 1000 + gap;
            BOOST_REQUIRE(a.stats().blocks == 1u);
            // Memory doubles as blocks do: no more than twice what is used is taken, but for the first.
            BOOST_REQUIRE(a.stats().allocated <= 2 * (header + a.stats().used) + 2 * page);
        }
        BOOST_TEST(a.stats().used == 5001 * (1000 + gap));
        BOOST_TEST(a.owns(next - 1 - gap));
        BOOST_TEST(!a.owns(first + gibibyte / 2));
        BOOST_TEST(holds(first, 1000, 1));
        filled = mapped_bytes();
    }
    after = mapped_bytes();
    BOOST_TEST(set_aside == before + gibibyte);
    BOOST_TEST(filled == set_aside);
    BOOST_TEST(after == before);
}

BOOST_AUTO_TEST_CASE(it_can_be_used_to_its_last_byte_and_not_beyond) {
    arena a({.first_block = page, .reserve = 10 * page});
    void* const p = a.allocate(10 * page - front, 1);
    fill(p, 10 * page - front, 1);
    BOOST_TEST((a.stats() == arena_stats{10 * page - header, 10 * page, 10 * page - header, 1}));
    BOOST_TEST(a.try_allocate(1, 1) == nullptr);
    BOOST_CHECK_THROW(static_cast<void>(a.allocate(1, 1)), std::bad_alloc);
    BOOST_TEST(holds(p, 10 * page - front, 1));
    a.deallocate(p, 10 * page - front, 1);
    BOOST_TEST(a.try_allocate(10 * page - front + 1, 1) == nullptr);
    BOOST_TEST(a.allocate(10 * page - front, 1) == p);

    arena step_by_step({.first_block = page, .reserve = 10 * page - 1}); // in whole pages
    std::size_t used = header;
    while (step_by_step.try_allocate(100, 1) != nullptr) used += 104 + gap;
    BOOST_TEST(used + 104 + gap > 10 * page);
    BOOST_TEST(step_by_step.stats().allocated == 10 * page);
}

BOOST_AUTO_TEST_CASE(a_refusal_leaves_it_as_it_was) {
    arena a({.first_block = page, .reserve = 100 * page});
    BOOST_TEST(a.try_allocate(100 * page) == nullptr);
    BOOST_TEST((a.stats() == arena_stats{}));
    auto* const p = static_cast<char*>(a.allocate(64, 1));
    fill(p, 64, 1);
    const arena_stats before = a.stats();
    BOOST_TEST(a.try_allocate(100 * page) == nullptr);
    BOOST_TEST(a.try_allocate(1, std::size_t{1} << 47) == nullptr);
    BOOST_TEST((a.stats() == before));
    BOOST_TEST(a.allocate(64, 1) == static_cast<void*>(p + 64 + gap));
    BOOST_TEST(holds(p, 64, 1));
}

BOOST_AUTO_TEST_CASE(more_of_it_than_the_system_will_back_at_once_is_backed_as_needed) {
    // The first block would be all of it, which no machine has.
    constexpr std::size_t much = std::size_t{1} << 45;
    arena a({.first_block = much, .reserve = much});
    void* const p = a.allocate(1000);
    fill(p, 1000, 1);
    BOOST_TEST(a.stats().allocated < gibibyte);
    fill(a.allocate(100 * page), 100 * page, 2);
    BOOST_TEST(holds(p, 1000, 1));
}

BOOST_AUTO_TEST_CASE(an_allocation_grows_in_place_through_what_is_not_memory_yet) {
    arena a({.first_block = page, .reserve = gibibyte});
    void* const p = a.allocate(100, 1);
    fill(p, 100, 1);
    std::size_t bytes = 100;
    for (; bytes < 1000 * page; bytes *= 3) {
        BOOST_TEST(a.try_extend(p, bytes, 3 * bytes));
        BOOST_TEST(holds(p, bytes, 1));
        fill(p, 3 * bytes, 1);
        BOOST_TEST(a.stats().used == rounded(3 * bytes) + gap);
    }
    const arena_stats before = a.stats();
    BOOST_TEST(!a.try_extend(p, bytes, gibibyte));
    BOOST_TEST((a.stats() == before));
    BOOST_TEST(holds(p, bytes, 1));
}

BOOST_AUTO_TEST_CASE(marks_reset_and_release_work_as_with_blocks) {
    const std::size_t before = mapped_bytes();
    arena a({.first_block = page, .reserve = 1024 * page});
    void* const p = a.allocate(100, 1);
    fill(p, 100, 1);
    const auto mark = a.mark();
    void* const q = a.allocate(500 * page, 1);
    const arena_stats most = a.stats();
    a.rewind(mark);
    BOOST_TEST((a.stats() == arena_stats{rounded(100) + gap, most.allocated, most.peak, 1}));
    BOOST_TEST(a.allocate(10, 1) == q);
    a.reset();
    BOOST_TEST((a.stats() == arena_stats{0, most.allocated, most.peak, 1}));
    BOOST_TEST(a.allocate(100, 1) == p);
    a.release();
    const std::size_t after = mapped_bytes();
    BOOST_TEST(after == before);
    BOOST_TEST((a.stats() == arena_stats{0, 0, most.peak, 0}));
    void* const again = a.allocate(700 * page, 1);
    fill(again, 700 * page, 1);
    BOOST_TEST(a.stats().blocks == 1u);
}

BOOST_AUTO_TEST_CASE(trim_turns_the_pages_behind_the_last_one_in_use_back_into_address_space) {
    arena a({.first_block = page, .reserve = 1024 * page});
    BOOST_TEST(a.trim() == 0u);
    auto* const p = static_cast<char*>(a.allocate(3 * page, 1));
    fill(p, 3 * page, 1);
    const auto mark = a.mark();
    fill(a.allocate(500 * page, 1), 500 * page, 2);
    a.rewind(mark);
    const std::size_t before = mapped_bytes();
    const std::size_t taken = a.stats().allocated;
    const std::size_t in_use = 4 * page; // with the header
    BOOST_TEST(a.trim(taken) == 0u);
    BOOST_TEST(a.trim(100 * page + page / 2) == taken - in_use - 101 * page);
    BOOST_TEST(a.stats().allocated == in_use + 101 * page);
    BOOST_TEST(a.trim() == 101 * page);
    BOOST_TEST(a.stats().allocated == in_use);
    BOOST_TEST(a.trim() == 0u);
    const std::size_t after = mapped_bytes();
    BOOST_TEST(after == before);
    BOOST_TEST(holds(p, 3 * page, 1));
    BOOST_TEST(!a.owns(p + 4 * page));
    auto* const fresh = static_cast<char*>(a.allocate(200 * page, 1));
    for (std::size_t i = page; i != 200 * page; i += page) BOOST_TEST(fresh[i] == 0); // the old pages are gone
    fill(fresh, 200 * page, 3);
    a.reset();
    a.trim();
    BOOST_TEST(a.stats().allocated == page);
    BOOST_TEST(a.allocate(3 * page, 1) == static_cast<void*>(p));
}

BOOST_AUTO_TEST_CASE(after_a_trim_memory_is_taken_in_small_steps_again) {
    arena a({.first_block = page, .reserve = gibibyte});
    for (int round = 0; round != 100; ++round) {
        static_cast<void>(a.allocate(100 * page));
        BOOST_REQUIRE(a.stats().allocated <= 300 * page);
        a.reset();
        a.trim();
    }
}

BOOST_AUTO_TEST_CASE(max_bytes_and_largest_block_bound_what_becomes_memory) {
    arena capped({.first_block = page, .max_bytes = 50 * page, .reserve = gibibyte});
    while (capped.try_allocate(1000, 8) != nullptr) BOOST_REQUIRE(capped.stats().allocated <= 50 * page);
    BOOST_TEST(capped.stats().allocated == 50 * page);
    BOOST_TEST(capped.try_allocate(page) == nullptr);
    capped.reset();
    fill(capped.allocate(50 * page - front, 1), 50 * page - front, 1);

    arena stepped({.first_block = page, .largest_block = 4 * page, .reserve = gibibyte});
    std::size_t allocated = 0;
    for (int i = 0; i != 1000; ++i) {
        static_cast<void>(stepped.allocate(1000, 8));
        BOOST_REQUIRE(stepped.stats().allocated - allocated <= 4 * page);
        allocated = stepped.stats().allocated;
    }
}

BOOST_AUTO_TEST_CASE(it_begins_where_a_buffer_is_full) {
    alignas(64) static std::byte memory[2 * page];
    arena a({.first_block = page, .reserve = 80 * page, .buffer = memory});
    fill(a.allocate(page, 1), page, 1);
    BOOST_TEST(a.stats().allocated == 2 * page);
    auto* const p = static_cast<char*>(a.allocate(50 * page, 1));
    fill(p, 50 * page, 2);
    BOOST_TEST(a.allocate(20 * page, 1) == static_cast<void*>(p + 50 * page + gap));
    BOOST_TEST(a.stats().blocks == 2u);
    BOOST_TEST(a.try_allocate(20 * page, 1) == nullptr);
    BOOST_TEST(holds(p, 50 * page, 2));
    a.reset();
    static_cast<void>(a.allocate(page, 1));
    BOOST_TEST(a.allocate(50 * page, 1) == static_cast<void*>(p));
    a.release();
    BOOST_TEST(a.stats().allocated == 2 * page);
}

BOOST_AUTO_TEST_CASE(what_is_not_handed_out_of_it_is_poisoned) {
    arena a({.first_block = 4 * page, .reserve = 64 * page});
    auto* const p = static_cast<char*>(a.allocate(100, 8));
    BOOST_TEST(!poisoned(p + 99));
    BOOST_TEST(poisoned(p + 4 * page - front - 1) == sanitized);
    auto* const q = static_cast<char*>(a.allocate(10 * page, 8));
    BOOST_TEST(poisoned(q - 1) == (gap != 0));
    BOOST_TEST(!poisoned(q + 10 * page - 1));
    BOOST_TEST(poisoned(q + 10 * page) == sanitized);
    a.reset();
    for (std::size_t i = 0; i != 11 * page - front; ++i) BOOST_REQUIRE(poisoned(p + i) == sanitized);
    a.trim();
    static_cast<void>(a.allocate(100, 8));
    BOOST_TEST(poisoned(p + 104) == sanitized);
    static_cast<void>(a.allocate(5 * page, 8));
    BOOST_TEST(poisoned(p + 5 * page + 512) == sanitized);
}

BOOST_AUTO_TEST_SUITE_END()
