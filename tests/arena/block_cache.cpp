// The block cache: blocks of destroyed arenas serve the next arenas, so that a short-lived arena makes no system call.
// The cache keeps no more than its limit. With threads: threads.cpp.
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <cstdint>
#include <deque>
#include <memory_resource>
#include <optional>
#include <vector>

#include "address_space.hpp"
#include "child.hpp"
#include "sanitizer.hpp"
#include "system_call_filter.hpp"
#include "arena/pattern.hpp"
#include "arena/recording_upstream.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_options;

constexpr std::size_t kib = 1024;
// Eleven small blocks, each perhaps of another region, one of them a large one, and two that are as large as a region.
constexpr std::size_t kept_by_a_thread = 2048 * kib + (10 + 2) * 256 * kib;
constexpr std::size_t kept_for_all = 2048 * kib + 2 * 256 * kib;

// k allocations of 8 to 64 bytes in an arena of its own.
std::size_t use_one(std::size_t k, const arena_options& options = {}) {
    arena a(options);
    std::size_t sum = 0;
    for (std::size_t i = 0; i != k; ++i) {
        const std::size_t bytes = 8 + i * 31 % 57;
        auto* const p = static_cast<unsigned char*>(a.allocate(bytes, 8));
        p[0] = p[bytes - 1] = static_cast<unsigned char>(i);
        sum += p[0];
    }
    return sum;
}

} // namespace

BOOST_AUTO_TEST_SUITE(block_cache, *boost::unit_test::label("kernel"))

BOOST_AUTO_TEST_CASE(an_arena_after_another_makes_no_system_call) {
    for (std::size_t k = 1; k <= 10'000; k *= 10) {
        const int end = child::status([k] {
            const std::size_t expected = use_one(k);
            filter::forbid(filter::about_memory);
            for (int i = 0; i != 100; ++i)
                if (use_one(k) != expected) return 1;
            return 0;
        });
        BOOST_TEST_CONTEXT(k << " allocations") BOOST_TEST(end == 0);
    }
    // And so do arenas one in the other, and one that uses another limit.
    const int end = child::status([] {
        const auto nested = [](const auto& self, int depth) -> void {
            arena a({.max_bytes = std::size_t{1} << 20});
            static_cast<void>(a.allocate(3000));
            if (depth != 0) self(self, depth - 1);
        };
        nested(nested, 7);
        filter::forbid(filter::about_memory);
        for (int i = 0; i != 100; ++i) nested(nested, 7);
        return 0;
    });
    BOOST_TEST(end == 0);
}

BOOST_AUTO_TEST_CASE(any_option_about_the_system_keeps_an_arena_from_the_cache) {
    recording_upstream from;
    alignas(64) static std::array<std::byte, 1000> buffer;
    const arena_options others[] = {{.first_block = page},
                                    {.reserve = std::size_t{1} << 20},
                                    {.pages = seg::page_kind::normal},
                                    {.pages = seg::page_kind::huge},
                                    {.prefault = seg::prefault_policy::next_block},
                                    {.guard = true},
                                    {.protect = true},
                                    {.fork = seg::fork_policy::wipe},
                                    {.buffer = buffer}};
    for (const arena_options& options : others) {
        static_cast<void>(use_one(1000, options)); // what the kernel needs of its own
        const std::size_t before = mapped_bytes();
        static_cast<void>(use_one(1000, options));
        const std::size_t after = mapped_bytes();
        BOOST_TEST(after == before);
        const int end = child::status([&options] {
            static_cast<void>(use_one(1000));
            static_cast<void>(use_one(1000, options));
            filter::forbid({SYS_mmap});
            static_cast<void>(use_one(1000, options));
            return 0;
        });
        BOOST_TEST(end == -SIGSYS);
    }
    static_cast<void>(use_one(1000, {.upstream = &from}));
    BOOST_TEST(from.out.empty());
}

BOOST_AUTO_TEST_CASE(thousands_are_alive_at_once_and_what_is_kept_of_them_is_bounded) {
    seg::trim_block_cache();
    const std::size_t before = mapped_bytes();
    for (const std::size_t bytes : {1 * kib, 10 * kib, 60 * kib, 300 * kib}) {
        const std::size_t n = bytes == 300 * kib ? 100 : 2000;
        std::deque<arena> arenas; // takes no memory of its own from arenas
        for (std::size_t i = 0; i != n; ++i) {
            arena& a = arenas.emplace_back();
            for (std::size_t used = 0; used < bytes; used += 256) fill(a.allocate(256), 256, static_cast<unsigned>(i));
        }
        // The deque's own memory is in here, too.
        if (bytes == 10 * kib) BOOST_TEST(mapped_bytes() - before < 2000 * 24 * kib);
        for (arena& a : arenas) BOOST_REQUIRE(a.stats().used >= bytes);
        std::size_t out_of_order = 0;
        while (!arenas.empty()) // from both ends
            if (out_of_order++ % 3 == 0) arenas.pop_front();
            else arenas.pop_back();
    }
    const std::size_t heap = 8 << 20; // may keep what the deque had
    BOOST_TEST(mapped_bytes() <= before + kept_by_a_thread + kept_for_all + heap);
    const std::size_t kept = mapped_bytes();
    const std::size_t unmapped = seg::trim_block_cache();
    BOOST_TEST(unmapped != 0u);
    BOOST_TEST(unmapped <= kept_by_a_thread + kept_for_all);
    BOOST_TEST(mapped_bytes() == kept - unmapped);
    BOOST_TEST(seg::trim_block_cache() == 0u);
}

BOOST_AUTO_TEST_CASE(a_region_goes_back_when_all_its_blocks_are_home) {
    seg::trim_block_cache();
    // Room for 63 each. Room for the arenas first, so that nothing else is mapped meanwhile.
    std::vector<std::optional<arena>> arenas(63 * 4);
    const std::size_t before = mapped_bytes();
    for (auto& a : arenas) static_cast<void>(a.emplace().allocate(100));
    BOOST_TEST(mapped_bytes() == before + 4 * 256 * kib);
    // One of each stays.
    for (std::size_t i = 0; i != arenas.size(); ++i)
        if (i % 63 != 0) arenas[i].reset();
    seg::trim_block_cache();
    BOOST_TEST(mapped_bytes() == before + 4 * 256 * kib);
    // What is free is used before more is mapped.
    for (auto& a : arenas)
        if (!a) static_cast<void>(a.emplace().allocate(100));
    BOOST_TEST(mapped_bytes() == before + 4 * 256 * kib);
    for (auto& a : arenas) a.reset();
    seg::trim_block_cache();
    BOOST_TEST(mapped_bytes() == before);
}

BOOST_AUTO_TEST_CASE(trimming_leaves_what_is_in_use) {
    arena a;
    void* const p = a.allocate(3000);
    fill(p, 3000, 1);
    static_cast<void>(use_one(1000));
    seg::trim_block_cache();
    BOOST_TEST(holds(p, 3000, 1));
    fill(a.allocate(100'000), 100'000, 2);
    BOOST_TEST(holds(p, 3000, 1));
    a.release();
    seg::trim_block_cache();
    BOOST_TEST(!is_mapped(p));
}

BOOST_AUTO_TEST_CASE(what_a_destroyed_arena_had_is_withheld_until_the_next_one_hands_it_out) {
    static_cast<void>(use_one(1));
    char* p = nullptr;
    {
        arena a;
        p = static_cast<char*>(a.allocate(64, 8));
        fill(p, 64, 1);
        BOOST_TEST(!poisoned(p));
    }
    for (std::size_t i = 0; i != 64; ++i) BOOST_TEST(poisoned(p + i) == sanitized);
    arena next;
    BOOST_TEST(next.allocate(32, 8) == static_cast<void*>(p));
    BOOST_TEST(!poisoned(p + 31));
    BOOST_TEST(poisoned(p + 32) == sanitized);
#ifndef SEG_TEST_SANITIZED
    BOOST_TEST(holds(p, 32, 1)); // as malloc's memory may; said at the options
#endif
}

BOOST_AUTO_TEST_CASE(a_system_that_has_no_memory_for_a_region_has_it_for_no_arena_and_nothing_is_lost) {
    const int end = child::status([] {
        seg::trim_block_cache();
        filter::refuse({SYS_mmap}, ENOMEM);
        const std::size_t before = mapped_bytes();
        for (int i = 0; i != 10; ++i) {
            arena a;
            if (a.try_allocate(8) != nullptr) return 1;
            if (a.try_allocate(100'000) != nullptr) return 2;
            if (!(a.stats() == seg::arena_stats{})) return 3;
        }
        return mapped_bytes() == before ? 0 : 4;
    });
    BOOST_TEST(end == 0);
}

BOOST_AUTO_TEST_CASE(where_there_is_no_room_for_a_region_there_is_some_for_a_block) {
    if (sanitized) return; // which needs room of its own
    const int end = child::status([] {
        seg::trim_block_cache();
        const std::size_t before = mapped_bytes();
        if (!child::limit(RLIMIT_AS, before + 128 * kib)) return 1;
        for (int i = 0; i != 10; ++i) {
            arena a;
            void* const p = a.try_allocate(100);
            if (p == nullptr) return 2;
            fill(p, 100, 1);
        }
        seg::trim_block_cache();
        return mapped_bytes() == before ? 0 : 3;
    });
    BOOST_TEST(end == 0);
}

BOOST_AUTO_TEST_CASE(a_child_process_goes_on_with_what_the_thread_had) {
    static_cast<void>(use_one(1000));
    arena a;
    void* const p = a.allocate(1000);
    fill(p, 1000, 1);
    const int end = child::status([&] {
        filter::forbid({SYS_mmap}); // it has it already
        for (int i = 0; i != 10; ++i) static_cast<void>(use_one(1000));
        fill(a.allocate(1000), 1000, 2);
        return holds(p, 1000, 1) ? 0 : 1;
    });
    BOOST_TEST(end == 0);
    BOOST_TEST(holds(p, 1000, 1));
}

BOOST_AUTO_TEST_SUITE_END()
