// The option buffer: an arena begins in memory that its user gives it.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <span>

#include "address_space.hpp"
#include "child.hpp"
#include "sanitizer.hpp"
#include "system_call_filter.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_stats;

bool lies_in(std::span<std::byte> memory, const void* p, std::size_t bytes) {
    return number(p) >= number(memory.data()) && number(p) + bytes <= number(memory.data() + memory.size());
}

} // namespace

BOOST_AUTO_TEST_SUITE(buffer)

BOOST_AUTO_TEST_CASE(small_requests_lie_in_the_buffer_and_need_no_system_call) {
    alignas(64) std::array<std::byte, 1024> memory;
    arena a({.buffer = memory});
    BOOST_TEST((a.stats() == arena_stats{0, 1024, 0, 1}));
    BOOST_TEST(a.owns(memory.data()));
    BOOST_TEST(!a.owns(memory.data() + 1024));
    const int failed_step = child::status([&memory] {
        filter::forbid_all();
        arena in_child({.buffer = memory});
        for (int round = 0; round != 3; ++round) {
            void* const p = in_child.try_allocate(100, 8);
            if (!lies_in(memory, p, 100)) return 2;
            fill(p, 100, 1);
            void* const rest = in_child.try_allocate(1024 - front - 104 - gap, 8);
            if (!lies_in(memory, rest, 1024 - front - 104 - gap)) return 3;
            fill(rest, 1024 - front - 104 - gap, 2);
            if (!holds(p, 100, 1)) return 4;
            if (round == 0) in_child.reset();
            else in_child.release();
        }
        return 0;
    });
    BOOST_TEST(failed_step == 0);
}

BOOST_AUTO_TEST_CASE(a_full_buffer_is_followed_by_blocks) {
    alignas(64) std::array<std::byte, 1024> memory;
    arena a({.first_block = page, .buffer = memory});
    void* const inside = a.allocate(1024 - front, 1);
    fill(inside, 1024 - front, 1);
    BOOST_TEST(lies_in(memory, inside, 1024 - front));
    void* const outside = a.allocate(100);
    fill(outside, 100, 2);
    BOOST_TEST(!lies_in(memory, outside, 1));
    BOOST_TEST(a.stats().allocated == 1024 + page);
    BOOST_TEST(a.stats().blocks == 2u);
    BOOST_TEST(holds(inside, 1024 - front, 1));
    a.reset();
    BOOST_TEST(a.allocate(10, 1) == inside);
    a.release();
    BOOST_TEST((a.stats() == arena_stats{0, 1024, a.stats().peak, 1}));
    BOOST_TEST(a.allocate(10, 1) == inside);
    a.reset();
    BOOST_TEST(a.trim() == 0u);
    BOOST_TEST(a.allocate(10, 1) == inside);
}

BOOST_AUTO_TEST_CASE(a_request_too_large_for_the_buffer_leaves_it_to_smaller_ones) {
    alignas(64) std::array<std::byte, 8 * page> memory;
    arena a({.first_block = page, .buffer = memory});
    auto* const first = static_cast<char*>(a.allocate(64, 1));
    BOOST_TEST(lies_in(memory, first, 64));
    void* const large = a.allocate(20 * page);
    BOOST_TEST(!lies_in(memory, large, 1));
    BOOST_TEST(a.allocate(64, 1) == static_cast<void*>(first + 64 + gap));
}

BOOST_AUTO_TEST_CASE(any_size_and_any_address_will_do_and_what_is_too_small_is_not_used) {
    alignas(64) std::array<std::byte, 512> surroundings;
    std::size_t too_small = 0;
    for (std::size_t offset = 0; offset != 17; ++offset)
        for (std::size_t size = 0; size != 200; ++size) {
            fill(surroundings.data(), surroundings.size(), 9);
            const std::span<std::byte> memory(surroundings.data() + 100 + offset, size);
            {
                arena a({.first_block = page, .buffer = memory});
                const bool used = a.stats().blocks != 0;
                if (!used) {
                    too_small = std::max(too_small, size);
                    BOOST_REQUIRE((a.stats() == arena_stats{}));
                } else {
                    BOOST_REQUIRE(a.stats().allocated <= size);
                    BOOST_REQUIRE(a.stats().allocated + 30 >= size);
                }
                for (std::size_t bytes = 1; bytes != 40; ++bytes) {
                    void* const p = a.allocate(bytes, std::size_t{1} << bytes % 5);
                    BOOST_REQUIRE(is_aligned(p, std::size_t{1} << bytes % 5));
                    BOOST_REQUIRE(a.owns(p));
                    fill(p, bytes, 1);
                }
                BOOST_REQUIRE(a.stats().blocks == (used ? 2u : 1u));
            }
            for (const std::byte& b : surroundings) BOOST_REQUIRE(!poisoned(&b));
            for (std::size_t i = 0; i != surroundings.size(); ++i)
                if (i < 100 + offset || i >= 100 + offset + size)
                    BOOST_REQUIRE(static_cast<unsigned char>(surroundings[i]) == pattern(9, i));
        }
    BOOST_TEST(too_small >= header); // there were both kinds
    BOOST_TEST(too_small < 2 * header);
}

BOOST_AUTO_TEST_CASE(with_max_bytes_of_its_size_there_is_never_more_than_the_buffer) {
    alignas(64) std::array<std::byte, 1024> memory;
    const int failed_step = child::status([&memory] {
        filter::forbid_all();
        for (const std::size_t most : {memory.size(), memory.size() + page - 1}) {
            arena a({.max_bytes = most, .buffer = memory});
            if (a.try_allocate(1024 - front + 1, 1) != nullptr) return 2;
            while (void* const p = a.try_allocate(50, 1))
                if (!lies_in(memory, p, 50)) return 3;
            if (a.stats().blocks != 1 || a.stats().allocated != 1024) return 4;
            a.release();
            if (a.try_allocate(1024 - front, 1) == nullptr) return 5;
        }
        return 0;
    });
    BOOST_TEST(failed_step == 0);
    arena a({.max_bytes = memory.size() + page, .buffer = memory});
    static_cast<void>(a.allocate(1024 - front, 1));
    static_cast<void>(a.allocate(1, 1));
    BOOST_TEST(a.stats().allocated == 1024 + page);
}

BOOST_AUTO_TEST_CASE(nobody_unmaps_the_buffer_and_it_comes_back_unpoisoned) {
    arena owner({.first_block = 16 * page});
    auto* const pages = static_cast<std::byte*>(owner.allocate(8 * page, page));
    {
        arena a({.first_block = page, .buffer = {pages, 8 * page}});
        const auto mark = a.mark();
        for (int round = 0; round != 3; ++round) {
            for (int i = 0; i != 50; ++i) fill(a.allocate(1000), 1000, 1);
            a.rewind(mark);
            BOOST_TEST(poisoned(pages + page) == sanitized);
            a.trim();
        }
        a.release();
        fill(a.allocate(7 * page), 7 * page, 1);
    }
    for (std::size_t i = 0; i != 8 * page; ++i) BOOST_REQUIRE(!poisoned(pages + i));
    BOOST_TEST((is_mapped(pages) && is_mapped(pages + 7 * page)));
    fill(pages, 8 * page, 3);
    BOOST_TEST(holds(pages, 8 * page, 3));
}

BOOST_AUTO_TEST_CASE(marks_and_extension_work_in_a_buffer_and_beyond_it) {
    alignas(64) std::array<std::byte, 2048> memory;
    arena a({.first_block = page, .buffer = memory});
    const auto empty = a.mark();
    void* const p = a.allocate(100, 1);
    fill(p, 100, 1);
    const auto mark = a.mark();
    void* const q = a.allocate(100, 1);
    BOOST_TEST(a.try_extend(q, 100, 2048 - front - 104 - gap));
    BOOST_TEST(!a.try_extend(q, 2048 - front - 104 - gap, 2048));
    static_cast<void>(a.allocate(page));
    a.rewind(mark);
    BOOST_TEST(a.stats().used == 104 + gap);
    BOOST_TEST(holds(p, 100, 1));
    BOOST_TEST(a.allocate(5, 1) == q);
    a.rewind(empty);
    BOOST_TEST(a.stats().used == 0u);
    BOOST_TEST(a.allocate(5, 1) == p);
}

BOOST_AUTO_TEST_CASE(no_more_of_it_is_used_than_max_bytes_allows) {
    alignas(64) static std::byte memory[2 * page];
    arena a({.max_bytes = page, .buffer = memory});
    BOOST_TEST(a.try_allocate(page, 1) == nullptr);
    fill(a.allocate(page - header - arena::red_zone, 1), page - header - arena::red_zone, 1);
    BOOST_TEST(a.stats().allocated == page);
    BOOST_TEST(a.try_allocate(1, 1) == nullptr);
    arena none({.max_bytes = header, .buffer = memory});
    BOOST_TEST(none.try_allocate(1, 1) == nullptr);
    BOOST_TEST(none.stats().blocks == 0u);
}

BOOST_AUTO_TEST_SUITE_END()
