// Which types are a memory_resource, and what kind of type an arena is.
#include <boost/container/pmr/memory_resource.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <memory>
#include <memory_resource>
#include <type_traits>
#include <utility>

import seg.arena;

namespace {

using seg::arena;
using seg::arena_options;
using seg::arena_stats;

// Each of the next lacks one thing that a resource has.
struct complete {
    void* allocate(std::size_t, std::size_t) { return nullptr; }
    void deallocate(void*, std::size_t, std::size_t) {}
    bool operator==(const complete&) const = default;
};
struct without_comparison {
    void* allocate(std::size_t, std::size_t) { return nullptr; }
    void deallocate(void*, std::size_t, std::size_t) {}
};
struct without_deallocate {
    void* allocate(std::size_t, std::size_t) { return nullptr; }
    bool operator==(const without_deallocate&) const = default;
};
struct without_alignment {
    void* allocate(std::size_t) { return nullptr; }
    void deallocate(void*, std::size_t) {}
    bool operator==(const without_alignment&) const = default;
};
struct of_characters {
    char* allocate(std::size_t, std::size_t) { return nullptr; }
    void deallocate(void*, std::size_t, std::size_t) {}
    bool operator==(const of_characters&) const = default;
};

template <class A>
concept aggregate_of_two = std::is_aggregate_v<A> && requires { A{1, 2}; };

} // namespace

BOOST_AUTO_TEST_SUITE(resource)

BOOST_AUTO_TEST_CASE(arenas_and_the_resources_of_std_and_boost_are_memory_resources) {
    static_assert(seg::memory_resource<arena>);
    static_assert(seg::memory_resource<std::pmr::memory_resource>);
    static_assert(seg::memory_resource<std::pmr::monotonic_buffer_resource>);
    static_assert(seg::memory_resource<boost::container::pmr::memory_resource>);
    static_assert(seg::memory_resource<complete>);
    complete c;
    BOOST_TEST((seg::resource_allocator<int, complete>(c).resource() == &c));
}

BOOST_AUTO_TEST_CASE(a_type_that_lacks_a_part_is_none) {
    static_assert(!seg::memory_resource<without_comparison>);
    static_assert(!seg::memory_resource<without_deallocate>);
    static_assert(!seg::memory_resource<without_alignment>);
    static_assert(!seg::memory_resource<of_characters>);
    static_assert(!seg::memory_resource<int> && !seg::memory_resource<std::allocator<int>>);
    BOOST_TEST(std::is_default_constructible_v<without_deallocate>);
}

BOOST_AUTO_TEST_CASE(an_arena_is_a_polymorphic_resource_that_stays_where_it_is) {
    static_assert(std::is_base_of_v<std::pmr::memory_resource, arena>);
    static_assert(std::is_convertible_v<arena*, std::pmr::memory_resource*>);
    static_assert(std::is_final_v<arena>);
    static_assert(!std::is_copy_constructible_v<arena> && !std::is_copy_assignable_v<arena>);
    static_assert(!std::is_move_constructible_v<arena> && !std::is_move_assignable_v<arena>);
    static_assert(!std::is_swappable_v<arena>);
    const arena a;
    const arena b;
    BOOST_TEST((a == a));
    BOOST_TEST((a != b));
    BOOST_TEST(!a.is_equal(b));
}

BOOST_AUTO_TEST_CASE(nothing_but_a_failed_allocation_throws) {
    static_assert(std::is_nothrow_default_constructible_v<arena> && std::is_nothrow_destructible_v<arena>);
    static_assert(std::is_nothrow_constructible_v<arena, const arena_options&>);
    static_assert(!std::is_convertible_v<arena_options, arena>);
    static_assert(!noexcept(std::declval<arena&>().allocate(1)));
    static_assert(noexcept(std::declval<arena&>().try_allocate(1)));
    static_assert(noexcept(std::declval<arena&>().deallocate(nullptr, 1)));
    static_assert(noexcept(std::declval<arena&>().reset()) && noexcept(std::declval<arena&>().release()));
    static_assert(noexcept(std::declval<const arena&>().stats()));
    static_assert(noexcept(std::declval<const arena&>().owns(nullptr)));
    arena a;
    BOOST_CHECK_NO_THROW(static_cast<void>(a.allocate(1)));
}

BOOST_AUTO_TEST_CASE(options_and_figures_are_plain_aggregates) {
    static_assert(std::is_trivially_copyable_v<arena_options> && std::is_trivially_copyable_v<arena_stats>);
    static_assert(aggregate_of_two<arena_options> && aggregate_of_two<arena_stats>);
    constexpr arena_options options{.first_block = 1 << 20, .max_bytes = 1 << 24};
    static_assert(options.first_block == 1 << 20 && arena_options{}.max_bytes == 0);
    constexpr arena_stats some{.used = 1, .allocated = 2, .peak = 3, .blocks = 4};
    static_assert(some == arena_stats{1, 2, 3, 4} && some != arena_stats{});
    static_assert(some != arena_stats{0, 2, 3, 4} && some != arena_stats{1, 0, 3, 4});
    static_assert(some != arena_stats{1, 2, 0, 4} && some != arena_stats{1, 2, 3, 0});
    BOOST_TEST((arena(options).stats() == arena_stats{}));
}

BOOST_AUTO_TEST_SUITE_END()
