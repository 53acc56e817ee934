// An arena as a std::pmr::memory_resource: polymorphic containers, and calls through the base class.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <deque>
#include <limits>
#include <map>
#include <memory>
#include <memory_resource>
#include <new>
#include <string>
#include <unordered_map>
#include <vector>

#include "address_space.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

} // namespace

BOOST_AUTO_TEST_SUITE(pmr)

BOOST_AUTO_TEST_CASE(a_call_through_the_base_class_reaches_the_arena) {
    arena a;
    std::pmr::memory_resource* const base = &a;
    auto* const p = static_cast<char*>(base->allocate(100, 64));
    BOOST_TEST((a.owns(p) && is_aligned(p, 64)));
    fill(p, 100, 1);
    // One cursor: the next direct allocation follows.
    BOOST_TEST(a.allocate(4, 4) == static_cast<void*>(p + rounded(100) + arena::red_zone));
    a.deallocate(p + rounded(100) + arena::red_zone, 4, 4);
    base->deallocate(p, 100, 64);
    BOOST_TEST(base->allocate(1, 1) == static_cast<void*>(p));
    BOOST_TEST(is_aligned(base->allocate(3), alignof(std::max_align_t)));
}

BOOST_AUTO_TEST_CASE(a_failure_through_the_base_class_throws_and_leaves_the_arena_as_it_was) {
    arena a({.first_block = page, .max_bytes = 4 * page});
    std::pmr::memory_resource* const base = &a;
    static_cast<void>(base->allocate(10));
    const auto before = a.stats();
    volatile std::size_t much = 4 * page;
    BOOST_CHECK_THROW(static_cast<void>(base->allocate(much)), std::bad_alloc);
    much = std::numeric_limits<std::size_t>::max() / 2;
    BOOST_CHECK_THROW(static_cast<void>(base->allocate(much)), std::bad_alloc);
    BOOST_TEST((a.stats() == before));
    fill(base->allocate(100), 100, 1);
}

BOOST_AUTO_TEST_CASE(an_arena_is_equal_to_itself_alone) {
    arena a;
    arena b;
    const std::pmr::memory_resource& base = a;
    BOOST_TEST((base == a));
    BOOST_TEST((base != b));
    BOOST_TEST((base != *std::pmr::new_delete_resource()));
    BOOST_TEST(base.is_equal(a));
    BOOST_TEST(!base.is_equal(b));
}

BOOST_AUTO_TEST_CASE(polymorphic_containers_live_in_an_arena_with_all_that_they_hold) {
    arena a({.first_block = page});
    for (int round = 0; round != 3; ++round) {
        {
            std::pmr::map<int, std::pmr::vector<std::pmr::string>> index(&a);
            for (int i = 0; i != 2000; ++i)
                index[i % 37].emplace_back("a string that is too long to be stored in place: " + std::to_string(i));
            BOOST_TEST(index.at(5).at(1).ends_with(": 42"));
            BOOST_TEST((a.owns(&index.at(5)) && a.owns(&index.at(5).at(1)) && a.owns(index.at(5).at(1).data())));
            std::pmr::deque<int> queue(10'000, 3, &a);
            BOOST_TEST((queue[9'999] == 3 && a.owns(&queue[9'999])));
            std::pmr::unordered_map<std::pmr::string, int> count(&a);
            for (int i = 0; i != 1000; ++i) ++count[std::pmr::string(std::to_string(i % 10), &a)];
            BOOST_TEST(count.at("7") == 100);
        }
        a.reset();
    }
    BOOST_TEST(a.stats().used == 0u);
}

BOOST_AUTO_TEST_CASE(copies_of_polymorphic_containers_do_not_follow_into_the_arena) {
    arena a;
    const std::pmr::vector<int> in_arena({1, 2, 3}, &a);
    const std::pmr::vector<int> copy = in_arena;
    BOOST_TEST(!a.owns(copy.data()));
    BOOST_TEST((copy == in_arena));
}

BOOST_AUTO_TEST_CASE(other_resources_take_their_memory_from_an_arena) {
    arena a({.first_block = page});
    {
        std::pmr::unsynchronized_pool_resource pool(&a);
        std::pmr::vector<std::pmr::string> words(&pool);
        for (int i = 0; i != 1000; ++i) words.emplace_back("a string that is too long to be stored in place");
        BOOST_TEST(a.owns(words.back().data()));
    }
    a.release();
    BOOST_TEST(a.stats().allocated == 0u);
}

BOOST_AUTO_TEST_CASE(an_arena_owned_through_its_base_class_is_destroyed_whole) {
    const void* p = nullptr;
    {
        const std::unique_ptr<std::pmr::memory_resource> owned(new arena({.first_block = page}));
        p = owned->allocate(100);
        BOOST_TEST(is_mapped(p));
    }
    const bool still_mapped = is_mapped(p);
    BOOST_TEST(!still_mapped);
}

BOOST_AUTO_TEST_SUITE_END()
