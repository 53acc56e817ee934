// reset keeps the blocks, which serve again in the same order. release and the destructor unmap them all.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <random>
#include <vector>

#include "address_space.hpp"
#include "random.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

// Blocks of their own that are taken back within a round are used in another order by the next: see system_calls.cpp.
struct request {
    std::size_t bytes;
    std::size_t alignment;
    bool taken_back;
};

std::vector<request> random_requests(std::mt19937_64& random, std::size_t n) {
    std::vector<request> made(n);
    for (request& r : made) {
        const std::size_t magnitude = between(random, 0, 99) == 0 ? 20 : 11;
        r.bytes = between(random, 1, std::size_t{1} << between(random, 0, magnitude));
        r.alignment = std::size_t{1} << between(random, 0, between(random, 0, 19) == 0 ? 15 : 6);
        r.taken_back = r.bytes <= 256 && r.alignment <= 64 && between(random, 0, 9) == 0;
    }
    return made;
}

// The addresses in order, room for which was made before so that nothing else is mapped meanwhile.
void run(arena& a, const std::vector<request>& requests, std::vector<void*>& addresses) {
    addresses.clear();
    for (const request& r : requests) {
        void* const p = a.allocate(r.bytes, r.alignment);
        fill(p, r.bytes, static_cast<unsigned>(addresses.size()));
        if (r.taken_back) a.deallocate(p, r.bytes, r.alignment);
        addresses.push_back(p);
    }
}

} // namespace

BOOST_AUTO_TEST_SUITE(reuse)

BOOST_AUTO_TEST_CASE(the_second_and_each_further_round_is_the_first_one_again_without_a_mapping) {
    with_random_numbers([](std::mt19937_64& random) {
        for (int repetition = 0; repetition != 10; ++repetition) {
            const auto requests = random_requests(random, 1000);
            std::vector<void*> first;
            std::vector<void*> again;
            first.reserve(requests.size());
            again.reserve(requests.size());
            arena a({.first_block = page});
            run(a, requests, first);
            const auto after_first = a.stats();
            for (int round = 0; round != 3; ++round) {
                a.reset();
                const auto empty = a.stats();
                BOOST_TEST(empty.used == 0u);
                BOOST_TEST(empty.allocated == after_first.allocated);
                BOOST_TEST(empty.blocks == after_first.blocks);
                BOOST_TEST(empty.peak == after_first.peak);
                const std::size_t mapped_before = mapped_bytes();
                run(a, requests, again);
                const std::size_t mapped_after = mapped_bytes();
                BOOST_TEST(mapped_after == mapped_before);
                BOOST_TEST((again == first));
                BOOST_TEST((a.stats() == after_first));
            }
        }
    });
}

BOOST_AUTO_TEST_CASE(a_large_request_finds_the_block_that_served_in_its_place_before_or_replaces_it) {
    arena a({.first_block = page});
    void* p[4] = {};
    for (std::size_t k = 0; k != 4; ++k) p[k] = a.allocate((page << k) - front, 1);
    const auto full = a.stats();
    a.reset();
    for (std::size_t k = 0; k != 4; ++k) BOOST_TEST(a.allocate((page << k) - front, 1) == p[k]);
    BOOST_TEST((a.stats() == full));
    a.reset();
    // A smaller one does not take less than all of it, a larger one a block of its size.
    BOOST_TEST(a.allocate(page - front, 1) == p[0]);
    BOOST_TEST(a.allocate(page + 1000, 1) == p[1]);
    static_cast<void>(a.allocate(6 * page - front, 1));
    BOOST_TEST(!a.owns(p[2]));
    BOOST_TEST(a.allocate(8 * page - front, 1) == p[3]);
    BOOST_TEST(a.stats().allocated == full.allocated + 2 * page);
    BOOST_TEST(a.stats().blocks == full.blocks);
}

BOOST_AUTO_TEST_CASE(resetting_twice_or_an_unused_arena_does_nothing) {
    arena a;
    a.reset();
    BOOST_TEST((a.stats() == seg::arena_stats{}));
    void* const p = a.allocate(10);
    a.reset();
    a.reset();
    BOOST_TEST(a.stats().blocks == 1u);
    BOOST_TEST(a.allocate(10) == p);
}

BOOST_AUTO_TEST_CASE(release_unmaps_every_block_in_use_or_kept) {
    const std::size_t before = mapped_bytes();
    std::size_t with_blocks = 0;
    std::size_t after = 0;
    // Every page of every block, in an array: a growing container would map memory itself.
    static const void* pages[1024];
    std::size_t n = 0;
    seg::arena_stats used;
    seg::arena_stats released;
    arena a({.first_block = page});
    for (const std::size_t bytes : {page, 2 * page, 100 * page, page, 7 * page}) {
        auto* const p = static_cast<char*>(a.allocate(bytes, 8));
        for (std::size_t i = 0; i < bytes; i += page) pages[n++] = p + i;
    }
    a.reset();
    auto* const again = static_cast<char*>(a.allocate(300 * page, 8));
    for (std::size_t i = 0; i < 300 * page; i += page) pages[n++] = again + i;
    used = a.stats();
    with_blocks = mapped_bytes();
    a.release();
    after = mapped_bytes();
    released = a.stats();
    const auto still_mapped = std::count_if(pages, pages + n, [](const void* p) { return is_mapped(p); });
    BOOST_TEST(still_mapped == 0);
    BOOST_TEST(with_blocks == before + used.allocated);
    BOOST_TEST(after == before);
    BOOST_TEST(used.blocks > 3u);
    BOOST_TEST(released.used == 0u);
    BOOST_TEST(released.allocated == 0u);
    BOOST_TEST(released.blocks == 0u);
    BOOST_TEST(released.peak == used.peak);
}

BOOST_AUTO_TEST_CASE(after_release_the_arena_starts_over) {
    arena a({.first_block = 2 * page});
    for (int i = 0; i != 5; ++i) static_cast<void>(a.allocate(3 * page));
    a.release();
    a.release();
    void* const p = a.allocate(100);
    fill(p, 100, 1);
    BOOST_TEST(holds(p, 100, 1));
    BOOST_TEST(a.stats().allocated == 2 * page);
    BOOST_TEST(a.stats().blocks == 1u);
}

BOOST_AUTO_TEST_CASE(the_destructor_unmaps_everything_after_use_after_reset_and_after_release) {
    enum class last { use, reset, release };
    for (const last step : {last::use, last::reset, last::release}) {
        std::optional<arena> a;
        const std::size_t before = mapped_bytes();
        a.emplace(seg::arena_options{.first_block = page});
        void* p[6] = {};
        for (std::size_t k = 0; k != 6; ++k) p[k] = a->allocate((page << k) - front, 1);
        const std::size_t with_blocks = mapped_bytes();
        if (step == last::reset) a->reset();
        if (step == last::release) a->release();
        a.reset();
        const std::size_t after = mapped_bytes();
        const auto still_mapped = std::count_if(p, p + 6, [](const void* q) { return is_mapped(q); });
        BOOST_TEST(still_mapped == 0);
        BOOST_TEST(with_blocks == before + 63 * page);
        BOOST_TEST(after == before);
    }
}

BOOST_AUTO_TEST_SUITE_END()
