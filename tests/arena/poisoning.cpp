// AddressSanitizer reports an access to memory of an arena that is not allocated. Without it the same operations run,
// and every byte that is allocated can be used.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <random>
#include <vector>

#include "address_space.hpp"
#include "last_words.hpp"
#include "random.hpp"
#include "sanitizer.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

// The arena holds the bytes, and nobody may touch them.
bool withheld(const arena& a, const void* p, std::size_t bytes) {
    return a.owns(p) && a.owns(static_cast<const char*>(p) + bytes - 1) && all_poisoned(p, bytes);
}
// All of them may be used, and keep what is written.
bool granted(void* p, std::size_t bytes) {
    if (any_poisoned(p, bytes)) return false;
    fill(p, bytes, 77);
    return holds(p, bytes, 77);
}

// The report of an access that is meant to be reported is nothing to read.
template <class Access> bool survives(Access access) { return last_words_of(access).status == 0; }

} // namespace

BOOST_AUTO_TEST_SUITE(poisoning)

BOOST_AUTO_TEST_CASE(the_rest_of_a_block_is_withheld_until_it_is_handed_out) {
    arena a({.first_block = page});
    auto* const p = static_cast<char*>(a.allocate(64, 8));
    const std::size_t rest = page - front - 64;
    BOOST_TEST(granted(p, 64));
    BOOST_TEST(withheld(a, p + 64, rest));
    auto* const q = static_cast<char*>(a.allocate(64, 8));
    BOOST_TEST(granted(q, 64));
    BOOST_TEST(withheld(a, q + 64, rest - 64 - gap));
    BOOST_TEST(granted(a.allocate(rest - 64 - 2 * gap, 1), rest - 64 - 2 * gap));
}

BOOST_AUTO_TEST_CASE(not_a_byte_more_than_was_asked_for_is_handed_out) {
    for (std::size_t bytes = 1; bytes != 40; ++bytes) {
        arena a;
        auto* const p = static_cast<char*>(a.allocate(bytes, 8));
        BOOST_TEST(granted(p, bytes));
        BOOST_TEST(withheld(a, p + bytes, 100));
    }
}

BOOST_AUTO_TEST_CASE(padding_before_an_aligned_allocation_is_withheld) {
    arena a;
    auto* const p = static_cast<char*>(a.allocate(8, 8));
    auto* const q = static_cast<char*>(a.allocate(8, 1024));
    BOOST_TEST(granted(p, 8));
    BOOST_TEST(granted(q, 8));
    BOOST_TEST(withheld(a, p + 8, static_cast<std::size_t>(q - p) - 8));
}

BOOST_AUTO_TEST_CASE(what_is_taken_back_is_withheld) {
    arena a({.first_block = page});
    auto* const p = static_cast<char*>(a.allocate(64, 8));
    auto* const q = static_cast<char*>(a.allocate(100, 8));
    a.deallocate(q, 100, 8);
    BOOST_TEST(granted(p, 64));
    BOOST_TEST(withheld(a, q, 100));
    BOOST_TEST(a.allocate(10, 8) == static_cast<void*>(q));
    BOOST_TEST(granted(q, 10));
    BOOST_TEST(withheld(a, q + 10, 90));
    // A large block, all of it.
    auto* const big = static_cast<char*>(a.allocate(20 * page, 1));
    BOOST_TEST(granted(big, 20 * page));
    a.deallocate(big, 20 * page, 1);
    BOOST_TEST(withheld(a, big, 20 * page));
    BOOST_TEST(a.allocate(10 * page, 8) == static_cast<void*>(big));
    BOOST_TEST(granted(big, 10 * page));
    BOOST_TEST(withheld(a, big + 10 * page, 5 * page));
}

BOOST_AUTO_TEST_CASE(after_reset_everything_is_withheld_and_handed_out_anew) {
    arena a({.first_block = page});
    char* p[4] = {};
    for (std::size_t k = 0; k != 4; ++k) {
        p[k] = static_cast<char*>(a.allocate((page << k) - front, 8));
        BOOST_TEST(granted(p[k], (page << k) - front));
    }
    a.reset();
    for (std::size_t k = 0; k != 4; ++k) BOOST_TEST(withheld(a, p[k], (page << k) - front));
    BOOST_TEST(a.allocate(16, 8) == static_cast<void*>(p[0]));
    BOOST_TEST(granted(p[0], 16));
    BOOST_TEST(withheld(a, p[0] + 16, page - front - 16));
    BOOST_TEST(withheld(a, p[1], 2 * page - front));
}

BOOST_AUTO_TEST_CASE(a_red_zone_lies_before_each_allocation) {
    static_assert(gap == (sanitized ? 16 : 0));
    arena a({.first_block = page});
    for (int i = 0; i != 20; ++i) {
        auto* const p = static_cast<char*>(a.allocate(24, 8));
        BOOST_TEST(granted(p, 24));
        if (gap != 0) BOOST_TEST(withheld(a, p - gap, gap));
    }
    auto* const first = static_cast<volatile char*>(a.allocate(24, 8));
    static_cast<void>(a.allocate(24, 8));
    BOOST_TEST(survives([&] { first[23] = 1; }));
    BOOST_TEST(survives([&] { first[24] = 1; }) == !sanitized);
    BOOST_TEST(survives([&] { first[-1] = 1; }) == !sanitized);
}

BOOST_AUTO_TEST_CASE(after_a_rewind_and_a_scope_what_came_since_is_withheld) {
    arena a({.first_block = page});
    auto* const kept = static_cast<char*>(a.allocate(64, 8));
    const auto mark = a.mark();
    char* p[4] = {};
    for (int round = 0; round != 3; ++round) {
        {
            const seg::arena_scope scope(a);
            for (std::size_t k = 0; k != 4; ++k) {
                p[k] = static_cast<char*>(a.allocate((page << k) - 256, 8));
                BOOST_TEST(granted(p[k], (page << k) - 256));
            }
        }
        if (round == 1) a.rewind(mark);
        BOOST_TEST(granted(kept, 64));
        for (std::size_t k = 0; k != 4; ++k) BOOST_TEST(withheld(a, p[k], (page << k) - 256));
    }
}

BOOST_AUTO_TEST_CASE(an_extension_is_granted_and_what_shrinking_leaves_is_withheld) {
    arena a({.first_block = page});
    auto* const p = static_cast<char*>(a.allocate(64, 8));
    BOOST_REQUIRE(a.try_extend(p, 64, 512));
    BOOST_TEST(granted(p, 512));
    BOOST_TEST(withheld(a, p + 512, 64));
    BOOST_REQUIRE(a.try_extend(p, 512, 32));
    BOOST_TEST(granted(p, 32));
    BOOST_TEST(withheld(a, p + 32, 512));
}

BOOST_AUTO_TEST_CASE(what_is_trimmed_is_no_longer_marked) {
    for (const std::size_t reserve : {std::size_t{0}, 256 * page}) {
        arena a({.first_block = 64 * page, .reserve = reserve});
        auto* const p = static_cast<char*>(a.allocate(page));
        a.reset();
        BOOST_TEST(a.trim() != 0u);
        BOOST_TEST(!any_poisoned(p + page, 60 * page));
        BOOST_TEST(granted(a.allocate(page), page));
    }
}

BOOST_AUTO_TEST_CASE(unmapped_memory_is_no_longer_marked_whoever_maps_it_next) {
    arena a({.first_block = 256 * page});
    void* const p = a.allocate(1000);
    a.release();
    // The sanitizer would report whatever is mapped at this address next.
    BOOST_TEST(!any_poisoned(p, 255 * page));
    void* const next = a.allocate(2000);
    BOOST_TEST(granted(next, 2000));
    BOOST_TEST(withheld(a, static_cast<char*>(next) + 2000, 200 * page));
    {
        arena b({.first_block = 16 * page});
        static_cast<void>(b.allocate(8));
    }
    std::vector<char> heap(64 * page);
    BOOST_TEST(granted(heap.data(), heap.size()));
}

BOOST_AUTO_TEST_CASE(a_use_of_memory_that_was_deallocated_is_reported) {
    arena a;
    auto* const kept = static_cast<volatile int*>(a.allocate(sizeof(int), alignof(int)));
    BOOST_TEST(survives([&] { *kept = 1; }));
    a.reset();
    BOOST_TEST(survives([&] { *kept = 2; }) == !sanitized);

    auto* const array = static_cast<volatile int*>(a.allocate(10 * sizeof(int), alignof(int)));
    BOOST_TEST(survives([&] { array[9] = 1; }));
    BOOST_TEST(survives([&] { array[10] = 1; }) == !sanitized);
}

BOOST_AUTO_TEST_CASE(a_random_sequence_grants_what_is_held_and_withholds_the_rest) {
    with_random_numbers([](std::mt19937_64& random) {
        struct extent {
            char* p;
            std::size_t bytes;
        };
        std::vector<extent> live;
        arena a({.first_block = page});
        for (int step = 0; step != 3000; ++step) {
            const std::size_t what = between(random, 0, 199);
            if (what == 0) {
                a.reset();
                for (const extent& e : live) BOOST_REQUIRE(withheld(a, e.p, e.bytes));
                live.clear();
            } else if (what < 50 && !live.empty()) {
                const extent e = live.back();
                live.pop_back();
                const std::size_t used = a.stats().used;
                a.deallocate(e.p, e.bytes, 8);
                if (a.stats().used < used) BOOST_REQUIRE(withheld(a, e.p, e.bytes));
            } else {
                // Whole granules of the sanitizer, so that a neighbour cannot blur the edge.
                const std::size_t bytes = 8 * between(random, 1, std::size_t{1} << between(random, 0, 10));
                const std::size_t alignment = std::size_t{8} << between(random, 0, 6);
                auto* const p = static_cast<char*>(a.allocate(bytes, alignment));
                BOOST_REQUIRE(granted(p, bytes));
                live.push_back({p, bytes});
            }
            if (step % 100 == 0)
                for (const extent& e : live) BOOST_REQUIRE(granted(e.p, e.bytes));
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
