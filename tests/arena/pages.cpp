// The option pages: which pages an arena's blocks have, as the kernel says.
#include <boost/test/unit_test.hpp>

#include <cstddef>

#include "address_space.hpp"
#include "huge_pages.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::page_kind;

constexpr std::size_t huge_page = std::size_t{2} << 20;

} // namespace

BOOST_AUTO_TEST_SUITE(pages)

BOOST_AUTO_TEST_CASE(huge_ones_are_asked_for_from_the_first_block_on_and_it_is_aligned_to_them) {
    arena a({.first_block = page, .pages = page_kind::huge});
    auto* p = static_cast<char*>(a.allocate(100, 1));
    BOOST_TEST(a.stats().allocated == huge_page + 32u * 1024); // besides, what a header and a list's beginning take
    for (int block = 0; block != 3; ++block) {
        BOOST_TEST(number(p - front) % huge_page == 0u);
        BOOST_TEST(may_be_huge(p) == system_has_huge_pages());
        fill(p, 100, 1);
        p = static_cast<char*>(a.allocate((huge_page << block) + huge_page / 8, 1));
    }
    BOOST_TEST(a.stats().blocks == 4u);
}

BOOST_AUTO_TEST_CASE(a_block_is_asked_for_as_a_whole_but_for_its_last_part_of_a_huge_page) {
    arena a({.pages = page_kind::huge});
    auto* const p = static_cast<char*>(a.allocate(2 * huge_page + 5 * page, 1));
    BOOST_TEST(may_be_huge(p) == system_has_huge_pages());
    BOOST_TEST(may_be_huge(p + 2 * huge_page - front - 1) == system_has_huge_pages());
    BOOST_TEST(!may_be_huge(p + 2 * huge_page));
    fill(p, 2 * huge_page + 5 * page, 1);
    BOOST_TEST(holds(p, 2 * huge_page + 5 * page, 1));
}

BOOST_AUTO_TEST_CASE(automatic_means_huge_from_2_mib_on) {
    BOOST_TEST((seg::arena_options{}.pages == page_kind::automatic));
    arena a({.first_block = huge_page / 2});
    void* const small = a.allocate(100, 1);
    BOOST_TEST(!may_be_huge(small));
    auto* const large = static_cast<char*>(a.allocate(huge_page - front, 1));
    BOOST_TEST(a.stats().blocks == 2u);
    BOOST_TEST(number(large - front) % huge_page == 0u);
    BOOST_TEST(may_be_huge(large) == system_has_huge_pages());
    arena exact({.first_block = huge_page});
    BOOST_TEST(may_be_huge(exact.allocate(1)) == system_has_huge_pages());
}

BOOST_AUTO_TEST_CASE(normal_means_never_huge) {
    arena a({.first_block = 16 * huge_page, .pages = page_kind::normal});
    BOOST_TEST(!may_be_huge(a.allocate(100)));
    BOOST_TEST(!may_be_huge(a.allocate(20 * huge_page)));
}

BOOST_AUTO_TEST_CASE(reserved_address_space_can_be_huge) {
    arena a({.reserve = 16 * huge_page, .pages = page_kind::huge});
    auto* const p = static_cast<char*>(a.allocate(100, 1));
    BOOST_TEST(number(p - front) % huge_page == 0u);
    fill(a.allocate(9 * huge_page, 1), 9 * huge_page, 1);
    for (std::size_t i = 0; i != 9; ++i) BOOST_TEST(may_be_huge(p + i * huge_page) == system_has_huge_pages());
}

BOOST_AUTO_TEST_CASE(surplus_address_space_that_alignment_took_is_given_back) {
    const std::size_t before = mapped_bytes();
    std::size_t during = 0;
    std::size_t after = 0;
    {
        arena a({.pages = page_kind::huge});
        static_cast<void>(a.allocate(1));
        static_cast<void>(a.allocate(5 * huge_page));
        during = mapped_bytes() - a.stats().allocated;
    }
    after = mapped_bytes();
    BOOST_TEST(during == before);
    BOOST_TEST(after == before);
}

BOOST_AUTO_TEST_SUITE_END()
