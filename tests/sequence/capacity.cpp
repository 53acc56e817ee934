// reserve, resize, clear and shrink_to_fit: how many elements there are, and how much memory.
#include <boost/test/unit_test.hpp>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(capacity)

BOOST_AUTO_TEST_CASE_TEMPLATE(reserve_makes_room_and_nothing_else, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    for (const std::size_t n : {1u, 2u, 9u, 40u, 700u}) {
        l.reserve(n);
        const std::size_t made = l.capacity();
        BOOST_TEST(made >= n);
        BOOST_TEST(l.empty());
        l.reserve(n / 2);
        BOOST_TEST(l.capacity() == made);
    }
    const std::size_t made = l.capacity();
    add(l, 0, static_cast<int>(made));
    BOOST_TEST(l.capacity() == made);
    require_numbers(l, 0, static_cast<int>(made));
    add(l, static_cast<int>(made), static_cast<int>(made) + 1);
    BOOST_TEST(l.capacity() > made);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(resize_appends_and_removes_at_the_end, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    for (const std::size_t n : {0u, 1u, 100u, 99u, 3u, 64u, 8u, 0u, 200u}) {
        l.resize(n);
        BOOST_TEST(l.size() == n);
        BOOST_TEST(static_cast<std::size_t>(l.end() - l.begin()) == n);
    }
    if constexpr (copyable<Sequence>) {
        using T = typename Sequence::value_type;
        l.clear();
        add(l, 0, 10);
        l.resize(5, make<T>(7));
        require_numbers(l, 0, 5);
        l.resize(500, l[3]); // an element of its own is a good source
        for (std::size_t i = 5; i != 500; ++i) require_equal(number(l[i]), expected<T>(3));
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(clear_keeps_the_memory_and_shrink_to_fit_gives_it_back, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    add(l, 0, 300);
    const std::size_t full = l.capacity();
    l.clear();
    require_numbers(l, 0, 0);
    BOOST_TEST(l.capacity() == full);
    add(l, 0, 300);
    require_numbers(l, 0, 300);
    BOOST_TEST(l.capacity() == full);
    l.resize(20);
    l.shrink_to_fit();
    BOOST_TEST(l.capacity() >= 20u);
    BOOST_TEST(l.capacity() <= most_capacity<Sequence>(20));
    require_numbers(l, 0, 20);
    l.clear();
    l.shrink_to_fit();
    BOOST_TEST(l.capacity() == 0u);
    require_numbers(l, 0, 0);
    add(l, 0, 40);
    require_numbers(l, 0, 40);
}

BOOST_AUTO_TEST_SUITE_END()
