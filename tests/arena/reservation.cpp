// seg::reservation, for other containers: addresses that are reserved, committed from the beginning on, and
// decommitted.
#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstddef>

#include "address_space.hpp"
#include "child.hpp"
#include "arena/pattern.hpp"

import seg.arena;

namespace {

using namespace observation;

constexpr seg::arena_options plain{.first_block = page, .reserve = 1, .pages = seg::page_kind::normal};

} // namespace

BOOST_AUTO_TEST_SUITE(reservation)

BOOST_AUTO_TEST_CASE(addresses_become_memory_from_the_beginning_on_and_addresses_again) {
    const std::size_t before = mapped_bytes();
    auto r = seg::reservation::make(plain, 100 * page, page, 2 * page);
    BOOST_REQUIRE(static_cast<bool>(r));
    BOOST_TEST(mapped_bytes() == before + 100 * page);
    BOOST_TEST(r.committed() == 2 * page);
    BOOST_TEST(r.uncommitted() == 98 * page);
    BOOST_TEST(r.size() == 100 * page);
    fill(r.begin(), 2 * page, 1);
    BOOST_TEST(child::faults(r.committed_end()));
    BOOST_TEST(r.next_step(plain) == 2 * page); // doubling
    BOOST_TEST(r.commit(plain, page, 3 * page));
    BOOST_TEST(r.committed() == 5 * page);
    fill(r.begin(), 5 * page, 2);
    BOOST_TEST(r.decommit(4 * page));
    BOOST_TEST(holds(r.begin(), page, 2));
    BOOST_TEST(r.commit(plain, 99 * page, 99 * page));
    for (const std::byte* p = r.begin() + page; p != r.committed_end(); ++p) BOOST_REQUIRE(*p == std::byte{0});
    BOOST_TEST(r.give_back(plain));
    BOOST_TEST(!r);
    BOOST_TEST(mapped_bytes() == before);
}

BOOST_AUTO_TEST_CASE(sizes_are_rounded_up_to_whole_pages) {
    BOOST_TEST(seg::reservation::whole_pages(0) == 0u);
    BOOST_TEST(seg::reservation::whole_pages(page) == page);
    BOOST_TEST(seg::reservation::whole_pages(page + 1) == 2 * page);
    static_assert(seg::reservation::huge_page == std::size_t{2} << 20);
}

BOOST_AUTO_TEST_CASE(a_reservation_can_be_taken_apart_and_put_together) {
    const auto made = seg::reservation::make(plain, 10 * page, page, page);
    seg::reservation same(made.begin(), made.committed(), made.size());
    BOOST_TEST(same.committed_end() == made.committed_end());
    BOOST_TEST(same.uncommitted() == 9 * page);
    BOOST_TEST(same.give_back(plain));
}

BOOST_AUTO_TEST_CASE(a_child_knows_what_it_does_not_have) {
    for (const auto policy : {seg::fork_policy::inherit, seg::fork_policy::wipe, seg::fork_policy::exclude}) {
        auto options = plain;
        options.fork = policy;
        auto r = seg::reservation::make(options, 10 * page, page, 3 * page);
        BOOST_REQUIRE(static_cast<bool>(r));
        BOOST_TEST(!r.is_lost(options));
        const bool lost = policy != seg::fork_policy::inherit;
        BOOST_TEST(child::status([&] { return r.is_lost(options) == lost && r.give_back(options) ? 0 : 1; }) == 0);
        BOOST_TEST(r.give_back(options));
    }
}

BOOST_AUTO_TEST_SUITE_END()
