// stats() is exact after every operation. A model says where each allocation goes, how large each block is, and what
// follows for the figures.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <random>
#include <vector>

#include "address_space.hpp"
#include "random.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_stats;

// Learns from the arena's answers where blocks lie, and predicts everything else. Alignments up to a page, so that the
// first address in a block tells where it begins.
class model {
public:
    explicit model(std::size_t first_block) : first_block_(first_block) {}

    void allocated(const void* p, std::size_t bytes, std::size_t alignment, std::size_t blocks_now) {
        const std::uintptr_t at = number(p);
        if (in_use_ != 0) {
            block& c = chain_[in_use_ - 1];
            const std::uintptr_t place = round_up(c.end + gap, alignment);
            if (place + bytes <= c.start + c.size) {
                BOOST_REQUIRE(at == place);
                c.end = place + rounded(bytes);
                return note_peak();
            }
            if (in_use_ == 1 && c.end == c.start + header) in_use_ = 0; // an empty one gives way
        }
        const std::size_t needed = round_up(round_up(front, alignment) + bytes, 16);
        const std::size_t next = round_up(std::max(first_block_, grown()), page);
        // The page before the first aligned address behind a header and a red zone.
        block made{.start = (at - front) / page * page, .size = 0, .end = 0};
        BOOST_REQUIRE(at == round_up(made.start + front, alignment));
        if (needed > (in_use_ == 0 ? next : next / 2)) {
            // The newest free one serves, or gives way.
            if (!free_large_.empty() && fits(free_large_.back(), bytes, alignment)) {
                made.size = free_large_.back().size;
                BOOST_REQUIRE(free_large_.back().start == made.start);
            } else {
                made.size = round_up(needed, page);
            }
            if (!free_large_.empty()) free_large_.pop_back();
            made.end = needed;
            large_.push_back(made);
        } else {
            std::size_t behind = in_use_;
            while (behind != chain_.size() && behind != in_use_ + 8 && !fits(chain_[behind], bytes, alignment))
                ++behind;
            if (behind != chain_.size() && behind != in_use_ + 8) {
                const auto it = chain_.begin() + static_cast<std::ptrdiff_t>(behind);
                made.size = it->size;
                BOOST_REQUIRE(it->start == made.start);
                chain_.erase(it);
            } else {
                made.size = std::max(next, round_up(needed, page));
            }
            made.end = at + rounded(bytes);
            chain_.insert(chain_.begin() + static_cast<std::ptrdiff_t>(in_use_++), made);
        }
        BOOST_REQUIRE(blocks_now == chain_.size() + large_.size() + free_large_.size());
        note_peak();
    }

    void newest_taken_back(const void* p, std::size_t bytes) {
        if (in_use_ != 0 && chain_[in_use_ - 1].end == number(p) + rounded(bytes)) {
            chain_[in_use_ - 1].end -= rounded(bytes) + gap;
            return;
        }
        BOOST_REQUIRE(!large_.empty());
        free_large_.push_back(large_.back());
        large_.pop_back();
    }

    void reset() {
        const bool only_regular = large_.empty();
        while (!large_.empty()) {
            free_large_.push_back(large_.back());
            large_.pop_back();
        }
        for (block& b : chain_) b.end = b.start + header;
        in_use_ = only_regular && !chain_.empty() ? 1 : 0;
    }
    void release() {
        reset();
        chain_.clear();
        free_large_.clear();
        in_use_ = 0;
    }

    arena_stats stats() const {
        arena_stats s{.used = used(), .allocated = 0, .peak = peak_, .blocks = 0};
        const auto add = [&s](const auto& blocks) {
            for (const block& b : blocks) ++s.blocks, s.allocated += b.size;
        };
        add(chain_), add(large_), add(free_large_);
        return s;
    }

private:
    struct block {
        std::uintptr_t start;
        std::size_t size;
        std::uintptr_t end; // of what is handed out; of a large block, what its request needed
    };

    static bool fits(const block& b, std::size_t bytes, std::size_t alignment) {
        return round_up(b.start + front, alignment) + bytes <= b.start + b.size;
    }

    std::size_t grown() const {
        std::size_t n = 0;
        for (std::size_t i = 0; i != in_use_; ++i) n += chain_[i].size;
        for (const block& b : large_) n += b.end;
        return n;
    }
    std::size_t used() const {
        std::size_t n = 0;
        for (std::size_t i = 0; i != in_use_; ++i) n += chain_[i].end - (chain_[i].start + header);
        for (const block& b : large_) n += b.size - header;
        return n;
    }
    void note_peak() { peak_ = std::max(peak_, used()); }

    std::size_t first_block_;
    std::vector<block> chain_; // regular blocks, of which the first in_use_ are in use
    std::size_t in_use_ = 0;
    std::vector<block> large_;
    std::vector<block> free_large_;
    std::size_t peak_ = 0;
};

} // namespace

BOOST_AUTO_TEST_SUITE(stats)

BOOST_AUTO_TEST_CASE(a_new_arena_holds_nothing) { BOOST_TEST((arena().stats() == arena_stats{0, 0, 0, 0})); }

BOOST_AUTO_TEST_CASE(every_figure_is_exact_after_each_step_of_a_short_story) {
    arena a({.first_block = 2 * page});
    void* p = a.allocate(10, 1);
    BOOST_TEST((a.stats() == arena_stats{gap + 16, 2 * page, gap + 16, 1}));
    p = a.allocate(1, 32); // the header is a multiple of 32
    constexpr std::size_t padded = round_up(gap + 16 + gap, 32);
    BOOST_TEST((a.stats() == arena_stats{padded + 8, 2 * page, padded + 8, 1}));
    a.deallocate(p, 1, 32); // the padding before it stays
    constexpr std::size_t few = padded - gap;
    BOOST_TEST((a.stats() == arena_stats{few, 2 * page, padded + 8, 1}));
    void* const big = a.allocate(10 * page, 1); // it has all of its block
    constexpr std::size_t most = few + 11 * page - header;
    BOOST_TEST((a.stats() == arena_stats{most, 13 * page, most, 2}));
    a.deallocate(big, 10 * page, 1);
    BOOST_TEST((a.stats() == arena_stats{few, 13 * page, most, 2}));
    a.reset();
    BOOST_TEST((a.stats() == arena_stats{0, 13 * page, most, 2}));
    static_cast<void>(a.allocate(0, 1));
    BOOST_TEST((a.stats() == arena_stats{gap + 8, 13 * page, most, 2}));
    a.release();
    BOOST_TEST((a.stats() == arena_stats{0, 0, most, 0}));
}

BOOST_AUTO_TEST_CASE(every_figure_agrees_with_a_model_over_random_steps) {
    with_random_numbers([](std::mt19937_64& random) {
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
    });
}

BOOST_AUTO_TEST_SUITE_END()
