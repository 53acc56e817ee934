// Whatever throws, wherever it throws: nothing leaks, nothing is destroyed twice, and a member with the strong
// guarantee leaves the sequence as it was.
#include <boost/test/unit_test.hpp>

#include <iterator>
#include <new>
#include <ranges>
#include <sstream>
#include <utility>
#include <vector>

#include "kinds.hpp"
#include "sequence/failures.hpp"

using namespace failures;

BOOST_AUTO_TEST_SUITE(exceptions)

BOOST_AUTO_TEST_CASE(push_back_is_strong) {
    int failures = 0;
    for (const int n : failing_sizes) {
        failures += fail_everywhere(n, [](failing_one& l, auto&) { l.emplace_back(7); }, unchanged);
        failures += fail_everywhere(n, [value = element(7)](failing_one& l, auto&) { l.push_back(value); }, unchanged);
        failures += fail_everywhere(n, [](failing_one& l, auto&) { l.push_back(element(7)); }, unchanged);
    }
    BOOST_TEST(failures >= 40);
}

BOOST_AUTO_TEST_CASE(push_back_is_strong_with_memory_in_reserve) {
    surroundings<failing_one> s;
    failing_one l = s.empty();
    l.reserve(100);
    const std::size_t capacity = l.capacity();
    for (int n = 0; n != 50; ++n) {
        {
            const throw_after t(0);
            BOOST_CHECK_THROW(l.emplace_back(7), injected);
        }
        require_numbers(l, 0, n);
        BOOST_TEST(l.capacity() == capacity);
        l.emplace_back(n);
    }
    l.clear();
    const throw_after t(0);
    BOOST_CHECK_THROW(l.emplace_back(7), injected);
    BOOST_TEST(l.capacity() == capacity);
    BOOST_TEST(l.empty());
}

BOOST_AUTO_TEST_CASE(reserve_is_strong) {
    int failures = 0;
    for (const int n : failing_sizes)
        failures += fail_everywhere(n, [](failing_one& l, auto&) { l.reserve(l.size() + 1000); }, unchanged);
    BOOST_TEST(failures >= static_cast<int>(std::size(failing_sizes)));
}

BOOST_AUTO_TEST_CASE(try_push_back_is_strong_where_the_constructor_throws) {
    int failures = 0;
    for (const int n : failing_sizes)
        failures += fail_everywhere(
            n,
            [](failing_one& l, auto&) {
                if (l.try_emplace_back(7) == nullptr) throw std::bad_alloc();
            },
            unchanged);
    BOOST_TEST(failures >= 14); // the constructor each time, and memory where there is none left
}

BOOST_AUTO_TEST_CASE(growing_resize_is_strong) {
    int failures = 0;
    for (const int n : failing_sizes) {
        failures += fail_everywhere(n, [](failing_one& l, auto&) { l.resize(l.size() + 30); }, unchanged);
        failures += fail_everywhere(
            n, [value = element(7)](failing_one& l, auto&) { l.resize(l.size() + 30, value); }, unchanged);
    }
    BOOST_TEST(failures >= 600);
}

BOOST_AUTO_TEST_CASE(construction_leaves_nothing_behind) {
    int failures = 0;
    failures += fail_everywhere(0, [](failing_one&, auto& s) { const failing_one l(30, s.get()); }, unchanged);
    failures +=
        fail_everywhere(0, [](failing_one&, auto& s) { const failing_one l(30, element(1), s.get()); }, unchanged);
    failures += fail_everywhere(30, [](failing_one& l, auto&) { const failing_one copy(l); }, unchanged);
    failures += fail_everywhere(
        30, [](failing_one& l, auto& s) { const failing_one copy(l.begin(), l.end(), s.get()); }, unchanged);
    failures += fail_everywhere(
        0,
        [](failing_one&, auto& s) {
            std::istringstream words("1 2 3 4 5 6 7 8 9 10 11 12");
            // Input iterators: how many there are turns out on the way.
            const failing<std::string> l(std::istream_iterator<std::string>(words),
                                         std::istream_iterator<std::string>(), s.get());
        },
        unchanged);
    BOOST_TEST(failures >= 120);
}

BOOST_AUTO_TEST_CASE(assignment_leaves_what_is_usable) {
    int failures = 0;
    std::vector<element> source;
    for (int n = 0; n != 20; ++n) source.emplace_back(n);
    for (const int n : failing_sizes) {
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.assign(source.begin(), source.end()); }, usable);
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.assign(20, source[3]); }, usable);
        failures += fail_everywhere(
            n,
            [&](failing_one& l, auto& s) {
                failing_one other(source.begin(), source.end(), s.get());
                l = other;
            },
            usable);
    }
    BOOST_TEST(failures >= 600);
}

BOOST_AUTO_TEST_CASE(append_range_and_inserting_at_the_end_are_strong) {
    int failures = 0;
    std::vector<element> source;
    for (int n = 0; n != 20; ++n) source.emplace_back(n);
    for (const int n : failing_sizes) {
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.append_range(source); }, unchanged);
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.append_range(l); }, unchanged);
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.insert(l.end(), source[3]); }, unchanged);
        failures += fail_everywhere(
            n, [&](failing_one& l, auto&) { l.insert(l.end(), source.begin(), source.end()); }, unchanged);
        failures += fail_everywhere(
            n,
            [&](failing_one& l, auto&) {
                std::vector<element> copy = source; // to be moved from
                l.insert(l.end(), std::move_iterator(copy.begin()), std::move_iterator(copy.end()));
            },
            unchanged);
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.insert_range(l.end(), source); }, unchanged);
        failures += fail_everywhere(n, [](failing_one& l, auto&) { l.emplace(l.end(), 7); }, unchanged);
        failures += fail_everywhere(
            n,
            [](failing_one& l, auto&) {
                std::istringstream text("1 2 3"); // can be read only once
                l.insert_range(l.end(), std::views::istream<int>(text) |
                                            std::views::transform([](int k) { return element(k); }));
            },
            unchanged);
    }
    BOOST_TEST(failures >= 600);
}

BOOST_AUTO_TEST_CASE(inserting_and_erasing_in_the_middle_leave_what_is_usable) {
    int failures = 0;
    std::vector<element> source;
    for (int n = 0; n != 10; ++n) source.emplace_back(n);
    const sequence<element> other(source.begin(), source.end());
    for (const int n : {3, 4, 5, 11, 12, 13}) {
        const auto middle = [](failing_one& l) { return l.begin() + static_cast<std::ptrdiff_t>(l.size() / 2); };
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.insert(middle(l), source[3]); }, usable);
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.emplace(middle(l), 7); }, usable);
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.insert(middle(l), 20, source[3]); }, usable);
        failures += fail_everywhere(
            n, [&](failing_one& l, auto&) { l.insert(middle(l), source.begin(), source.end()); }, usable);
        failures +=
            fail_everywhere(n, [&](failing_one& l, auto&) { l.insert(middle(l), other.begin(), other.end()); }, usable);
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.insert(middle(l), l.begin(), l.end()); }, usable);
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.erase(middle(l)); }, usable);
        failures += fail_everywhere(n, [&](failing_one& l, auto&) { l.erase(l.begin() + 1, middle(l)); }, usable);
        failures += fail_everywhere(
            n, [&](failing_one& l, auto&) { erase_if(l, [](const element& e) { return e.number() % 2 == 0; }); },
            usable);
    }
    BOOST_TEST(failures >= 300);
}

BOOST_AUTO_TEST_CASE(a_comparison_that_throws_leaves_both_alone) {
    struct touchy {
        int n;
        static bool compared(bool result) {
            may_throw();
            return result;
        }
        bool operator==(const touchy& other) const { return compared(n == other.n); }
        bool operator<(const touchy& other) const { return compared(n < other.n); }
    };
    const sequence<touchy> a{{1}, {2}, {3}}, b{{1}, {2}, {4}};
    for (int k = 0; k != 3; ++k) {
        {
            const throw_after t(k);
            BOOST_CHECK_THROW(static_cast<void>(a == b), injected);
        }
        const throw_after t(k);
        BOOST_CHECK_THROW(static_cast<void>(a < b), injected);
    }
    BOOST_TEST((a < b));
    BOOST_TEST(!(a == b));
    const sequence<touchy> shorter{{1}};
    const throw_after t(0);
    BOOST_TEST(!(a == shorter)); // no element is compared
}

BOOST_AUTO_TEST_CASE(an_iterator_that_throws_leaves_it_as_it_was) {
    struct throwing_iterator {
        using value_type = int;
        using difference_type = std::ptrdiff_t;
        using iterator_concept = std::forward_iterator_tag;
        int n = 0;
        int limit = 0;
        int operator*() const { return n == limit ? throw injected() : n; }
        throwing_iterator& operator++() { return ++n, *this; }
        throwing_iterator operator++(int) { return {n++, limit}; }
        bool operator==(const throwing_iterator& other) const { return n == other.n; }
    };
    for (int limit = 0; limit != 40; ++limit) {
        sequence<int> l{1, 2, 3};
        BOOST_CHECK_THROW(l.assign(throwing_iterator{0, limit}, throwing_iterator{40, 0}), injected);
        BOOST_TEST(l.size() <= 3u);
        BOOST_CHECK_THROW((sequence<int>(throwing_iterator{0, limit}, throwing_iterator{40, 0})), injected);
    }
}

BOOST_AUTO_TEST_SUITE_END()
