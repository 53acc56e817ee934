// Random sequences of operations on arenas with random options, against a record of what they handed out.
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <random>

#include "arena/operations.hpp"
#include "seed.hpp"

namespace {

using operations::generator;

alignas(64) std::array<std::byte, 11'000> buffer;

} // namespace

BOOST_AUTO_TEST_SUITE(model)

BOOST_AUTO_TEST_CASE(an_arena_on_the_system_does_what_the_record_says) {
    const unsigned long long used_seed = seed();
    BOOST_TEST_CONTEXT("SEG_TEST_SEED=" << used_seed) {
        std::mt19937_64 random(used_seed);
        const generator below{random};
        for (int arenas = 0; arenas != 300; ++arenas) {
            const auto options = operations::any_options(below, buffer, nullptr);
            operations::player player(options, nullptr, below, operations::undisturbed());
            for (int steps = 0; steps != 300; ++steps) player.step();
            player.finish();
        }
    }
}

BOOST_AUTO_TEST_CASE(an_arena_on_a_resource_that_refuses_now_and_then_does_what_the_record_says) {
    const unsigned long long used_seed = seed();
    BOOST_TEST_CONTEXT("SEG_TEST_SEED=" << used_seed) {
        std::mt19937_64 random(used_seed);
        const generator below{random};
        for (int arenas = 0; arenas != 300; ++arenas) {
            operations::upstream upstream;
            {
                const auto options = operations::any_options(below, buffer, &upstream);
                operations::player player(options, &upstream, below, operations::refusing_upstream(upstream));
                for (int steps = 0; steps != 300; ++steps) {
                    if (below(20) == 0) upstream.refuse(below(4), below(3));
                    player.step();
                }
                upstream.refuse(0, 0);
                player.finish();
            }
            BOOST_REQUIRE(upstream.bytes == 0);
            BOOST_REQUIRE(upstream.blocks == 0);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
