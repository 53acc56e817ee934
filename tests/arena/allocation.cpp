// Every allocation is aligned, apart from every other, and writable to its last byte.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <map>
#include <random>
#include <vector>

#include "address_space.hpp"
#include "random.hpp"
#include "arena/apart.hpp"
#include "arena/pattern.hpp"

#include "arena/filled.hpp"
#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

} // namespace

BOOST_AUTO_TEST_SUITE(allocation)

BOOST_AUTO_TEST_CASE(an_arena_maps_nothing_before_the_first_allocation) {
    const std::size_t before = mapped_bytes();
    arena a;
    const std::size_t constructed = mapped_bytes();
    BOOST_TEST(constructed == before);
    BOOST_TEST((a.stats() == seg::arena_stats{}));
    BOOST_TEST(!a.owns(&a));
    BOOST_TEST(!a.owns(nullptr));
    static_cast<void>(a.allocate(1));
    BOOST_TEST(a.stats().blocks == 1u);
}

BOOST_AUTO_TEST_CASE(any_power_of_two_is_an_alignment_beyond_pages_too) {
    for (int bit = 0; bit <= 30; ++bit) {
        const std::size_t alignment = std::size_t{1} << bit;
        BOOST_TEST_CONTEXT("alignment " << alignment) {
            arena a;
            // The first allocation makes the second one need padding.
            void* const odd = a.allocate(1, 1);
            fill(odd, 1, 1);
            for (const std::size_t bytes : {std::size_t{1}, std::size_t{24}, std::size_t{5000}}) {
                void* const p = a.allocate(bytes, alignment);
                BOOST_TEST(is_aligned(p, alignment));
                BOOST_TEST(a.owns(p));
                BOOST_TEST(a.owns(static_cast<char*>(p) + bytes - 1));
                fill(p, bytes, 2);
                BOOST_TEST(holds(p, bytes, 2));
                BOOST_TEST(holds(odd, 1, 1));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(without_an_alignment_anything_fundamental_fits) {
    arena a;
    static_cast<void>(a.allocate(1, 1));
    BOOST_TEST(is_aligned(a.allocate(3), alignof(std::max_align_t)));
    BOOST_TEST(is_aligned(a.try_allocate(3), alignof(std::max_align_t)));
}

BOOST_AUTO_TEST_CASE(a_request_for_nothing_gets_an_address_of_its_own) {
    arena a;
    void* const p = a.allocate(0, 1);
    void* const q = a.allocate(0, 1);
    void* const r = a.allocate(0, 4096);
    BOOST_TEST(p != nullptr);
    BOOST_TEST(p != q);
    BOOST_TEST(q != r);
    BOOST_TEST(is_aligned(r, 4096));
    BOOST_TEST(a.owns(p));
    a.deallocate(r, 0, 4096);
    BOOST_TEST(a.allocate(0, 1) == r);
}

BOOST_AUTO_TEST_CASE(a_request_of_more_than_a_gibibyte_lies_in_the_current_block_too,
                     *boost::unit_test::label("kernel")) {
    constexpr std::size_t gibibyte = std::size_t{1} << 30;
    arena a({.first_block = gibibyte + 16 * page, .pages = seg::page_kind::normal});
    auto* const p = static_cast<char*>(a.allocate(8, 8));
    auto* const q = static_cast<char*>(a.allocate(gibibyte + 1, 8));
    BOOST_TEST(static_cast<void*>(q) == p + 8 + gap);
    q[gibibyte] = 1;
    BOOST_TEST(a.allocate(8, 8) == q + gibibyte + 8 + gap);
    BOOST_TEST(a.stats().blocks == 1u);
}

BOOST_AUTO_TEST_CASE(neighbours_are_packed_at_multiples_of_8_bytes_without_a_gap_but_for_the_red_zone) {
    arena a;
    auto* const p = static_cast<char*>(a.allocate(3, 1));
    BOOST_TEST(static_cast<void*>(p + 8 + gap) == a.allocate(9, 1));
    BOOST_TEST(static_cast<void*>(p + 24 + 2 * gap) == a.allocate(8, 4));
    BOOST_TEST(static_cast<void*>(p + 32 + 3 * gap) == a.allocate(8, 8));
    BOOST_TEST(static_cast<void*>(p + 40 + 4 * gap) == a.allocate(1, 1));
}

BOOST_AUTO_TEST_CASE(the_arena_owns_its_blocks_to_the_last_byte_and_nothing_else) {
    arena a({.first_block = page});
    arena other;
    auto* const p = static_cast<char*>(a.allocate(page - front, 1));
    int local = 0;
    BOOST_TEST(a.owns(p));
    BOOST_TEST(a.owns(p + page - front - 1));
    BOOST_TEST(!a.owns(p - front - 1));
    BOOST_TEST(!a.owns(p + page - front));
    BOOST_TEST(!a.owns(&local));
    BOOST_TEST(!a.owns(other.allocate(1)));
    BOOST_TEST(!other.owns(p));
    auto* const second = static_cast<char*>(a.allocate(1, 1));
    BOOST_TEST((a.owns(p) && a.owns(second)));
    a.reset();
    BOOST_TEST((a.owns(p) && a.owns(second)));
    a.release();
    BOOST_TEST((!a.owns(p) && !a.owns(second)));
}

BOOST_AUTO_TEST_CASE(a_random_mix_of_sizes_and_alignments_never_overlaps_and_keeps_its_content) {
    with_random_numbers([](std::mt19937_64& random) {
        for (int round = 0; round != 6; ++round) {
            arena a({.first_block = std::size_t{1} << between(random, 0, 18)});
            std::map<std::byte*, filled> live;
            const auto contents_are_intact = [&live] {
                return std::ranges::all_of(live, [](const auto& entry) { return intact(entry.second); });
            };
            struct request {
                std::byte* p;
                std::size_t bytes;
                std::size_t alignment;
            };
            std::vector<request> made; // from the oldest to the newest
            for (unsigned step = 0; step != 3000; ++step) {
                const std::size_t what = between(random, 0, 999);
                if (what < 2) {
                    BOOST_REQUIRE(contents_are_intact());
                    if (what == 0) a.reset();
                    else a.release();
                    live.clear();
                    made.clear();
                } else if (what < 150 && !made.empty()) {
                    // Mostly the newest, which is taken back; what is ignored must not be written to either.
                    const std::size_t back = what < 120 ? 0 : between(random, 0, made.size() - 1);
                    const auto victim = made.end() - 1 - static_cast<std::ptrdiff_t>(back);
                    BOOST_REQUIRE(live.erase(victim->p) == 1);
                    a.deallocate(victim->p, victim->bytes, victim->alignment);
                    made.erase(victim);
                } else {
                    // Small sizes are the rule, and each magnitude up to the limit is as likely as the next.
                    const std::size_t bytes =
                        between(random, 0, std::size_t{1} << between(random, 0, what < 170 ? 20 : 9));
                    const std::size_t alignment = std::size_t{1} << between(random, 0, what < 200 ? 16 : 6);
                    auto* const p = static_cast<std::byte*>(a.allocate(bytes, alignment));
                    BOOST_REQUIRE(is_aligned(p, alignment));
                    BOOST_REQUIRE(a.owns(p));
                    const filled allocated{p, bytes == 0 ? 1 : bytes, step};
                    add_apart(live, p, allocated);
                    fill(p, allocated.bytes, step);
                    made.push_back({p, bytes, alignment});
                }
                if (step % 500 == 0) BOOST_REQUIRE(contents_are_intact());
            }
            BOOST_REQUIRE(contents_are_intact());
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
