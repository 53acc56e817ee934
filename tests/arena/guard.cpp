// The option guard: an access right after the end of a block is a fault.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <optional>

#include "address_space.hpp"
#include "child.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;

} // namespace

BOOST_AUTO_TEST_SUITE(guard)

BOOST_AUTO_TEST_CASE(the_first_byte_behind_each_block_faults_and_the_last_of_it_does_not) {
    arena a({.first_block = page, .guard = true});
    for (std::size_t k = 0; k != 4; ++k) {
        const std::size_t bytes = (page << k) - front;
        auto* const p = static_cast<char*>(a.allocate(bytes, 1));
        fill(p, bytes, 1);
        BOOST_TEST(!child::faults(p + bytes - 1));
        BOOST_TEST(child::faults(p + bytes));
        BOOST_TEST(child::faults(p + bytes + page - 1));
        BOOST_TEST(!a.owns(p + bytes));
    }
    BOOST_TEST(a.stats().allocated == 15 * page); // the guards are no memory
}

BOOST_AUTO_TEST_CASE(reserved_address_space_ends_with_one_too) {
    arena a({.first_block = page, .reserve = 16 * page, .guard = true});
    const std::size_t bytes = 16 * page - front;
    auto* const p = static_cast<char*>(a.allocate(bytes, 1));
    fill(p, bytes, 1);
    BOOST_TEST(!child::faults(p + bytes - 1));
    BOOST_TEST(child::faults(p + bytes));
    BOOST_TEST(a.stats().allocated == 16 * page);
}

BOOST_AUTO_TEST_CASE(guards_go_with_their_blocks) {
    std::optional<arena> a;
    const std::size_t before = mapped_bytes();
    a.emplace(seg::arena_options{.first_block = page, .guard = true});
    for (std::size_t k = 0; k != 4; ++k) static_cast<void>(a->allocate((page << k) - front, 1));
    const std::size_t during = mapped_bytes();
    a->reset();
    a->trim(3 * page);
    const std::size_t trimmed = mapped_bytes();
    static_cast<void>(a->allocate(50 * page));
    a->release();
    const std::size_t released = mapped_bytes();
    static_cast<void>(a->allocate(50 * page));
    a.reset();
    const std::size_t after = mapped_bytes();
    BOOST_TEST(during == before + 15 * page + 4 * page);
    BOOST_TEST(trimmed == before + 3 * page + 2 * page);
    BOOST_TEST(released == before);
    BOOST_TEST(after == before);
}

BOOST_AUTO_TEST_CASE(a_huge_block_has_one_and_stays_aligned) {
    constexpr std::size_t bytes = (std::size_t{4} << 20) - front;
    arena a({.first_block = std::size_t{4} << 20, .pages = seg::page_kind::huge, .guard = true});
    auto* const p = static_cast<char*>(a.allocate(bytes, 1));
    BOOST_TEST(is_aligned(p - front, std::size_t{2} << 20));
    BOOST_TEST(!child::faults(p + bytes - 1));
    BOOST_TEST(child::faults(p + bytes));
}

BOOST_AUTO_TEST_SUITE_END()
