// Element types that containers often cannot hold, and every member instantiated for several.
#include <boost/test/unit_test.hpp>

#include <memory>
#include <memory_resource>
#include <stdexcept>
#include <string>
#include <utility>

#include "list/allocators.hpp"
#include "sequence/elements.hpp"

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
struct tree {
    seg::list<tree> children;
    int value = 0;
    int sum() const {
        int total = value;
        for (const tree& child : children) total += child.sum();
        return total;
    }
};

struct arena_tree {
    explicit arena_tree(seg::arena& arena) : children(arena) {}
    seg::arena_list<arena_tree> children;
    seg::arena_list<arena_tree>::iterator position = {};
};

struct only_declared;
static_assert(sizeof(seg::list<only_declared>) == sizeof(seg::list<int>));

BOOST_AUTO_TEST_CASE(the_element_type_may_be_incomplete_where_the_list_is_named) {
    tree root;
    for (int n = 0; n != 50; ++n) {
        tree& child = root.children.emplace_back();
        for (int m = 0; m != 50; ++m) child.children.emplace_back().value = 1;
    }
    BOOST_TEST(root.sum() == 2500);
    tree copy = root;
    BOOST_TEST(copy.sum() == 2500);

    seg::arena arena;
    arena_tree other(arena);
    arena_tree& child = other.children.emplace_back(arena);
    child.position = other.children.begin();
    BOOST_TEST(&*child.position == &child);
}

BOOST_AUTO_TEST_CASE(a_list_can_be_replaced_by_one_that_lies_within_it) {
    tree root;
    root.children.emplace_back().children.emplace_back().value = 9;
    root.children = std::move(root.children[0].children);
    BOOST_TEST(root.children.size() == 1u);
    BOOST_TEST(root.children[0].value == 9);
    root.children.emplace_back().children.emplace_back().value = 7;
    root.children = std::move(root.children[1].children);
    BOOST_TEST(root.children.size() == 1u);
    BOOST_TEST(root.sum() == 7);

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

BOOST_AUTO_TEST_CASE(empty_elements_are_objects_of_their_own) {
    seg::list<elements::empty> l(100);
    BOOST_TEST(l.size() == 100u);
    BOOST_TEST(&l[0] != &l[1]);
    BOOST_TEST(&l.back() == &l[99]);
}

BOOST_AUTO_TEST_CASE(elements_that_overload_the_address_operator_are_left_alone) {
    struct shy {
        int n = 0;
        shy* operator&() const { throw std::logic_error("asked for its address"); }
    };
    seg::list<shy> l;
    for (int n = 0; n != 100; ++n) l.push_back(shy{n});
    l.resize(200);
    int sum = 0;
    for (auto it = l.begin(); it != l.end(); ++it) sum += it->n;
    BOOST_TEST(sum == 4950);
}

/// A namespace with functions of the names that the list uses itself, and a comma that is not to be used.
namespace nosy {
struct element {
    int value;
    friend auto operator<=>(const element&, const element&) = default;
};
template <class... Arguments> void poison(const Arguments&...) = delete;
template <class... Arguments> void unpoison(const Arguments&...) = delete;
template <class... Arguments> void segments(const Arguments&...) = delete;
template <class... Arguments> void end_of(const Arguments&...) = delete;
template <class... Arguments> void pass(const Arguments&...) = delete;
template <class... Arguments> void construct(const Arguments&...) = delete;
template <class... Arguments> void destroy(const Arguments&...) = delete;
template <class A, class B> void operator,(const A&, const B&) = delete;
struct predicate {
    bool operator()(const element& e) const { return e.value == 2; }
};
} // namespace nosy

BOOST_AUTO_TEST_CASE(nothing_of_the_elements_namespace_is_called_by_accident) {
    seg::list<nosy::element> l{{1}, {2}, {3}}, other;
    other = l;
    other.assign(l.begin(), l.end());
    other.insert(other.begin() + 1, 3, {7});
    other.erase(other.begin(), other.begin() + 1);
    other.pop_back();
    other.append_range(l);
    other.resize(20);
    BOOST_TEST((l < other));
    BOOST_TEST(seg::count_if(l, nosy::predicate()) == 1);
    BOOST_TEST((seg::find_if(l, nosy::predicate()) == l.begin() + 1));
    seg::fill(other, nosy::element{4});
    seg::copy(l, other.begin());
    BOOST_TEST(!seg::equal(l, other));
    seg::for_each(l, [](const nosy::element&) {});
    seg::transform(l, other.begin(), [](const nosy::element& e) { return e; });
}

BOOST_AUTO_TEST_SUITE_END()
