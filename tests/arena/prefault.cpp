// The option prefault: when an arena's pages become resident, as mincore says.
#include <sys/mman.h>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <cstddef>
#include <vector>

#include "address_space.hpp"
#include "child.hpp"
#include "system_call_filter.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::page_kind;
using seg::prefault_policy;

} // namespace

BOOST_AUTO_TEST_SUITE(prefault)

BOOST_AUTO_TEST_CASE(without_it_a_page_is_resident_once_it_is_used) {
    arena a({.first_block = 64 * page, .pages = page_kind::normal});
    auto* const p = static_cast<char*>(a.allocate(50 * page, 1));
    BOOST_TEST(resident_pages(p, 64) == 1u); // with the header
    p[10 * page] = 1;
    BOOST_TEST(resident_pages(p, 64) == 2u);
}

BOOST_AUTO_TEST_CASE(next_block_means_all_of_each_block) {
    for (const prefault_policy policy : {prefault_policy::next_block, prefault_policy::all}) {
        arena a({.first_block = 64 * page, .pages = page_kind::normal, .prefault = policy});
        BOOST_TEST(resident_pages(a.allocate(64 * page - front, 1), 64) == 64u);
        BOOST_TEST(resident_pages(a.allocate(1, 1), 64) == 64u);
        BOOST_TEST(resident_pages(a.allocate(1000 * page - front, 1), 1000) == 1000u);
    }
}

BOOST_AUTO_TEST_CASE(of_reserved_address_space_the_next_block_is_the_next_part) {
    arena a({.first_block = 64 * page,
             .reserve = 1024 * page,
             .pages = page_kind::normal,
             .prefault = prefault_policy::next_block});
    void* const p = a.allocate(64 * page - front, 1);
    BOOST_TEST(resident_pages(p, 1024) == 64u);
    BOOST_TEST(a.stats().allocated == 64 * page);
    static_cast<void>(a.allocate(1, 1));
    BOOST_TEST(resident_pages(p, 1024) == a.stats().allocated / page);
    BOOST_TEST(a.stats().allocated > 64 * page);
    BOOST_TEST(a.stats().allocated < 1024 * page);
}

BOOST_AUTO_TEST_CASE(all_means_the_whole_reserve_at_the_first_allocation) {
    arena a({.first_block = page, .reserve = 300 * page, .pages = page_kind::normal, .prefault = prefault_policy::all});
    void* const p = a.allocate(1, 1);
    BOOST_TEST(a.stats().allocated == 300 * page);
    BOOST_TEST(resident_pages(p, 300) == 300u);
    arena capped({.first_block = page,
                  .max_bytes = 100 * page,
                  .reserve = 300 * page,
                  .pages = page_kind::normal,
                  .prefault = prefault_policy::all});
    void* const q = capped.allocate(1, 1);
    BOOST_TEST(capped.stats().allocated == 100 * page);
    BOOST_TEST(resident_pages(q, 300) == 100u);
}

BOOST_AUTO_TEST_CASE(where_the_kernel_refuses_the_advice_each_page_is_touched) {
    const int failed_step = child::status([] {
        filter::refuse({SYS_madvise}, EINVAL);
        arena a({.first_block = 64 * page, .prefault = prefault_policy::next_block});
        void* const p = a.allocate(100, 1);
        if (resident_pages(p, 64) != 64) return 2;
        arena reserved({.first_block = 64 * page, .reserve = 256 * page, .prefault = prefault_policy::next_block});
        void* const q = reserved.allocate(100, 1);
        if (resident_pages(q, 256) != 64) return 3;
        void* const r = reserved.allocate(100 * page, 1);
        if (resident_pages(q, 256) * page != reserved.stats().allocated) return 4;
        fill(r, 100 * page, 1);
        // What is advice only goes without.
        arena advised({.pages = page_kind::huge, .prefault = prefault_policy::all});
        fill(advised.allocate(5 << 20), 5 << 20, 1);
        return 0;
    });
    BOOST_TEST(failed_step == 0);
}

BOOST_AUTO_TEST_CASE(memory_that_was_trimmed_is_resident_again_when_it_comes_back) {
    arena a({.first_block = 64 * page,
             .reserve = 1024 * page,
             .pages = page_kind::normal,
             .prefault = prefault_policy::next_block});
    void* const p = a.allocate(500 * page, 1);
    a.reset();
    a.trim();
    BOOST_TEST(resident_pages(p, 1024) == 1u);
    BOOST_TEST(a.allocate(500 * page, 1) == p);
    BOOST_TEST(resident_pages(p, 1024) == a.stats().allocated / page);
}

BOOST_AUTO_TEST_SUITE_END()
