// stats() is exact after every step, compared with a model that does the same bookkeeping in the simplest way.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <map>
#include <random>
#include <utility>
#include <vector>

#include "arena/observation.hpp"
#include "seed.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_stats;

constexpr std::size_t gap = arena::red_zone;    // before each allocation
constexpr std::size_t front = header + gap; // bytes of a block before its first allocation

constexpr std::size_t round_up(std::size_t n, std::size_t unit) { return (n + unit - 1) / unit * unit; }

// Learns from the arena's answers where blocks lie, and predicts everything else. Alignments up to a page, so that the
// first address in a block tells where it begins.
class model {
public:
    explicit model(std::size_t first_block) : first_block_(first_block) {}

    void allocated(const void* p, std::size_t bytes, std::size_t alignment, std::size_t blocks_now) {
        const std::uintptr_t at = number(p);
        if (block* const c = in_use_at(current_); c != nullptr) {
            const std::uintptr_t place = round_up(c->end + gap, alignment);
            if (place + bytes <= current_ + c->size) {
                BOOST_REQUIRE(at == place);
                c->end = place + bytes;
                return note_peak();
            }
            // An empty block that is the only one in use gives way.
            if (c->end == current_ + header && std::ranges::count_if(blocks_, in_use) == 1) {
                c->used = false;
                current_ = 0;
            }
        }
        // The page before the first aligned address behind a header and a red zone.
        const std::uintptr_t start = (at - front) / page * page;
        if (const auto known = blocks_.find(start); known != blocks_.end()) {
            BOOST_REQUIRE(blocks_now == blocks_.size());
            BOOST_REQUIRE(!known->second.used);
        } else {
            const std::size_t as_all_before = mappings_ == 0 ? first_block_ : first_block_ << (mappings_ - 1);
            const std::size_t size = std::max(round_up(round_up(front, alignment) + bytes, page), as_all_before);
            ++mappings_;
            blocks_[start] = {.size = size, .end = 0, .used = false};
        }
        block& b = blocks_.at(start);
        b.used = true;
        b.end = round_up(start + front, alignment) + bytes;
        BOOST_REQUIRE((at == b.end - bytes && b.end <= start + b.size));
        const block* const c = in_use_at(current_);
        if (c == nullptr || start + b.size - b.end >= current_ + c->size - c->end) current_ = start;
        note_peak();
    }

    void newest_taken_back(const void* p, std::size_t bytes) {
        if (block* const c = in_use_at(current_); c != nullptr && c->end == number(p) + bytes) {
            c->end -= bytes + gap;
            return;
        }
        const auto own = std::prev(blocks_.upper_bound(number(p)));
        BOOST_REQUIRE(own->second.end == number(p) + bytes);
        own->second.used = false;
    }

    void reset() {
        for (auto& [start, b] : blocks_) b.used = false;
        current_ = 0;
    }
    void release() {
        reset();
        blocks_.clear();
        mappings_ = 0;
    }

    arena_stats stats() const {
        arena_stats s{.used = used(), .allocated = 0, .peak = peak_, .blocks = blocks_.size()};
        for (const auto& [start, b] : blocks_) s.allocated += b.size;
        return s;
    }

private:
    struct block {
        std::size_t size;
        std::uintptr_t end;
        bool used;
    };

    static bool in_use(const std::pair<const std::uintptr_t, block>& b) { return b.second.used; }
    block* in_use_at(std::uintptr_t start) { return start == 0 ? nullptr : &blocks_.at(start); }
    std::size_t used() const {
        std::size_t n = 0;
        for (const auto& [start, b] : blocks_)
            if (b.used) n += b.end - (start + header);
        return n;
    }
    void note_peak() { peak_ = std::max(peak_, used()); }

    std::size_t first_block_;
    std::size_t mappings_ = 0;
    std::map<std::uintptr_t, block> blocks_; // by address
    std::uintptr_t current_ = 0;
    std::size_t peak_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(figures)

BOOST_AUTO_TEST_CASE(a_new_arena_holds_nothing) { BOOST_TEST((arena().stats() == arena_stats{0, 0, 0, 0})); }

BOOST_AUTO_TEST_CASE(every_figure_is_exact_after_each_step_of_a_short_story) {
    arena a({.first_block = 2 * page});
    void* p = a.allocate(10, 1);
    BOOST_TEST((a.stats() == arena_stats{gap + 10, 2 * page, gap + 10, 1}));
    p = a.allocate(1, 32); // the header is a multiple of 32
    constexpr std::size_t padded = round_up(gap + 10 + gap, 32);
    BOOST_TEST((a.stats() == arena_stats{padded + 1, 2 * page, padded + 1, 1}));
    a.deallocate(p, 1, 32); // the padding before it stays
    constexpr std::size_t few = padded - gap;
    BOOST_TEST((a.stats() == arena_stats{few, 2 * page, padded + 1, 1}));
    void* const big = a.allocate(10 * page, 1);
    constexpr std::size_t most = few + gap + 10 * page;
    BOOST_TEST((a.stats() == arena_stats{most, 13 * page, most, 2}));
    a.deallocate(big, 10 * page, 1);
    BOOST_TEST((a.stats() == arena_stats{few, 13 * page, most, 2}));
    a.reset();
    BOOST_TEST((a.stats() == arena_stats{0, 13 * page, most, 2}));
    static_cast<void>(a.allocate(0, 1));
    BOOST_TEST((a.stats() == arena_stats{gap + 1, 13 * page, most, 2}));
    a.release();
    BOOST_TEST((a.stats() == arena_stats{0, 0, most, 0}));
}

BOOST_AUTO_TEST_CASE(every_figure_agrees_with_a_model_over_random_steps) {
    const unsigned long long used_seed = seed();
    BOOST_TEST_CONTEXT("SEG_TEST_SEED=" << used_seed) {
        std::mt19937_64 random(used_seed);
        for (int round = 0; round != 20; ++round) {
            const std::size_t first_block = page << between(random, 0, 4);
            arena a({.first_block = first_block});
            model expected(first_block);
            void* newest = nullptr;
            std::size_t newest_bytes = 0;
            for (int step = 0; step != 2000; ++step) {
                const std::size_t what = between(random, 0, 999);
                if (what == 0) {
                    a.release();
                    expected.release();
                    newest = nullptr;
                } else if (what < 5) {
                    a.reset();
                    expected.reset();
                    newest = nullptr;
                } else if (what < 250 && newest != nullptr) {
                    a.deallocate(newest, newest_bytes, 1);
                    expected.newest_taken_back(newest, newest_bytes);
                    newest = nullptr;
                } else {
                    newest_bytes = between(random, 1, std::size_t{1} << between(random, 0, what < 300 ? 17 : 9));
                    const std::size_t alignment = std::size_t{1} << between(random, 0, what < 350 ? 12 : 5);
                    newest = a.allocate(newest_bytes, alignment);
                    expected.allocated(newest, newest_bytes, alignment, a.stats().blocks);
                }
                BOOST_REQUIRE((a.stats() == expected.stats()));
            }
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
