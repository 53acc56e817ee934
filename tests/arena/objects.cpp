// create, create_array and copy: which destructors run, when, and what remains if a constructor throws.
#include <boost/test/unit_test.hpp>

#include <array>
#include <cstddef>
#include <forward_list>
#include <limits>
#include <memory_resource>
#include <new>
#include <ranges>
#include <span>
#include <sstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <type_traits>
#include <vector>

#include "address_space.hpp"
#include "arena/pattern.hpp"

#include "arena/layout.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_stats;

// What was constructed and destroyed, in order: n, and -n.
std::vector<int> events;

struct noisy {
    explicit noisy(int number) : n(number) { events.push_back(n); }
    noisy(const noisy& other) : n(other.n) { events.push_back(n); }
    ~noisy() { events.push_back(-n); }
    int n;
};
using numbers = std::vector<int>;

struct node {
    node(std::string_view text, node* parent_node) : name(text), parent(parent_node) {}
    std::string name;
    node* parent;
};

struct plain {
    int a;
    double b;
};

struct alignas(64) aligned {
    std::string text = "a text that is too long to be stored in place";
};

// Throws at its n-th construction; counts those that are alive.
struct bomb {
    static inline int constructions_left = 0;
    static inline int alive = 0;
    bomb() {
        if (constructions_left-- == 0) throw std::runtime_error("now");
        ++alive;
    }
    bomb(const bomb&) : bomb() {}
    ~bomb() { --alive; }
};

template <class R>
concept is_copied = requires(arena& a, R& r) { a.copy(r); };

} // namespace

BOOST_AUTO_TEST_SUITE(objects)

BOOST_AUTO_TEST_CASE(an_object_is_what_its_arguments_make_it_and_lies_in_the_arena) {
    arena a;
    node& root = a.create<node>("a name that is too long to be stored in place", nullptr);
    node& child = a.create<node>("another name that is too long to be stored in place", &root);
    plain& p = a.create<plain>(1, 2.5);
    BOOST_TEST((a.owns(&root) && a.owns(&child) && a.owns(&p)));
    BOOST_TEST(child.parent->name == "a name that is too long to be stored in place");
    BOOST_TEST((p.a == 1 && p.b == 2.5));
    BOOST_TEST(is_aligned(&a.create<aligned>(), 64));
    static_assert(std::is_same_v<decltype(a.create<plain>()), plain&>);
}

BOOST_AUTO_TEST_CASE(what_has_nothing_to_destroy_takes_its_own_bytes_and_the_rest_16_more) {
    arena a;
    static_cast<void>(a.create<std::array<char, 24>>());
    BOOST_TEST(a.stats().used == 24 + arena::red_zone);
    const std::size_t used = a.stats().used;
    static_cast<void>(a.create<std::string>());
    BOOST_TEST(a.stats().used == used + 16 + sizeof(std::string) + arena::red_zone);
}

BOOST_AUTO_TEST_CASE(an_over_aligned_object_with_a_destructor_takes_its_alignment_more) {
    struct alignas(64) wide {
        ~wide() { events.push_back(64); }
    };
    arena a;
    static_cast<void>(a.allocate(64, 64));
    const std::size_t used = a.stats().used;
    static_cast<void>(a.create<wide>());
    BOOST_TEST(a.stats().used == used + 64 + sizeof(wide) + (arena::red_zone == 0 ? 0 : 64));
}

BOOST_AUTO_TEST_CASE(destructors_run_newest_first_wherever_the_memory_is_deallocated) {
    events.clear();
    {
        arena a({.first_block = page});
        static_cast<void>(a.create<noisy>(1));
        const auto mark = a.mark();
        static_cast<void>(a.create<noisy>(2));
        static_cast<void>(a.allocate(3 * page)); // over several blocks
        static_cast<void>(a.create<noisy>(3));
        BOOST_TEST(events == (numbers{1, 2, 3}));
        a.rewind(mark);
        BOOST_TEST(events == (numbers{1, 2, 3, -3, -2}));
        a.rewind(mark);
        {
            const seg::arena_scope scope(a);
            static_cast<void>(a.create<noisy>(4));
        }
        BOOST_TEST(events == (numbers{1, 2, 3, -3, -2, 4, -4}));
        events.clear();
        static_cast<void>(a.create<noisy>(5));
        a.reset();
        BOOST_TEST(events == (numbers{5, -5, -1}));
        events.clear();
        static_cast<void>(a.create<noisy>(6));
        a.release();
        BOOST_TEST(events == (numbers{6, -6}));
        events.clear();
        static_cast<void>(a.create<noisy>(7));
        static_cast<void>(a.create<noisy>(8));
    }
    BOOST_TEST(events == (numbers{7, 8, -8, -7}));
}

BOOST_AUTO_TEST_CASE(a_large_object_is_destroyed_and_its_block_kept) {
    struct large {
        std::string text = "a text that is too long to be stored in place";
        std::array<char, 20'000> bytes{};
    };
    arena a({.first_block = page});
    for (int round = 0; round != 3; ++round) {
        const seg::arena_scope scope(a);
        large& l = a.create<large>();
        BOOST_TEST((a.owns(&l) && l.bytes.back() == 0));
    }
    BOOST_TEST(a.stats().blocks == 1u);
    BOOST_TEST(a.stats().used == 0u);
}

BOOST_AUTO_TEST_CASE(an_object_made_by_a_constructor_is_destroyed_after_the_one_that_made_it) {
    struct parent {
        parent(arena& a) : child(a.create<noisy>(1)), other(&a.create<noisy>(2)) { events.push_back(10); }
        ~parent() { events.push_back(child.n == 1 && other->n == 2 ? -10 : 0); }
        noisy& child;
        noisy* other;
    };
    events.clear();
    arena a;
    static_cast<void>(a.create<parent>(a));
    a.reset();
    BOOST_TEST(events == (numbers{1, 2, 10, -10, -2, -1}));
}

BOOST_AUTO_TEST_CASE(a_destructor_may_give_memory_of_the_same_arena_back) {
    arena a({.first_block = page});
    for (int round = 0; round != 3; ++round) {
        for (int i = 0; i != 50; ++i) {
            auto& words = a.create<std::pmr::vector<std::pmr::string>>(&a);
            for (int n = 0; n != 20; ++n) words.emplace_back("a text that is too long to be stored in place");
            static_cast<void>(a.create<std::pmr::string>(std::string(300, 'x'), &a));
        }
        a.reset();
        BOOST_TEST(a.stats().used == 0u);
    }
}

BOOST_AUTO_TEST_CASE(an_array_is_value_initialised_and_destroyed_from_its_end) {
    arena a;
    fill(a.allocate(1000), 1000, 1);
    a.reset();
    const std::span<int> zeros = a.create_array<int>(100);
    BOOST_TEST(zeros.size() == 100u);
    for (const int z : zeros) BOOST_TEST(z == 0);
    const std::span<std::string> texts = a.create_array<std::string>(50);
    for (std::string& t : texts) t.assign(100, 'x');
    BOOST_TEST(is_aligned(a.create_array<aligned>(3).data(), 64));
    BOOST_TEST(a.create_array<aligned>(3)[2].text.size() == 45u);

    const std::size_t used = a.stats().used;
    BOOST_TEST(a.create_array<std::string>(0).empty());
    BOOST_TEST(a.stats().used == used);
    BOOST_CHECK_THROW(static_cast<void>(a.create_array<int>(std::numeric_limits<std::size_t>::max() / 2)),
                      std::bad_array_new_length);
    BOOST_CHECK_THROW(static_cast<void>(a.create_array<std::string>(std::numeric_limits<std::size_t>::max() / 64)),
                      std::bad_alloc);
    BOOST_TEST(a.stats().used == used);

    events.clear();
    const std::vector<noisy> three{noisy(1), noisy(2), noisy(3)};
    events.clear();
    static_cast<void>(a.copy(three));
    a.reset();
    BOOST_TEST(events == (numbers{1, 2, 3, -3, -2, -1}));
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_text_is_the_arena_s) {
    arena a;
    std::string original = "a text";
    const std::string_view copy = a.copy(original);
    const std::string_view literal = a.copy("another");
    original = "overwritten";
    BOOST_TEST(copy == "a text");
    BOOST_TEST(literal == "another");
    BOOST_TEST((a.owns(copy.data()) && copy.size() == 6));
    const std::size_t used = a.stats().used;
    BOOST_TEST(a.copy("").empty());
    BOOST_TEST(a.copy(std::string_view()).empty());
    BOOST_TEST(a.stats().used == used);
    static_assert(std::is_same_v<decltype(a.copy(original)), std::string_view>);
}

BOOST_AUTO_TEST_CASE(a_copy_of_a_range_is_a_span_of_its_values) {
    arena a;
    const std::vector<int> v{1, 2, 3};
    const std::span<int> copied = a.copy(v);
    BOOST_TEST(copied == v, boost::test_tools::per_element());
    const std::forward_list<std::string> names{"one", "two"}; // not sized
    const std::span<std::string> copied_names = a.copy(names);
    BOOST_TEST((copied_names.size() == 2 && copied_names[1] == "two"));
    const auto doubled = a.copy(v | std::views::transform([](int n) { return n * 2.5; }));
    BOOST_TEST((doubled.size() == 3 && doubled[2] == 7.5));
    const int array[] = {7, 8};
    BOOST_TEST(a.copy(array)[1] == 8);
    const std::vector<bool> bits{true, false, true};
    static_assert(std::is_same_v<decltype(a.copy(bits)), std::span<bool>>);
    BOOST_TEST((a.copy(bits)[0] && !a.copy(bits)[1]));
    BOOST_TEST(a.copy(std::vector<int>()).empty());
    // A pass through a stream cannot be counted, and is refused; counted beforehand it is taken.
    std::istringstream text("1 2 3");
    auto read = std::views::counted(std::istream_iterator<int>(text), 2);
    BOOST_TEST(a.copy(read)[1] == 2);
    static_assert(is_copied<decltype(read)> && !is_copied<std::ranges::istream_view<int>>);
}

BOOST_AUTO_TEST_CASE(a_constructor_that_throws_leaves_nothing_remembered_and_the_arena_as_it_was) {
    arena a({.first_block = page});
    static_cast<void>(a.allocate(100));
    for (int n = 0; n != 3; ++n) { // in an empty block, too, and in one that is full
        const arena_stats before = a.stats();
        bomb::constructions_left = 0;
        BOOST_CHECK_THROW(static_cast<void>(a.create<bomb>()), std::runtime_error);
        BOOST_TEST(a.stats().used == before.used);
        for (int at = 0; at != 20; ++at) {
            bomb::constructions_left = at;
            BOOST_CHECK_THROW(static_cast<void>(a.create_array<bomb>(20)), std::runtime_error);
            BOOST_TEST(bomb::alive == 0);
            BOOST_TEST(a.stats().used == before.used);
        }
        bomb::constructions_left = 20;
        {
            const std::vector<bomb> some(10);
            BOOST_CHECK_THROW(static_cast<void>(a.copy(some).size() + a.copy(some).size()), std::runtime_error);
            BOOST_TEST(bomb::alive == 20); // the vector's and the first copy's
        }
        a.reset();
        BOOST_TEST(bomb::alive == 0);
        if (n == 1)
            while (a.stats().blocks != 3) static_cast<void>(a.allocate(50));
    }
}

BOOST_AUTO_TEST_CASE(a_part_of_an_array_is_destroyed_from_its_end_too) {
    static int made = 0;
    struct third {
        third() : n(++made) {
            if (n == 4) throw std::runtime_error("now");
            events.push_back(n);
        }
        third(const third&) : third() {}
        ~third() { events.push_back(-n); }
        int n;
    };
    arena a;
    events.clear();
    made = 0;
    BOOST_CHECK_THROW(static_cast<void>(a.create_array<third>(5)), std::runtime_error);
    BOOST_TEST(events == (numbers{1, 2, 3, -3, -2, -1}));
    made = -5;
    const std::vector<third> five(5); // -4 to 0
    events.clear();
    BOOST_CHECK_THROW(static_cast<void>(a.copy(five)), std::runtime_error);
    BOOST_TEST(events == (numbers{1, 2, 3, -3, -2, -1}));
    const auto& constant = a.create<const std::string>(std::size_t{100}, 'x');
    BOOST_TEST(constant.size() == 100u);
}

BOOST_AUTO_TEST_CASE(what_a_constructor_that_throws_made_is_destroyed_and_deallocated) {
    struct parent {
        parent(arena& a, bool fails) {
            static_cast<void>(a.create<noisy>(1));
            static_cast<void>(a.allocate(5 * page));
            static_cast<void>(a.create<noisy>(2));
            if (fails) throw std::runtime_error("now");
        }
        ~parent() { events.push_back(-10); }
    };
    events.clear();
    arena a({.first_block = page});
    static_cast<void>(a.create<noisy>(7));
    const arena_stats before = a.stats();
    BOOST_CHECK_THROW(static_cast<void>(a.create<parent>(a, true)), std::runtime_error);
    BOOST_TEST(events == (numbers{7, 1, 2, -2, -1}));
    BOOST_TEST(a.stats().used == before.used);
    static_cast<void>(a.create<parent>(a, false));
    a.reset();
    BOOST_TEST(events == (numbers{7, 1, 2, -2, -1, 1, 2, -10, -2, -1, -7}));
}

BOOST_AUTO_TEST_CASE(where_there_is_no_memory_nothing_is_constructed) {
    arena a({.first_block = page, .max_bytes = page});
    events.clear();
    while (a.stats().used < page - header - 100) static_cast<void>(a.allocate(8, 1));
    const arena_stats before = a.stats();
    BOOST_CHECK_THROW(static_cast<void>(a.create_array<std::string>(100)), std::bad_alloc);
    struct large : noisy {
        using noisy::noisy;
        std::array<char, 200> bytes{};
    };
    BOOST_CHECK_THROW(static_cast<void>(a.create<large>(1)), std::bad_alloc);
    BOOST_CHECK_THROW(static_cast<void>(a.copy(std::string(500, 'x'))), std::bad_alloc);
    BOOST_TEST((a.stats() == before));
    BOOST_TEST(events.empty());
}

BOOST_AUTO_TEST_SUITE_END()
