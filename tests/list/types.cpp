// Element types that few containers can have, on an arena too, and every member instantiated for several types.
#include <boost/test/unit_test.hpp>

#include <memory>
#include <memory_resource>
#include <string>
#include <utility>

#include "list/allocators.hpp"
#include "sequence/elements.hpp"
#include "sequence/adl.hpp"

import seg.list;

// Every member, whether a test calls it or not.
template class seg::list<int>;
template class seg::list<std::string>;
template class seg::list<elements::over_aligned>;
template class seg::list<elements::empty>;
template class seg::list<int, std::allocator<int>, seg::growth{.first = 1, .limit = 2}>;
template class seg::list<std::string, std::pmr::polymorphic_allocator<std::string>>;
template class seg::list<std::string, seg::arena_allocator<std::string>>;
template class seg::list<int, allocators::counting<int, allocators::propagate_everything>>;

BOOST_AUTO_TEST_SUITE(types)

/// The list is a member of its own element type, which is incomplete there.
struct arena_tree {
    explicit arena_tree(seg::arena& arena) : children(arena) {}
    seg::arena_list<arena_tree> children;
    seg::arena_list<arena_tree>::iterator position = {};
};

struct only_declared;
static_assert(sizeof(seg::list<only_declared>) == sizeof(seg::list<int>));

BOOST_AUTO_TEST_CASE(the_element_type_may_be_incomplete_where_the_list_is_named) {
    seg::arena arena;
    arena_tree other(arena);
    arena_tree& child = other.children.emplace_back(arena);
    child.position = other.children.begin();
    BOOST_TEST(&*child.position == &child);
}

BOOST_AUTO_TEST_CASE(a_list_can_be_replaced_by_one_that_lies_within_it) {
    seg::arena arena, other_arena;
    seg::arena_list<arena_tree> l(arena);
    l.emplace_back(arena).children.emplace_back(arena);
    l = std::move(l[0].children); // the allocator goes along
    BOOST_TEST(l.size() == 1u);
    BOOST_TEST(l[0].children.empty());
}

BOOST_AUTO_TEST_CASE(over_aligned_elements_lie_where_they_must) {
    seg::arena arena;
    seg::arena_list<elements::over_aligned> on_arena(arena);
    seg::list<elements::over_aligned> on_heap;
    for (int n = 0; n != 10; ++n) {
        BOOST_TEST(reinterpret_cast<std::uintptr_t>(&on_arena.emplace_back(n)) % 8192 == 0u);
        BOOST_TEST(reinterpret_cast<std::uintptr_t>(&on_heap.emplace_back(n)) % 8192 == 0u);
    }
}

BOOST_AUTO_TEST_CASE(algorithms_call_nothing_of_the_elements_namespace_by_accident) {
    seg::list<adl::element> l{{1}, {2}, {3}}, other(3);
    BOOST_TEST(seg::count_if(l, adl::predicate()) == 1);
    BOOST_TEST((seg::find_if(l, adl::predicate()) == l.begin() + 1));
    seg::fill(other, adl::element{4});
    BOOST_TEST(!seg::equal(l, other));
    seg::copy(l, other.begin());
    seg::for_each(l, [](const adl::element&) {});
    seg::transform(l, other.begin(), [](const adl::element& e) { return e; });
}

BOOST_AUTO_TEST_SUITE_END()
