// Every combination of options: random operations keep contents and limits, and the arena leaves no memory behind.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <memory_resource>
#include <random>
#include <vector>

#include "address_space.hpp"
#include "random.hpp"
#include "arena/pattern.hpp"

#include "arena/filled.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_options;
using seg::fork_policy;
using seg::page_kind;
using seg::prefault_policy;

struct state {
    arena::marker mark;
    std::size_t used;
    std::size_t live;
};

void carry_a_load(arena& a, const arena_options& options, std::mt19937_64& random) {
    std::vector<filled> live;
    std::vector<state> states;
    for (unsigned step = 0; step != 150; ++step) {
        const std::size_t what = between(random, 0, 99);
        const std::size_t newest = states.empty() ? 0 : states.back().live;
        if (what < 8) {
            states.push_back({a.mark(), a.stats().used, live.size()});
        } else if (what < 14 && !states.empty()) {
            a.rewind(states.back().mark);
            live.resize(states.back().live);
            BOOST_REQUIRE(a.stats().used == states.back().used);
            states.pop_back();
            BOOST_REQUIRE(intact(live));
        } else if (what < 16) {
            if (what == 14) a.reset();
            else a.release();
            live.clear();
            states.clear();
        } else if (what < 20) {
            a.trim(page * between(random, 0, 8));
        } else if (what < 30 && live.size() > newest) {
            a.deallocate(live.back().p, live.back().bytes);
            live.pop_back();
        } else if (what < 40 && live.size() > newest) {
            filled& newest_one = live.back();
            if (!try_extend(a, newest_one, between(random, 1, 3 * newest_one.bytes))) continue;
        } else {
            const std::size_t bytes = between(random, 1, std::size_t{1} << between(random, 0, what < 45 ? 15 : 11));
            const std::size_t alignment = std::size_t{1} << between(random, 0, what < 50 ? 13 : 6);
            void* const p = a.try_allocate(bytes, alignment);
            if (p == nullptr) {
                BOOST_REQUIRE((options.max_bytes != 0 || options.reserve != 0)); // else nothing keeps it from being met
                continue;
            }
            BOOST_REQUIRE((is_aligned(p, alignment) && a.owns(p)));
            live.push_back({p, bytes, step});
            fill(p, bytes, step);
        }
        const auto now = a.stats();
        BOOST_REQUIRE((options.max_bytes == 0 || now.allocated <= options.max_bytes));
        BOOST_REQUIRE((now.used <= now.allocated && now.used <= now.peak));
    }
    BOOST_REQUIRE(intact(live));
}

} // namespace

BOOST_AUTO_TEST_SUITE(combinations)

BOOST_AUTO_TEST_CASE(every_combination_of_options_works) {
    with_random_numbers([](std::mt19937_64& random) {
        alignas(64) static std::byte memory[3 * page];
        std::size_t tried = 0;
        const std::size_t before = mapped_bytes();
        for (const page_kind pages : {page_kind::normal, page_kind::huge, page_kind::automatic})
            for (const prefault_policy prefault :
                 {prefault_policy::none, prefault_policy::next_block, prefault_policy::all})
                for (const fork_policy fork : {fork_policy::inherit, fork_policy::exclude, fork_policy::wipe})
                    for (unsigned bits = 0; bits != 128; ++bits) {
                        arena_options options{.first_block = page << between(random, 0, 3),
                                              .pages = pages,
                                              .prefault = prefault,
                                              .guard = (bits & 1) != 0,
                                              .protect = (bits & 2) != 0,
                                              .fork = fork};
                        if ((bits & 4) != 0) options.reserve = 128 * page;
                        if ((bits & 8) != 0) options.buffer = memory;
                        if ((bits & 16) != 0) options.max_bytes = 64 * page;
                        if ((bits & 32) != 0) options.largest_block = 4 * page;
                        if ((bits & 64) != 0) options.upstream = std::pmr::new_delete_resource();
                        // Twelve huge pages in turn would be a minute of zeroing.
                        if (pages == page_kind::huge && bits % 5 != 0) continue;
                        BOOST_TEST_CONTEXT("combination " << tried) {
                            arena a(options);
                            carry_a_load(a, options, random);
                            ++tried;
                        }
                    }
        const std::size_t after = mapped_bytes();
        BOOST_TEST(tried == 2538u);
        // The heap's, not an arena's: blocks of all of them together would be more.
        BOOST_TEST(after <= before + (std::size_t{4} << 20));
    });
}

BOOST_AUTO_TEST_SUITE_END()
