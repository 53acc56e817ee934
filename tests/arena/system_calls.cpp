// An arena makes system calls when it is first used and when it grows, and no others: a filter ends the process at any
// other call about memory.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <list>
#include <map>
#include <memory_resource>
#include <random>
#include <string>
#include <vector>

#include "child.hpp"
#include "random.hpp"
#include "system_call_filter.hpp"
#include "arena/pattern.hpp"

#include "arena/operations.hpp"

namespace {

using namespace observation;
using seg::arena;
using seg::arena_options;
using seg::arena_scope;

// Builds, uses and drops; returns a number that what was built decides.
std::size_t build_and_use(arena& a) {
    std::pmr::vector<std::size_t> grows(&a);
    std::pmr::map<std::size_t, std::pmr::string> ordered(&a);
    std::pmr::list<std::array<char, 3>> links(&a);
    for (std::size_t i = 0; i != 3000; ++i) {
        grows.push_back(i);
        ordered[i * 7919 % 3001].append(i % 100, 'x');
        links.push_back({'a', 'b', 'c'});
    }
    static_cast<void>(a.allocate(200'000, 64)); // a large block
    std::size_t sum = grows.back() + links.size();
    for (const auto& [key, text] : ordered) sum += key * text.size();
    return sum;
}

template <class Round> int rounds_without_calls(const arena_options& options, Round round) {
    return child::status([&] {
        arena a(options);
        const std::size_t expected = round(a);
        filter::forbid(filter::about_memory);
        for (int i = 0; i != 50; ++i)
            if (round(a) != expected) return 1;
        ::_exit(0); // the arena is not unmapped
    });
}

std::size_t build_use_reset(arena& a) {
    const std::size_t result = build_and_use(a);
    a.reset();
    return result;
}
std::size_t build_use_rewind(arena& a) {
    const auto mark = a.mark();
    const std::size_t result = build_and_use(a);
    a.rewind(mark);
    return result;
}
std::size_t build_use_rewind_to_something(arena& a) {
    static_cast<void>(a.allocate(100));
    const auto mark = a.mark();
    std::size_t result = build_and_use(a);
    a.rewind(mark);
    result += build_and_use(a);
    a.reset();
    return result;
}
std::size_t build_use_in_nested_scopes(arena& a) {
    const arena_scope outer(a);
    std::size_t result = build_and_use(a);
    for (int i = 0; i != 3; ++i) {
        const arena_scope inner(a);
        result += build_and_use(a);
    }
    return result;
}
constexpr std::size_t (*all_rounds[])(arena&) = {build_use_reset, build_use_rewind, build_use_rewind_to_something,
                                                 build_use_in_nested_scopes};

alignas(64) std::array<std::byte, 20'000> buffer;

// All that asks nothing of the system.
void use_without_calls() {
    {
        arena unused({.reserve = std::size_t{1} << 30, .guard = true});
        unused.reset();
        unused.release();
        static_cast<void>(unused.trim());
        unused.rewind(unused.mark());
    }
    for (int i = 0; i != 10; ++i) {
        arena a({.buffer = buffer});
        for (int round = 0; round != 3; ++round) {
            for (int n = 0; n != 100; ++n) fill(a.allocate(100), 100, 1);
            a.reset();
        }
        a.release();
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(system_calls)

BOOST_AUTO_TEST_CASE(the_filter_ends_a_process_that_calls) {
    for (const bool trims : {false, true}) {
        const int end = rounds_without_calls({}, [trims, first = true](arena& a) mutable {
            const std::size_t result = build_use_reset(a);
            if (trims && !std::exchange(first, false)) a.trim();
            return result;
        });
        BOOST_TEST(end == (trims ? -SIGSYS : 0));
    }
}

BOOST_AUTO_TEST_CASE(the_first_round_asks_the_system_and_no_other_does) {
    for (const auto round : all_rounds) {
        BOOST_TEST(rounds_without_calls({}, round) == 0);
        BOOST_TEST(rounds_without_calls({.first_block = 1}, round) == 0);
        BOOST_TEST(rounds_without_calls({.first_block = 1, .largest_block = 1, .guard = true}, round) == 0);
        BOOST_TEST(rounds_without_calls({.max_bytes = std::size_t{1} << 24}, round) == 0);
        BOOST_TEST(rounds_without_calls({.reserve = std::size_t{1} << 30}, round) == 0);
        BOOST_TEST(rounds_without_calls({.pages = seg::page_kind::huge}, round) == 0);
        BOOST_TEST(rounds_without_calls({.prefault = seg::prefault_policy::next_block}, round) == 0);
        BOOST_TEST(rounds_without_calls({.fork = seg::fork_policy::wipe, .buffer = buffer}, round) == 0);
    }
}

BOOST_AUTO_TEST_CASE(an_unused_arena_and_one_that_has_enough_of_its_buffer_make_no_call) {
    const int end = child::status([] {
        if (sanitized) use_without_calls(); // the sanitizer's own first calls
        filter::forbid(filter::about_memory);
        use_without_calls();
        return 0;
    });
    BOOST_TEST(end == 0);
}

BOOST_AUTO_TEST_CASE(an_upstream_resource_is_asked_in_the_first_round_only) {
    for (const auto round : all_rounds) {
        recording_upstream upstream;
        arena a({.first_block = 1, .upstream = &upstream});
        static_cast<void>(round(a));
        const std::size_t requests = upstream.requests, blocks = upstream.out.size();
        BOOST_TEST(requests != 0u);
        for (int i = 0; i != 50; ++i) static_cast<void>(round(a));
        BOOST_TEST(upstream.requests == requests);
        BOOST_TEST(upstream.out.size() == blocks);
    }
}

// Allocates and, unless all stays, takes back and opens scopes as the seed decides, the same each time.
void random_round(arena& a, unsigned long long seed, bool all_stays, int depth = 0) {
    std::mt19937_64 random(seed);
    struct allocation {
        void* p;
        std::size_t bytes;
    };
    std::vector<allocation> live;
    for (int step = 0; step != 100; ++step) {
        const std::size_t what = between(random, 0, 99);
        if (what < 30 && !all_stays && !live.empty()) { // not only the newest
            const std::size_t back = std::min(live.size(), between(random, 1, 3));
            const allocation newest = live[live.size() - back];
            live.erase(live.end() - static_cast<std::ptrdiff_t>(back));
            a.deallocate(newest.p, newest.bytes, 8);
        } else if (what < 34 && !all_stays && depth != 2) {
            const arena_scope scope(a);
            random_round(a, random(), all_stays, depth + 1);
        } else if (what < 36 && depth != 2) {
            random_round(a, random(), all_stays, depth + 1);
        } else {
            const std::size_t bytes = between(random, 1, std::size_t{1} << between(random, 3, what < 60 ? 17 : 9));
            live.push_back({a.allocate(bytes, 8), bytes});
        }
    }
}

BOOST_AUTO_TEST_CASE(whatever_the_first_round_does_the_next_ones_ask_for_nothing) {
    for_each_seed(30, [](unsigned long long seed) {
        for (const bool all_stays : {true, false}) {
            recording_upstream upstream;
            arena a({.first_block = std::size_t{1} << seed % 16, .upstream = &upstream});
            // Where a part of a round was taken back before its end, a block may have given way to a larger one,
            // which the next round begins with.
            for (int i = 0; i != (all_stays ? 1 : 4); ++i) {
                random_round(a, seed, all_stays);
                a.reset();
            }
            const std::size_t requests = upstream.requests;
            for (int i = 0; i != 5; ++i) {
                random_round(a, seed, all_stays);
                a.reset();
                BOOST_REQUIRE(upstream.requests == requests);
            }
        }
    });
}

BOOST_AUTO_TEST_SUITE_END()
