// mark, rewind and arena_scope: what was allocated since the mark is deallocated, everything older stays, and the arena
// keeps its blocks.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cstddef>
#include <memory_resource>
#include <random>
#include <stdexcept>
#include <type_traits>
#include <vector>

#include "address_space.hpp"
#include "child.hpp"
#include "random.hpp"
#include "system_call_filter.hpp"
#include "arena/pattern.hpp"

#include "arena/filled.hpp"
#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_scope;
using seg::arena_stats;

bool same_but_for_the_peak(arena_stats a, const arena_stats& b) {
    a.peak = b.peak;
    return a == b;
}

} // namespace

BOOST_AUTO_TEST_SUITE(marks)

BOOST_AUTO_TEST_CASE(rewinding_deallocates_what_came_after_the_mark_and_nothing_else) {
    arena a;
    void* const before = a.allocate(100, 1);
    fill(before, 100, 1);
    const auto mark = a.mark();
    const arena_stats at_mark = a.stats();
    void* const after = a.allocate(200, 1);
    static_cast<void>(a.allocate(300, 64));
    const arena_stats most = a.stats();
    a.rewind(mark);
    BOOST_TEST(same_but_for_the_peak(a.stats(), at_mark));
    BOOST_TEST(a.stats().peak == most.used);
    BOOST_TEST(holds(before, 100, 1));
    BOOST_TEST(a.allocate(200, 1) == after);
}

BOOST_AUTO_TEST_CASE(a_mark_is_good_until_an_older_one_is_rewound_to) {
    static_assert(std::is_copy_constructible_v<arena::marker> && std::is_trivially_destructible_v<arena::marker>);
    arena a({.first_block = page});
    const auto outer = a.mark();
    void* const first = a.allocate(10, 1);
    const auto inner = a.mark();
    const std::size_t at_inner = a.stats().used;
    void* const second = a.allocate(10, 1);
    for (int round = 0; round != 5; ++round) {
        a.rewind(inner);
        BOOST_TEST(a.stats().used == at_inner);
        BOOST_TEST(a.allocate(10, 1) == second);
        static_cast<void>(a.allocate(3 * page));
    }
    a.rewind(outer);
    BOOST_TEST(a.stats().used == 0u);
    BOOST_TEST(a.allocate(10, 1) == first);
}

BOOST_AUTO_TEST_CASE(a_mark_of_an_empty_arena_deallocates_all_and_keeps_the_blocks) {
    arena a({.first_block = page});
    const auto unused = a.mark();
    a.rewind(unused);
    BOOST_TEST((a.stats() == arena_stats{}));
    void* p[4] = {};
    for (std::size_t k = 0; k != 4; ++k) p[k] = a.allocate((page << k) - front, 1);
    const arena_stats full = a.stats();
    a.rewind(unused);
    BOOST_TEST((a.stats() == arena_stats{0, full.allocated, full.peak, full.blocks}));
    for (std::size_t k = 0; k != 4; ++k) BOOST_TEST(a.allocate((page << k) - front, 1) == p[k]);
    BOOST_TEST((a.stats() == full));

    a.reset();
    const auto empty_again = a.mark();
    BOOST_TEST(a.allocate(1, 1) == p[0]);
    a.rewind(empty_again);
    BOOST_TEST(a.stats().used == 0u);
    BOOST_TEST(a.allocate(1, 1) == p[0]);
}

BOOST_AUTO_TEST_CASE(blocks_opened_since_the_mark_are_kept_and_used_again_in_their_order) {
    arena a({.first_block = page});
    void* const before = a.allocate(1000, 1);
    fill(before, 1000, 1);
    const auto mark = a.mark();
    const arena_stats at_mark = a.stats();
    std::array<void*, 300> first{};
    for (void*& p : first) p = a.allocate(777, 8);
    const arena_stats full = a.stats();
    BOOST_TEST(full.blocks > 5u);
    for (int round = 0; round != 3; ++round) {
        a.rewind(mark);
        BOOST_TEST((a.stats() == arena_stats{at_mark.used, full.allocated, full.peak, full.blocks}));
        for (void* const p : first) BOOST_TEST(a.allocate(777, 8) == p);
        BOOST_TEST((a.stats() == full));
    }
    BOOST_TEST(holds(before, 1000, 1));
}

BOOST_AUTO_TEST_CASE(blocks_of_their_own_before_the_mark_stay_and_after_it_go) {
    arena a({.first_block = 8 * page}); // more room than the blocks of their own leave
    auto* const small = static_cast<char*>(a.allocate(64, 1));
    void* const old = a.allocate(20 * page, 1);
    fill(old, 20 * page, 2);
    const auto mark = a.mark();
    const arena_stats at_mark = a.stats();
    void* const young = a.allocate(40 * page, 1);
    BOOST_TEST(a.allocate(64, 1) == static_cast<void*>(small + 64 + gap));
    BOOST_TEST(a.stats().blocks == 3u);
    a.rewind(mark);
    BOOST_TEST(a.stats().used == at_mark.used);
    BOOST_TEST(holds(old, 20 * page, 2));
    BOOST_TEST(a.allocate(64, 1) == static_cast<void*>(small + 64 + gap));
    BOOST_TEST(a.allocate(30 * page, 1) == young);
    BOOST_TEST(holds(old, 20 * page, 2));
}

BOOST_AUTO_TEST_CASE(what_was_taken_back_of_older_allocations_stays_so) {
    arena a({.first_block = 8 * page});
    void* const first = a.allocate(64, 1);
    void* const second = a.allocate(100, 1);
    const auto mark = a.mark();
    a.deallocate(second, 100, 1);
    a.rewind(mark);
    BOOST_TEST(a.stats().used == 64 + gap);
    BOOST_TEST(a.allocate(100, 1) == second);

    // A large block: afterwards it may serve others, and the rewind keeps it again.
    void* const whole = a.allocate(20 * page, 1);
    const auto with_whole = a.mark();
    a.deallocate(whole, 20 * page, 1);
    const arena_stats without = a.stats();
    BOOST_TEST(a.allocate(18 * page, 1) == whole);
    a.rewind(with_whole);
    BOOST_TEST(same_but_for_the_peak(a.stats(), without));
    BOOST_TEST(a.allocate(19 * page, 1) == whole);
    a.reset();
    BOOST_TEST(a.allocate(64, 1) == first);
}

BOOST_AUTO_TEST_CASE(the_cursor_goes_back_to_the_mark_where_an_older_allocation_was_replaced_by_a_larger_one) {
    arena a;
    static_cast<void>(a.allocate(64, 1));
    void* const old = a.allocate(1000, 1);
    const auto mark = a.mark();
    const std::size_t at_mark = a.stats().used;
    a.deallocate(old, 1000, 1);
    static_cast<void>(a.allocate(3000, 1));
    a.rewind(mark);
    BOOST_TEST(a.stats().used == at_mark);
}

BOOST_AUTO_TEST_CASE(an_extension_since_the_mark_is_undone_too) {
    arena a({.first_block = page});
    auto* const p = static_cast<char*>(a.allocate(100, 1));
    fill(p, 100, 1);
    const auto mark = a.mark();
    const std::size_t at_mark = a.stats().used;
    BOOST_REQUIRE(a.try_extend(p, 100, 500));
    a.rewind(mark);
    BOOST_TEST(a.stats().used == at_mark);
    BOOST_TEST(holds(p, 100, 1));
    BOOST_TEST(a.allocate(1, 1) == static_cast<void*>(p + rounded(100) + gap));
}

BOOST_AUTO_TEST_CASE(scopes_nest_and_an_exception_closes_them) {
    arena a({.first_block = page});
    std::vector<std::size_t> used;
    std::vector<filled> live;
    const auto descend = [&](const auto& self, unsigned depth) -> void {
        if (depth == 8) throw std::runtime_error("the innermost one");
        used.push_back(a.stats().used);
        const arena_scope scope(a);
        live.push_back(allocate_filled(a, 1500, 8, depth));
        try {
            self(self, depth + 1);
        } catch (...) {
            BOOST_TEST(intact(live));
            live.pop_back();
            if (depth % 2 == 1) throw; // through two scopes at once
        }
    };
    static_cast<void>(a.allocate(10));
    descend(descend, 0);
    BOOST_TEST(used.size() == 8u);
    BOOST_TEST(a.stats().used == used.front());
    {
        const arena_scope outer(a);
        static_cast<void>(a.allocate(5 * page));
        const std::size_t in_outer = a.stats().used;
        {
            const arena_scope inner(a);
            static_cast<void>(a.allocate(50 * page));
        }
        BOOST_TEST(a.stats().used == in_outer);
    }
    BOOST_TEST(a.stats().used == used.front());
}

BOOST_AUTO_TEST_CASE(after_the_first_round_neither_rewind_nor_reset_nor_a_scope_makes_a_system_call) {
    const int failed_step = child::status([] {
        arena a({.first_block = page});
        const auto fill_blocks = [&a] {
            for (std::size_t bytes = 100; bytes < 100 * page; bytes *= 2) static_cast<void>(a.allocate(bytes, 8));
        };
        fill_blocks();
        a.reset();
        filter::forbid_all();
        static_cast<void>(a.allocate(100, 8));
        const auto mark = a.mark();
        for (int round = 0; round != 10; ++round) {
            fill_blocks();
            a.rewind(mark);
            const arena_scope scope(a);
            fill_blocks();
        }
        a.reset();
        fill_blocks();
        ::syscall(SYS_exit_group, 0); // before the destructor unmaps
        return 1;
    });
    BOOST_TEST(failed_step == 0);
}

BOOST_AUTO_TEST_CASE(random_marks_lead_back_to_exactly_what_was_there) {
    with_random_numbers([](std::mt19937_64& random) {
        struct state {
            arena::marker mark;
            arena_stats stats;
            std::size_t live;
        };
        for (int round = 0; round != 20; ++round) {
            arena a({.first_block = page << between(random, 0, 5)});
            std::vector<state> states;
            std::vector<filled> live;
            for (unsigned step = 0; step != 1500; ++step) {
                const std::size_t what = between(random, 0, 999);
                const std::size_t oldest_to_touch = states.empty() ? 0 : states.back().live;
                if (what == 0) {
                    a.reset();
                    states.clear();
                    live.clear();
                } else if (what < 60) {
                    states.push_back({a.mark(), a.stats(), live.size()});
                } else if (what < 100 && !states.empty()) {
                    const std::size_t to = between(random, 0, states.size() - 1);
                    a.rewind(states[to].mark);
                    live.resize(states[to].live);
                    BOOST_REQUIRE(a.stats().used == states[to].stats.used);
                    BOOST_REQUIRE(a.stats().allocated >= states[to].stats.allocated);
                    states.resize(to + between(random, 0, 1), states[to]); // it may be used once more
                    BOOST_REQUIRE(intact(live));
                } else if (what < 200 && live.size() > oldest_to_touch) {
                    a.deallocate(live.back().p, live.back().bytes, 1);
                    live.pop_back();
                } else if (what < 300 && live.size() > oldest_to_touch) {
                    try_extend(a, live.back(), between(random, 1, 2 * live.back().bytes));
                } else {
                    const std::size_t bytes =
                        between(random, 1, std::size_t{1} << between(random, 0, what < 320 ? 17 : 10));
                    live.push_back(allocate_filled(a, bytes, std::size_t{1} << between(random, 0, 7), step));
                }
            }
            BOOST_REQUIRE(intact(live));
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
