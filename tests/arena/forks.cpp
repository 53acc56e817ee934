// The option fork: what a child process finds in the memory of an arena.
#include <sys/mman.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <optional>
#include <string>
#include <utility>
#include <vector>

#include "address_space.hpp"
#include "child.hpp"
#include "arena/pattern.hpp"

#include "arena/filled.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::fork_policy;

// An arena with allocations in several blocks, one of them a large one, or in several parts of reserved addresses.
struct arena_in_use {
    arena_in_use(fork_policy fork, std::size_t reserve) {
        a.emplace(seg::arena_options{.first_block = 4 * page, .reserve = reserve, .fork = fork});
        for (const std::size_t bytes : {std::size_t{10}, 3 * page, 5 * page, 40 * page, std::size_t{100}})
            live.push_back(allocate_filled(*a, bytes, 8, static_cast<unsigned>(live.size())));
    }
    bool intact() const { return observation::intact(live); }
    bool zero() const {
        return std::ranges::all_of(live, [](const filled& f) {
            const auto* const p = static_cast<const char*>(f.p);
            return std::all_of(p, p + f.bytes, [](char c) { return c == 0; });
        });
    }

    std::optional<arena> a;
    std::vector<filled> live;
};

// The arena works, from its first allocation on.
bool usable(arena& a) {
    for (const std::size_t bytes : {std::size_t{100}, 10 * page, 30 * page}) {
        void* const p = a.try_allocate(bytes, 8);
        if (p == nullptr) return false;
        fill(p, bytes, 5);
        if (!holds(p, bytes, 5)) return false;
    }
    return true;
}

constexpr std::size_t reserves[] = {0, 512 * page};

} // namespace

BOOST_AUTO_TEST_SUITE(forks)

BOOST_AUTO_TEST_CASE(inherit_means_a_copy_that_either_goes_on_with) {
    for (const std::size_t reserve : reserves) {
        arena_in_use f(fork_policy::inherit, reserve);
        const int failed_step = child::status([&f] {
            if (!f.intact()) return 1;
            if (!usable(*f.a)) return 2;
            if (!f.intact()) return 3;
            f.a->reset();
            if (!usable(*f.a)) return 4;
            f.a.reset();
            return 0;
        });
        BOOST_TEST(failed_step == 0);
        BOOST_TEST(f.intact());
        BOOST_TEST(usable(*f.a));
    }
}

BOOST_AUTO_TEST_CASE(wipe_means_zeroes_and_an_arena_that_can_be_used_again) {
    for (const std::size_t reserve : reserves) {
        arena_in_use f(fork_policy::wipe, reserve);
        for (const bool released : {false, true}) {
            const int failed_step = child::status([&f, released] {
                if (!f.zero()) return 1;
                if (released) f.a->release();
                else f.a->reset();
                if (!usable(*f.a)) return 2;
                f.a.reset();
                return 0;
            });
            BOOST_TEST(failed_step == 0);
        }
        BOOST_TEST(f.intact());
        BOOST_TEST(usable(*f.a));
    }
}

BOOST_AUTO_TEST_CASE(exclude_means_nothing_and_the_child_can_still_let_go_of_it) {
    for (const std::size_t reserve : reserves) {
        arena_in_use f(fork_policy::exclude, reserve);
        for (const filled& each : f.live) BOOST_TEST(child::faults(each.p));
        BOOST_TEST(child::status([&f] {
                       f.a.reset();
                       return 0;
                   }) == 0);
        BOOST_TEST(child::status([&f] {
                       f.a->release();
                       if (f.a->stats().allocated != 0 || f.a->stats().blocks != 0) return 1;
                       if (!usable(*f.a)) return 2;
                       f.a->reset();
                       if (!usable(*f.a)) return 3;
                       // What the child maps itself its own children do not get either.
                       void* const p = f.a->allocate(100);
                       if (!child::faults(p)) return 4;
                       f.a.reset();
                       return 0;
                   }) == 0);
        BOOST_TEST(f.intact());
        BOOST_TEST(usable(*f.a));
    }
}

// Where a block was, the child has a gap, and whatever it maps may come to lie there.
BOOST_AUTO_TEST_CASE(letting_go_of_what_was_excluded_spares_what_the_child_has_in_its_place) {
    for (const std::size_t reserve : reserves) {
        arena_in_use f(fork_policy::exclude, reserve);
        const int failed_step = child::status([&f] {
            char* const gap = reinterpret_cast<char*>(number(f.live[3].p) / page * page) + page;
            void* const own =
                ::mmap(gap, 8 * page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
            if (own != gap) return 1;
            fill(own, 8 * page, 7);
            f.a.reset();
            if (!is_mapped(own) || !is_mapped(gap + 7 * page)) return 2;
            return holds(own, 8 * page, 7) ? 0 : 3;
        });
        BOOST_TEST(failed_step == 0);
        BOOST_TEST(f.intact());
    }
}

BOOST_AUTO_TEST_CASE(blocks_are_excluded_and_wiped_when_they_are_used_again_too) {
    arena_in_use f(fork_policy::wipe, 0);
    f.a->reset();
    auto* const p = static_cast<char*>(f.a->allocate(100));
    fill(p, 100, 1);
    BOOST_TEST(child::status([p] { return std::all_of(p, p + 100, [](char c) { return c == 0; }) ? 0 : 1; }) == 0);
    BOOST_TEST(holds(p, 100, 1));
}

BOOST_AUTO_TEST_CASE(a_child_destroys_what_it_has_and_nothing_else) {
    static int destroyed = 0;
    struct counted {
        std::string text = "a text that is too long to be stored in place";
        ~counted() { ++destroyed; }
    };
    for (const fork_policy fork : {fork_policy::inherit, fork_policy::exclude, fork_policy::wipe})
        for (const std::size_t reserve : reserves)
            for (const bool released : {false, true}) {
                std::optional<arena> a(std::in_place,
                                       seg::arena_options{.first_block = 4 * page, .reserve = reserve, .fork = fork});
                for (int i = 0; i != 200; ++i) static_cast<void>(a->create<counted>());
                destroyed = 0;
                const int in_child = fork == fork_policy::inherit ? 200 : 0;
                const int failed_step = child::status([&a, fork, released, in_child] {
                    if (released) a->release();
                    else if (fork == fork_policy::exclude) a.reset();
                    else a->reset();
                    if (destroyed != in_child) return 1;
                    if (!a) return 0;
                    static_cast<void>(a->create<counted>()); // it is the child's own
                    a->reset();
                    return destroyed == in_child + 1 ? 0 : 2;
                });
                BOOST_TEST(failed_step == 0);
                BOOST_TEST(destroyed == 0);
                a.reset();
                BOOST_TEST(destroyed == 200);
            }
}

BOOST_AUTO_TEST_CASE(scopes_and_marks_from_before_the_fork_end_in_the_child_and_its_own_objects_are_destroyed) {
    static int destroyed = 0;
    struct counted {
        ~counted() { ++destroyed; }
    };
    BOOST_TEST(child::status([] {
                   arena a({.fork = fork_policy::wipe});
                   static_cast<void>(a.create<counted>());
                   const auto outer = a.mark();
                   static_cast<void>(a.create<counted>());
                   const auto inner = a.mark();
                   static_cast<void>(a.create<counted>());
                   return child::status([&] {
                       destroyed = 0;
                       a.rewind(inner);
                       static_cast<void>(a.create<counted>());
                       a.rewind(outer);
                       return destroyed == 1 ? 0 : 1;
                   });
               }) == 0);
    // An arena that has no object when the process forks.
    for (const fork_policy fork : {fork_policy::exclude, fork_policy::wipe})
        BOOST_TEST(child::status([fork] {
                       arena a({.fork = fork});
                       static_cast<void>(a.allocate(8));
                       return child::status([&] {
                           destroyed = 0;
                           if (fork == fork_policy::exclude) a.release();
                           else a.reset();
                           static_cast<void>(a.create<counted>());
                           a.reset();
                           return destroyed == 1 ? 0 : 1;
                       });
                   }) == 0);
}

BOOST_AUTO_TEST_CASE(the_callers_buffer_is_inherited_whatever_the_policy) {
    for (const fork_policy fork : {fork_policy::exclude, fork_policy::wipe}) {
        alignas(page) static std::byte memory[4 * page];
        arena a({.fork = fork, .buffer = memory});
        void* const p = a.allocate(2 * page);
        fill(p, 2 * page, 1);
        BOOST_TEST(child::status([p] { return holds(p, 2 * page, 1) ? 0 : 1; }) == 0);
    }
}

BOOST_AUTO_TEST_SUITE_END()
