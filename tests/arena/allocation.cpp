// Every allocation is aligned, apart from every other, and writable to its last byte.
#include <boost/test/unit_test.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <map>
#include <random>
#include <vector>

#include "arena/observation.hpp"
#include "seed.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

constexpr std::size_t gap = arena::red_zone; // before each allocation
constexpr std::size_t front = header + gap;  // bytes of a block before its first allocation

// The allocations that must not be touched, by address.
class shadow {
public:
    void add(const void* p, std::size_t bytes, unsigned pattern_seed) {
        const auto [at, added] = live_.emplace(number(p), extent{bytes, pattern_seed});
        BOOST_REQUIRE(added);
        if (const auto next = std::next(at); next != live_.end()) BOOST_REQUIRE(at->first + bytes <= next->first);
        if (at != live_.begin()) {
            const auto before = std::prev(at);
            BOOST_REQUIRE(before->first + before->second.bytes <= at->first);
        }
    }
    void remove(const void* p) { BOOST_REQUIRE(live_.erase(number(p)) == 1); }
    void clear() { live_.clear(); }
    bool intact() const {
        for (const auto& [address, e] : live_)
            if (!holds(reinterpret_cast<const void*>(address), e.bytes, e.pattern_seed)) return false;
        return true;
    }

private:
    struct extent {
        std::size_t bytes;
        unsigned pattern_seed;
    };
    std::map<std::uintptr_t, extent> live_;
};

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
    const unsigned long long used_seed = seed();
    BOOST_TEST_CONTEXT("SEG_TEST_SEED=" << used_seed) {
        std::mt19937_64 random(used_seed);
        for (int round = 0; round != 6; ++round) {
            arena a({.first_block = std::size_t{1} << between(random, 0, 18)});
            shadow expected;
            struct request {
                void* p;
                std::size_t bytes;
                std::size_t alignment;
            };
            std::vector<request> made;
            for (unsigned step = 0; step != 3000; ++step) {
                const std::size_t what = between(random, 0, 999);
                if (what < 2) {
                    BOOST_REQUIRE(expected.intact());
                    if (what == 0) a.reset();
                    else a.release();
                    expected.clear();
                    made.clear();
                } else if (what < 150 && !made.empty()) {
                    // Mostly the newest, which is taken back; what is ignored must not be written to either.
                    const std::size_t back = what < 120 ? 0 : between(random, 0, made.size() - 1);
                    const auto victim = made.end() - 1 - static_cast<std::ptrdiff_t>(back);
                    expected.remove(victim->p);
                    a.deallocate(victim->p, victim->bytes, victim->alignment);
                    made.erase(victim);
                } else {
                    // Small sizes are the rule, and each magnitude up to the limit is as likely as the next.
                    const std::size_t bytes =
                        between(random, 0, std::size_t{1} << between(random, 0, what < 170 ? 20 : 9));
                    const std::size_t alignment = std::size_t{1} << between(random, 0, what < 200 ? 16 : 6);
                    void* const p = a.allocate(bytes, alignment);
                    BOOST_REQUIRE(is_aligned(p, alignment));
                    BOOST_REQUIRE(a.owns(p));
                    expected.add(p, bytes == 0 ? 1 : bytes, step);
                    fill(p, bytes == 0 ? 1 : bytes, step);
                    made.push_back({p, bytes, alignment});
                }
                if (step % 500 == 0) BOOST_REQUIRE(expected.intact());
            }
            BOOST_REQUIRE(expected.intact());
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
