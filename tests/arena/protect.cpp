// The option protect: an access to deallocated memory is a fault until it is allocated again, with or without a
// sanitizer.
#include <boost/test/unit_test.hpp>

#include <cstddef>

#include "address_space.hpp"
#include "child.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

constexpr std::size_t reserves[] = {0, 256 * page};

} // namespace

BOOST_AUTO_TEST_SUITE(protect)

BOOST_AUTO_TEST_CASE(what_is_deallocated_faults_and_what_is_not_stays) {
    for (const std::size_t reserve : reserves) {
        arena a({.first_block = 32 * page, .reserve = reserve, .protect = true});
        auto* const kept = static_cast<char*>(a.allocate(3 * page, page));
        fill(kept, 3 * page, 1);
        const auto mark = a.mark();
        auto* const p = static_cast<char*>(a.allocate(5 * page, page)); // in the same block
        auto* const q = static_cast<char*>(a.allocate(60 * page, page));
        fill(p, 5 * page, 2);
        fill(q, 60 * page, 3);
        for (char* const byte : {p, p + 5 * page - 1, q, q + 60 * page - 1}) BOOST_TEST(!child::faults(byte));
        a.rewind(mark);
        for (char* const byte : {p + (gap == 0 ? 0 : page), p + 5 * page - 1, q, q + 60 * page - 1})
            BOOST_TEST(child::faults(byte));
        BOOST_TEST(!child::faults(kept + 3 * page - 1));
        BOOST_TEST(holds(kept, 3 * page, 1));
        BOOST_TEST(a.allocate(5 * page, page) == static_cast<void*>(p));
        fill(p, 5 * page, 2);
        BOOST_TEST(a.allocate(60 * page, page) == static_cast<void*>(q));
        fill(q, 60 * page, 3);
        BOOST_TEST((holds(kept, 3 * page, 1) && holds(p, 5 * page, 2) && holds(q, 60 * page, 3)));
        a.reset();
        for (char* const byte : {kept, p, q, q + 60 * page - 1}) BOOST_TEST(child::faults(byte));
        BOOST_TEST(a.allocate(3 * page, page) == static_cast<void*>(kept));
        fill(kept, 3 * page, 4);
        BOOST_TEST(holds(kept, 3 * page, 4));
    }
}

BOOST_AUTO_TEST_CASE(bytes_in_the_page_of_the_mark_are_not_reached_but_the_first_of_an_empty_arena_is) {
    arena a({.first_block = 32 * page, .protect = true});
    const auto empty = a.mark();
    auto* const p = static_cast<char*>(a.allocate(16, 1));
    const auto mark = a.mark();
    auto* const q = static_cast<char*>(a.allocate(16, 1));
    a.rewind(mark);
    BOOST_TEST(!child::faults(q));
    a.rewind(empty);
    BOOST_TEST(child::faults(p));
    BOOST_TEST(child::faults(q));
}

BOOST_AUTO_TEST_CASE(what_was_deallocated_can_be_allocated_in_small_parts) {
    for (const std::size_t reserve : reserves) {
        arena a({.first_block = 32 * page, .reserve = reserve, .protect = true});
        for (int round = 0; round != 3; ++round) {
            void* last = nullptr;
            for (unsigned i = 0; i != 500; ++i) {
                last = a.allocate(300, 8);
                fill(last, 300, i);
                BOOST_REQUIRE(holds(last, 300, i));
            }
            BOOST_TEST(a.try_extend(last, 300, 2 * page));
            fill(last, 2 * page, 1);
            a.deallocate(last, 2 * page, 8);
            a.reset();
            BOOST_TEST(child::faults(last));
        }
    }
}

BOOST_AUTO_TEST_CASE(a_large_block_that_is_deallocated_faults) {
    arena a({.first_block = 8 * page, .protect = true});
    static_cast<void>(a.allocate(10));
    auto* const p = static_cast<char*>(a.allocate(20 * page));
    fill(p, 20 * page, 1);
    a.deallocate(p, 20 * page);
    BOOST_TEST(child::faults(p));
    BOOST_TEST(child::faults(p + 20 * page - 1));
    BOOST_TEST(a.allocate(15 * page) == static_cast<void*>(p));
    fill(p, 15 * page, 1);
}

BOOST_AUTO_TEST_CASE(a_protected_reserve_can_be_trimmed) {
    arena a({.first_block = page, .reserve = 256 * page, .protect = true});
    auto* const p = static_cast<char*>(a.allocate(page));
    fill(p, page, 1);
    const auto mark = a.mark();
    fill(a.allocate(100 * page), 100 * page, 2);
    a.rewind(mark);
    a.trim(10 * page);
    void* const q = a.allocate(150 * page);
    fill(q, 150 * page, 3);
    BOOST_TEST(holds(p, page, 1));
    a.reset();
    a.trim();
    fill(a.allocate(150 * page), 150 * page, 3);
}

BOOST_AUTO_TEST_CASE(the_callers_buffer_is_left_alone) {
    alignas(page) static std::byte memory[16 * page];
    arena a({.first_block = page, .protect = true, .buffer = memory});
    auto* const p = static_cast<char*>(a.allocate(8 * page));
    fill(p, 8 * page, 1);
    a.reset();
    BOOST_TEST(!child::faults(p + 4 * page));
}

BOOST_AUTO_TEST_SUITE_END()
