// A checked build reports the misuse of an arena, and nothing else. This file belongs to a program of its own, built
// with SEG_CHECKED.
#include <pthread.h>

#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <source_location>
#include <span>
#include <string>
#include <utility>
#include <vector>

#include "address_space.hpp"
#include "child.hpp"
#include "sanitizer.hpp"
#include "trap.hpp"
#include "arena/pattern.hpp"

import seg.arena;
import seg.sys;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_scope;

static_assert(seg::checked);

// Bytes that hold 0xDD, read past what the sanitizer withholds.
__attribute__((noinline, no_sanitize("address"))) std::size_t dead_bytes(const void* p, std::size_t n) {
    std::size_t dead = 0;
    for (std::size_t i = 0; i != n; ++i) dead += static_cast<const volatile unsigned char*>(p)[i] == 0xDD;
    return dead;
}

template <class Call> void in_another_thread(Call call) {
    pthread_t thread;
    const auto run = [](void* c) -> void* {
        (*static_cast<Call*>(c))();
        return nullptr;
    };
    BOOST_REQUIRE(::pthread_create(&thread, nullptr, run, &call) == 0);
    BOOST_REQUIRE(::pthread_join(thread, nullptr) == 0);
}

} // namespace

BOOST_AUTO_TEST_SUITE(misuse)

BOOST_AUTO_TEST_CASE(a_mark_is_of_the_arena_that_is_rewound) {
    arena a, other;
    static_cast<void>(other.allocate(10));
    const auto foreign = other.mark();
    expect_trap("seg::arena::rewind", "the mark is of this arena", true, [&] { a.rewind(foreign); });
    other.rewind(foreign);
}

BOOST_AUTO_TEST_CASE(a_mark_that_was_rewound_past_is_no_longer_good) {
    arena a({.first_block = page});
    static_cast<void>(a.allocate(10));
    const auto first = a.mark();
    static_cast<void>(a.allocate(10));
    const auto second = a.mark();
    static_cast<void>(a.allocate(3 * page));
    a.rewind(second);
    a.rewind(second); // good until an older one is rewound to
    a.rewind(first);
    expect_trap("seg::arena::rewind", "the arena was not rewound past the mark", true, [&] { a.rewind(second); });
    a.rewind(first);
    const auto third = a.mark();
    expect_trap("seg::arena::rewind", "the arena was not rewound past the mark", true, [&] { a.rewind(second); });
    a.rewind(third);
    {
        const arena_scope scope(a);
        const auto inside = a.mark();
        expect_none([&] { a.rewind(inside); });
    }
    for (const bool by_release : {false, true}) {
        const auto mark = a.mark();
        if (by_release) a.release();
        else a.reset();
        expect_trap("seg::arena::rewind", "the arena was not rewound past the mark", true, [&] { a.rewind(mark); });
    }
}

// Rewinding to such a mark would look for the record of an object that is gone, and destroy all objects.
BOOST_AUTO_TEST_CASE(a_mark_is_told_apart_by_the_newest_object) {
    struct owner {
        std::unique_ptr<int> owned;
        std::byte rest[100] = {};
    };
    arena a;
    const int& kept = *a.create<owner>(std::make_unique<int>(1)).owned;
    const std::size_t before = a.stats().used;
    const auto probe = a.mark();
    a.create<owner>();
    const std::size_t bytes = a.stats().used - before;
    a.rewind(probe);

    void* const p = a.allocate(bytes - arena::red_zone);
    const auto first = a.mark();
    a.deallocate(p, bytes - arena::red_zone);
    a.create<owner>(); // in the same place, so that the cursor is where it was
    const auto second = a.mark();
    a.rewind(first);
    expect_trap("seg::arena::rewind", "the arena was not rewound past the mark", true, [&] { a.rewind(second); });
    BOOST_TEST(kept == 1);
}

BOOST_AUTO_TEST_CASE(a_mark_set_in_a_scope_ends_with_it) {
    arena a;
    std::optional<arena::marker> inside;
    {
        const arena_scope scope(a);
        inside = a.mark();
        static_cast<void>(a.allocate(10));
    }
    expect_trap("seg::arena::rewind", "the arena was not rewound past the mark", true, [&] { a.rewind(*inside); });
}

BOOST_AUTO_TEST_CASE(a_rewind_past_an_open_scope_is_reported) {
    arena a;
    const auto mark = a.mark();
    const arena_scope scope(a);
    expect_trap("seg::arena::rewind", "every scope opened since the mark is closed (1, 0)", true,
                [&] { a.rewind(mark); });
    const arena_scope another(a);
    expect_trap("seg::arena::rewind", "every scope opened since the mark is closed (2, 0)", true,
                [&] { a.rewind(mark); });
}

BOOST_AUTO_TEST_CASE(scopes_close_in_the_reverse_order_and_the_message_says_where_they_were_opened) {
    arena a;
    const auto opened = std::source_location::current();
    const std::string place = opened.file_name() + (":" + std::to_string(opened.line()) + ": ");
    expect_trap(place + "seg::arena_scope::~arena_scope", "every scope opened since the mark is closed (1, 0)", true,
                [&] {
                    std::optional<arena_scope> outer(std::in_place, a, opened);
                    std::optional<arena_scope> inner(std::in_place, a, std::source_location::current());
                    outer.reset();
                });
}

BOOST_AUTO_TEST_CASE(nothing_ends_with_a_scope_left_open) {
    arena a;
    const arena_scope scope(a);
    expect_trap("seg::arena::reset", "no scope is open (1, 0)", true, [&] { a.reset(); });
    expect_trap("seg::arena::release", "no scope is open (1, 0)", true, [&] { a.release(); });
    expect_trap("seg::arena::~arena", "no scope is open (1, 0)", false, [] {
        std::optional<arena> in_child(std::in_place);
        new arena_scope(*in_child);
        in_child.reset();
    });
}

BOOST_AUTO_TEST_CASE(a_destructor_does_not_allocate_from_the_arena_that_runs_it) {
    struct late {
        explicit late(arena& of) : a(&of) {}
        ~late() { static_cast<void>(a->try_allocate(8)); }
        arena* a;
    };
    arena other;
    expect_trap("seg::arena::allocate", "the arena is not destroying objects", false, [] {
        arena a;
        static_cast<void>(a.create<late>(a));
        a.reset();
    });
    expect_none([&other] {
        arena a;
        const auto mark = a.mark();
        static_cast<void>(a.create<late>(other));
        a.rewind(mark);
        static_cast<void>(a.allocate(8));
    });
}

BOOST_AUTO_TEST_CASE(an_alignment_is_a_power_of_two) {
    arena a;
    for (const std::size_t alignment : {std::size_t{0}, std::size_t{3}, std::size_t{24}, ~std::size_t{0}}) {
        const std::string values = "(" + std::to_string(alignment) + ", 0)";
        expect_trap("seg::arena::allocate", values, false, [&] { static_cast<void>(a.allocate(1, alignment)); });
        expect_trap("seg::arena::allocate", values, false, [&] { static_cast<void>(a.try_allocate(1, alignment)); });
    }
}

BOOST_AUTO_TEST_CASE(a_second_thread_is_reported_unless_the_arena_was_handed_over) {
    arena a;
    const auto allocate = [&a] { static_cast<void>(a.allocate(10)); };
    const auto adopt_first = [&a] {
        a.adopt();
        static_cast<void>(a.allocate(10));
    };
    allocate();
    expect_trap("seg::arena::allocate", "the calling thread is the one that uses the arena", false, [&] {
        allocate();
        in_another_thread(allocate);
    });
    in_another_thread(adopt_first);
    expect_none([&] { allocate(); }); // the child is the first to come in its process
    a.adopt();
    allocate();
    a.reset();
    in_another_thread(allocate);
    a.release();
    in_another_thread(allocate);
    a.adopt();
    allocate();
}

BOOST_AUTO_TEST_CASE(a_child_process_goes_on_with_what_it_inherited) {
    arena a;
    static_cast<void>(a.allocate(10));
    expect_none([&a] {
        for (int i = 0; i != 3; ++i) static_cast<void>(a.allocate(10));
        a.reset();
        static_cast<void>(a.allocate(10));
    });
    expect_trap("seg::arena::allocate", "the calling thread is the one that uses the arena", false, [&a] {
        const auto allocate = [&a] { static_cast<void>(a.allocate(10)); };
        allocate();
        in_another_thread(allocate);
    });
}

BOOST_AUTO_TEST_CASE(what_is_deallocated_is_filled_and_nothing_else) {
    for (const std::size_t reserve : {std::size_t{0}, 256 * page}) {
        arena a({.first_block = 4 * page, .reserve = reserve});
        void* const kept = a.allocate(100, 8);
        fill(kept, 100, 1);
        const auto mark = a.mark();
        void* const p = a.allocate(1000, 8);
        void* const q = a.allocate(50 * page, 8);
        fill(p, 1000, 2);
        fill(q, 50 * page, 3);
        a.rewind(mark);
        BOOST_TEST(dead_bytes(p, 1000) == 1000u);
        BOOST_TEST(dead_bytes(q, 50 * page) == 50 * page);
        BOOST_TEST(holds(kept, 100, 1));
        {
            const arena_scope scope(a);
            BOOST_TEST(a.allocate(1000, 8) == p);
            BOOST_TEST(dead_bytes(p, 1000) == 1000u); // nor is it made to look fresh
            fill(p, 1000, 2);
        }
        BOOST_TEST(dead_bytes(p, 1000) == 1000u);
        a.reset();
        BOOST_TEST(dead_bytes(kept, 100) == 100u);
        BOOST_TEST(poisoned(kept) == sanitized);
    }
}

BOOST_AUTO_TEST_CASE(a_buffer_is_filled_too_and_no_further) {
    alignas(64) std::byte memory[1024];
    fill(memory, sizeof memory, 9);
    {
        arena a({.buffer = std::span(memory).first(512)});
        void* const p = a.allocate(100, 8);
        fill(p, 100, 1);
        a.reset();
        BOOST_TEST(dead_bytes(p, 100) == 100u);
    }
    for (std::size_t i = 512; i != 1024; ++i) BOOST_REQUIRE(static_cast<unsigned char>(memory[i]) == pattern(9, i));
}

BOOST_AUTO_TEST_CASE(a_child_that_inherits_nothing_lets_go_of_it_without_touching_it) {
    for (const bool protect : {false, true})
        for (const std::size_t reserve : {std::size_t{0}, 256 * page}) {
            std::optional<arena> a;
            a.emplace(seg::arena_options{
                .first_block = page, .reserve = reserve, .protect = protect, .fork = seg::fork_policy::exclude});
            for (int i = 0; i != 10; ++i) fill(a->allocate(page, 8), page, 1);
            expect_none([&a] {
                a->release();
                fill(a->allocate(3 * page), 3 * page, 1);
                a.reset();
            });
        }
}

BOOST_AUTO_TEST_CASE(protected_memory_is_filled_before_it_becomes_inaccessible) {
    arena a({.first_block = 8 * page, .protect = true});
    for (int round = 0; round != 3; ++round) {
        void* const p = a.allocate(20 * page);
        if (round != 0) BOOST_TEST(dead_bytes(p, 20 * page) == 20 * page);
        fill(p, 20 * page, 1);
        const auto mark = a.mark();
        fill(a.allocate(30 * page), 30 * page, 2);
        a.rewind(mark);
        BOOST_TEST(holds(p, 20 * page, 1));
        a.reset();
        BOOST_TEST(child::faults(p));
    }
}

BOOST_AUTO_TEST_CASE(what_is_allowed_passes_and_the_figures_are_those_of_an_unchecked_arena) {
    expect_none([] {
        arena a({.first_block = page});
        const auto outer = a.mark();
        for (int round = 0; round != 1000; ++round) {
            const arena_scope scope(a);
            static_cast<void>(a.allocate(100));
            const arena_scope inner(a);
            const auto mark = a.mark();
            static_cast<void>(a.allocate(5 * page));
            a.rewind(mark);
            static_cast<void>(a.allocate(7));
        }
        if (a.stats().used != 0) __builtin_trap();
        static_cast<void>(a.allocate(100, 1));
        if (a.stats().used != 104 + arena::red_zone) __builtin_trap();
        a.rewind(outer);
        a.release();
        if (a.stats().allocated != 0 || a.stats().blocks != 0) __builtin_trap();
    });
}

BOOST_AUTO_TEST_CASE(marks_beyond_number_are_kept_apart) {
    arena a;
    std::vector<arena::marker> marks;
    for (int i = 0; i != 5000; ++i) {
        marks.push_back(a.mark());
        static_cast<void>(a.allocate(8));
    }
    const std::size_t all = a.stats().used;
    for (int i = 4999; i >= 0; i -= 7) a.rewind(marks[static_cast<std::size_t>(i)]);
    BOOST_TEST(a.stats().used < all / 1000);
    expect_trap("seg::arena::rewind", "the arena was not rewound past the mark", true, [&] { a.rewind(marks[4000]); });
}

BOOST_AUTO_TEST_CASE(a_loop_that_marks_and_rewinds_takes_no_more_memory) {
    arena a;
    static_cast<void>(a.allocate(8));
    const std::size_t before = mapped_bytes();
    for (int round = 0; round != 1'000'000; ++round) {
        const auto mark = a.mark();
        static_cast<void>(a.try_allocate(8));
        a.rewind(mark);
    }
    const std::size_t after = mapped_bytes();
    BOOST_TEST(after <= before + 4 * page);
}

BOOST_AUTO_TEST_SUITE_END()
