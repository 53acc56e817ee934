// insert, emplace, erase, append_range and their like do what those of std::vector do.
#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <cstddef>
#include <deque>
#include <forward_list>
#include <iterator>
#include <list>
#include <ranges>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "kinds.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(modifiers)

// The places where segments begin and end, with a first segment of 4, and some in between.
constexpr int places[] = {0, 1, 3, 4, 5, 11, 12, 13, 20};

using short_one = small<element>;

/// A sequence and a std::vector with the same n elements; every operation is done to both, and what stays good is
/// checked.
struct both {
    explicit both(int n) {
        for (int i = 0; i != n; ++i) {
            l.emplace_back(i);
            v.emplace_back(i);
        }
    }
    void check(const short_one::iterator& returned, const std::vector<element>::iterator& expected) {
        require_equal(l.size(), v.size());
        for (std::size_t i = 0; i != v.size(); ++i) require_equal(l[i].number(), v[i].number());
        require_equal(returned - l.begin(), expected - v.begin());
    }
    short_one l;
    std::vector<element> v;
};

BOOST_AUTO_TEST_CASE(insert_does_what_a_vector_does) {
    const element value(100);
    const std::vector<element> range{element(7), element(8), element(9), element(10), element(11)};
    for (const int n : places) {
        for (int i = 0; i <= n; ++i) {
            const auto before = [&](both& b) { return notes<short_one>(b.l); };
            {
                both b(n);
                const auto taken = before(b);
                b.check(b.l.insert(b.l.begin() + i, value), b.v.insert(b.v.begin() + i, value));
                b.check(b.l.insert(b.l.cbegin() + i, element(5)), b.v.insert(b.v.begin() + i, element(5)));
                b.check(b.l.emplace(b.l.cbegin() + i, 6), b.v.emplace(b.v.begin() + i, 6));
                taken.check(b.l, static_cast<std::size_t>(i));
            }
            {
                both b(n);
                const auto taken = before(b);
                for (const std::size_t count : {0u, 1u, 3u, 40u})
                    b.check(b.l.insert(b.l.begin() + i, count, value), b.v.insert(b.v.begin() + i, count, value));
                taken.check(b.l, static_cast<std::size_t>(i));
            }
            {
                both b(n);
                const auto taken = before(b);
                b.check(b.l.insert(b.l.begin() + i, range.begin(), range.end()),
                        b.v.insert(b.v.begin() + i, range.begin(), range.end()));
                b.check(b.l.insert(b.l.begin() + i, {value, value}), b.v.insert(b.v.begin() + i, {value, value}));
                b.check(b.l.insert_range(b.l.begin() + i, range | std::views::reverse),
                        b.v.insert(b.v.begin() + i, range.rbegin(), range.rend()));
                taken.check(b.l, static_cast<std::size_t>(i));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(an_own_element_or_range_is_a_good_source_for_insert) {
    for (const int n : places) {
        if (n == 0) continue;
        for (int i = 0; i <= n; ++i) {
            for (const std::size_t j :
                 {std::size_t{0}, static_cast<std::size_t>(n / 2), static_cast<std::size_t>(n - 1)}) {
                both b(n);
                b.check(b.l.insert(b.l.begin() + i, b.l[j]), b.v.insert(b.v.begin() + i, element(b.v[j])));
                b.check(b.l.insert(b.l.begin() + i, 3, b.l[j]), b.v.insert(b.v.begin() + i, 3, element(b.v[j])));
                b.check(b.l.emplace(b.l.begin() + i, b.l[j]), b.v.emplace(b.v.begin() + i, element(b.v[j])));
                const std::vector<element> copy = b.v;
                b.check(b.l.insert(b.l.begin() + i, b.l.begin(), b.l.end()),
                        b.v.insert(b.v.begin() + i, copy.begin(), copy.end()));
            }
        }
    }
}

/// An iterator of a sequence that makes what it refers to, as C++17 knew them: an input iterator, which passes once.
struct legacy_iterator {
    using iterator_category = std::input_iterator_tag;
    using value_type = int;
    using difference_type = std::ptrdiff_t;
    using pointer = void;
    using reference = int;
    legacy_iterator() = default;
    explicit legacy_iterator(small<int>::const_iterator it) : at(it) {}
    reference operator*() const { return *at; }
    legacy_iterator& operator++() { return ++at, *this; }
    legacy_iterator operator++(int) { return legacy_iterator(at++); }
    friend bool operator==(const legacy_iterator& a, const legacy_iterator& b) { return a.at == b.at; }
    small<int>::const_iterator at;
};
static_assert(std::input_iterator<legacy_iterator> && !std::forward_iterator<legacy_iterator>);

// Full, so that a list's iterator past the end is nowhere, and would not be met while the list grows.
BOOST_AUTO_TEST_CASE(own_elements_are_inserted_by_iterators_that_pass_once) {
    for (const int n : {4, 12, 28}) {
        for (int i = 0; i <= n; ++i) {
            std::vector<int> m(static_cast<std::size_t>(n)), numbers;
            for (int k = 0; k != n; ++k) m[static_cast<std::size_t>(k)] = k;
            numbers = m;
            m.insert(m.begin() + i, numbers.begin(), numbers.end());
            const auto fresh = [&] { return small<int>(numbers.begin(), numbers.end()); };
            const auto check = [&](const small<int>& l, const small<int>::iterator& at) {
                require(std::ranges::equal(l, m));
                require(at - l.begin() == i);
            };
            auto l = fresh();
            check(l, l.insert(l.begin() + i, legacy_iterator(l.begin()), legacy_iterator(l.end())));
            l = fresh();
            check(l, l.insert(l.begin() + i, std::move_iterator(l.begin()), std::move_iterator(l.end())));
            l = fresh();
            check(l, l.insert_range(l.begin() + i,
                                    std::ranges::subrange(std::move_iterator(l.begin()), std::move_iterator(l.end()))));
            l = fresh();
            check(l, l.insert_range(l.begin() + i,
                                    std::ranges::subrange(legacy_iterator(l.begin()), legacy_iterator(l.end()))));
        }
    }
}

BOOST_AUTO_TEST_CASE(what_a_stream_gives_is_inserted_anywhere) {
    for (const int i : {0, 2, 4}) {
        small<int> l{1, 2, 3, 4};
        std::istringstream words("7 8 9 10 11"), more("5 6");
        l.insert(l.begin() + i, std::istream_iterator<int>(words), std::istream_iterator<int>());
        l.insert_range(l.begin() + i, std::views::istream<int>(more));
        std::vector<int> m{1, 2, 3, 4};
        m.insert(m.begin() + i, {5, 6, 7, 8, 9, 10, 11});
        BOOST_TEST(l == m, boost::test_tools::per_element());
    }
}

BOOST_AUTO_TEST_CASE(braces_among_the_arguments_are_a_value) {
    sequence<int> l{1, 2};
    const int n = 3;
    l.insert(l.begin(), n, {});
    l.insert(l.begin() + 1, {});
    BOOST_TEST(l.size() == 5u);
    BOOST_TEST(l[2] == 0);
    BOOST_TEST(l[3] == 1);
}

BOOST_AUTO_TEST_CASE(erase_does_what_a_vector_does) {
    for (const int n : places) {
        for (int i = 0; i <= n; ++i) {
            if (i != n) {
                both b(n);
                const notes<short_one> taken(b.l);
                b.check(b.l.erase(b.l.begin() + i), b.v.erase(b.v.begin() + i));
                taken.check(b.l, static_cast<std::size_t>(i));
            }
            for (int j = i; j <= n; ++j) {
                both b(n);
                const notes<short_one> taken(b.l);
                b.check(b.l.erase(b.l.cbegin() + i, b.l.cbegin() + j), b.v.erase(b.v.begin() + i, b.v.begin() + j));
                taken.check(b.l, static_cast<std::size_t>(i));
            }
        }
    }
}

BOOST_AUTO_TEST_CASE(erase_by_value_and_by_predicate_say_how_many_went) {
    sequence<int> l;
    for (int n = 0; n != 1000; ++n) l.push_back(n % 10);
    BOOST_TEST(erase(l, 3) == 100u);
    BOOST_TEST(erase(l, 3) == 0u);
    BOOST_TEST(erase_if(l, [](int n) { return n > 6; }) == 300u);
    BOOST_TEST(l.size() == 600u);
    for (const int n : l) require(n <= 6 && n != 3);
}

BOOST_AUTO_TEST_CASE(append_range_takes_any_range) {
    short_one l;
    std::vector<element> source;
    for (int n = 0; n != 30; ++n) source.emplace_back(n);
    l.append_range(source);
    const notes<short_one> before(l);
    require_numbers(l, 0, 30);
    std::istringstream words("30 31 32 33 34 35");
    sequence<int> read;
    read.append_range(std::views::istream<int>(words));
    require_numbers(read, 30, 36);
    l.append_range(std::views::iota(30, 100) | std::views::transform([](int n) { return element(n); }));
    require_numbers(l, 0, 100);
    const std::forward_list<int> linked{1, 2, 3};
    read.assign_range(linked);
    require_numbers(read, 1, 4);
    read.append_range(std::vector<int>());
    require_numbers(read, 1, 4);
    before.check(l);
}

BOOST_AUTO_TEST_CASE(it_or_a_view_of_it_can_be_appended_to_itself) {
    for (const int n : places) {
        both b(n);
        const notes<short_one> before(b.l);
        b.l.append_range(b.l);
        require_equal(b.l.size(), static_cast<std::size_t>(2 * n));
        for (int i = 0; i != 2 * n; ++i) require_equal(b.l[static_cast<std::size_t>(i)].number(), i % n);
        before.check(b.l);
        b.l.append_range(b.l | std::views::filter([](const element& e) { return e.number() % 2 == 0; }));
        require_equal(b.l.size(), static_cast<std::size_t>(2 * n + 2 * ((n + 1) / 2)));
        before.check(b.l);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(an_element_knows_its_position, Sequence, all) {
    surroundings<Sequence> s;
    Sequence l = s.empty();
    for (int n = 0; n != 200; ++n) add(l, n, n + 1);
    const Sequence& c = l;
    for (std::size_t i = 0; i != 200; ++i) {
        require_equal(l.index_of(l[i]), i);
        require(l.iterator_to(l[i]) == l.begin() + static_cast<std::ptrdiff_t>(i));
        require(c.iterator_to(c[i]) == c.begin() + static_cast<std::ptrdiff_t>(i));
    }
}

BOOST_AUTO_TEST_CASE(what_the_constructor_throws_is_not_taken_for_a_lack_of_memory) {
    struct greedy {
        greedy() { raise(std::bad_alloc()); }
    };
    sequence<greedy> l;
    BOOST_CHECK_THROW(l.try_emplace_back(), std::bad_alloc);
    BOOST_TEST(l.empty());
}

// That numbers are not zeroed: arena/uninitialised.cpp.
BOOST_AUTO_TEST_CASE(resizing_with_default_init_makes_as_many_as_asked_for) {
    sequence<int> l(100, 7);
    l.clear();
    l.resize(100, seg::default_init);
    BOOST_TEST(l.size() == 100u);
    l.resize(20, seg::default_init);
    BOOST_TEST(l.size() == 20u);
    sequence<std::string> strings;
    strings.resize(50, seg::default_init); // constructed all the same
    BOOST_TEST(strings[49].empty());
    const sequence<std::string> made(50, seg::default_init);
    BOOST_TEST(made.size() == 50u);
    BOOST_TEST(made[49].empty());
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_view_of_itself_that_goes_by_its_end_is_appended_and_inserted, Sequence, few_numbers) {
    const std::vector<int> there_and_back{1, 2, 3, 4, 4, 3, 2, 1};
    Sequence s{1, 2, 3, 4}; // where that fills a list's segment, its end is nowhere
    s.append_range(s | std::views::reverse);
    BOOST_TEST(s == there_and_back, boost::test_tools::per_element());
    Sequence before{1, 2, 3, 4};
    before.insert(before.begin(), before.rbegin(), before.rend());
    BOOST_TEST(before == (std::vector<int>{4, 3, 2, 1, 1, 2, 3, 4}), boost::test_tools::per_element());
    Sequence part{1, 2, 3, 4};
    part.insert_range(part.end(), part | std::views::reverse | std::views::take(2));
    BOOST_TEST(part == (std::vector<int>{1, 2, 3, 4, 4, 3}), boost::test_tools::per_element());
    Sequence middle{1, 2, 3, 4};
    middle.insert_range(middle.begin() + 2, middle | std::views::transform([](int n) { return 10 * n; }));
    BOOST_TEST(middle == (std::vector<int>{1, 2, 10, 20, 30, 40, 3, 4}), boost::test_tools::per_element());
}

/// Numbers itself by the sequence that it is made in, and looks at it when it goes.
struct looking {
    explicit looking(const small<looking>& l) : all(&l), number(next(l)) {}
    ~looking() { seen.push_back(all->size()); }
    looking(const looking&) = delete;
    static int next(const small<looking>& l) {
        if (l.empty()) return 0;
        require_equal(&l.back(), &*std::prev(l.end()));
        require_equal(static_cast<std::size_t>(l.back().number) + 1, l.size());
        return l.back().number + 1;
    }
    const small<looking>* all;
    int number;
    static inline std::vector<std::size_t> seen;
};

BOOST_AUTO_TEST_CASE(constructors_and_destructors_of_elements_may_look_at_the_whole) {
    small<looking> l;
    for (int i = 0; i != 30; ++i) BOOST_TEST(l.emplace_back(l).number == i);
    looking::seen.clear();
    while (l.size() != 20) l.pop_back();
    BOOST_TEST(looking::seen == (std::vector<std::size_t>{29, 28, 27, 26, 25, 24, 23, 22, 21, 20}),
               boost::test_tools::per_element());
    looking::seen.clear();
    l.clear();
    BOOST_TEST(looking::seen == std::vector<std::size_t>(20, 0), boost::test_tools::per_element());
}

/// Neither swappable nor implicitly constructible: what inserting copies may not ask for.
struct unswappable {
    explicit unswappable(int n) : value(n) {}
    explicit unswappable(const unswappable&) = default;
    unswappable& operator=(const unswappable&) = default;
    friend void swap(unswappable&, unswappable&) = delete;
    int value;
};

BOOST_AUTO_TEST_CASE(copies_are_inserted_wherever_and_however_many) {
    for (const int size : {0, 1, 4, 5, 12, 13}) {
        for (int i = 0; i <= size; ++i) {
            for (const std::size_t n : {0u, 1u, 3u, 8u, 30u}) {
                small<unswappable> l;
                std::vector<int> m;
                for (int k = 0; k != size; ++k) {
                    l.emplace_back(k);
                    m.push_back(k);
                }
                const auto at = l.insert(l.begin() + i, n, unswappable(99));
                require_equal(at - l.begin(), static_cast<std::ptrdiff_t>(i));
                m.insert(m.begin() + i, n, 99);
                require_equal(l.size(), m.size());
                for (std::size_t k = 0; k != m.size(); ++k) require_equal(l[k].value, m[k]);
            }
        }
    }
}

/// Counts what is done to make it and to overwrite it.
struct counted {
    counted(int n = 0) : value(n) { ++operations; }
    counted(const counted& other) : value(other.value) { ++operations; }
    counted& operator=(const counted& other) {
        ++operations;
        value = other.value;
        return *this;
    }
    friend bool operator==(const counted& a, const counted& b) { return a.value == b.value; }
    int value;
    static inline int operations = 0;
};

/// Inserts the source before element i of 1,000; what it takes, and what the container holds then.
template <class Container, class Source>
std::pair<int, std::vector<int>> inserted(std::ptrdiff_t i, const Source& source) {
    Container c;
    for (int n = 0; n != 1000; ++n) c.push_back(n);
    const int before = counted::operations;
    const auto at = c.insert(c.begin() + i, source.begin(), source.end());
    const int taken = counted::operations - before;
    require(at - c.begin() == i);
    std::vector<int> values;
    for (const counted& e : c) values.push_back(e.value);
    return {taken, values};
}

template <class Source> void takes_at_most_what_a_deque_takes() {
    for (const int n : {0, 1, 3, 100, 400, 600}) {
        const std::vector<int> numbers(static_cast<std::size_t>(n), -1);
        const Source source(numbers.begin(), numbers.end());
        for (const std::ptrdiff_t i : {500, 600, 900, 999, 1000}) {
            const auto ours = inserted<sequence<counted>>(i, source);
            const auto theirs = inserted<std::deque<counted>>(i, source);
            BOOST_TEST_CONTEXT(n << " before " << i) BOOST_TEST(ours.first <= theirs.first);
            require(ours.second == theirs.second);
        }
    }
}

BOOST_AUTO_TEST_CASE(inserting_a_range_takes_at_most_what_a_deque_takes) {
    takes_at_most_what_a_deque_takes<std::vector<counted>>();
    takes_at_most_what_a_deque_takes<std::list<counted>>();
    takes_at_most_what_a_deque_takes<std::forward_list<counted>>();
    takes_at_most_what_a_deque_takes<sequence<counted>>();
}

/// Refers to an element of another sequence, by an element of the one that it is inserted into.
struct linked {
    explicit linked(int n, const linked* other = nullptr) : number(n), link(other) {}
    tracked number;
    const linked* link;
};

BOOST_AUTO_TEST_CASE(any_view_of_itself_is_inserted_anywhere) {
    const auto insert = [](const auto& view_of) {
        for (const int n : {1, 4, 12, 13}) {
            for (int i = 0; i <= n; ++i) {
                both b(n);
                std::vector<element> copies;
                for (const auto& e : view_of(b.v)) copies.emplace_back(e);
                b.check(b.l.insert_range(b.l.begin() + i, view_of(b.l)),
                        b.v.insert(b.v.begin() + i, copies.begin(), copies.end()));
            }
        }
    };
    insert([](auto& l) { return l | std::views::reverse; });
    insert([](auto& l) { return l | std::views::take(3); });
    insert([](auto& l) { return l | std::views::drop(2); });
    insert([](auto& l) { return l | std::views::filter([](const element& e) { return e.number() % 3 == 1; }); });
    insert([](auto& l) { return l | std::views::transform([](const element& e) { return element(e.number() + 1); }); });
}

BOOST_AUTO_TEST_CASE(elements_of_another_one_are_found_by_those_of_this_one) {
    sequence<linked> others;
    for (int n = 100; n != 110; ++n) others.emplace_back(n);
    for (int i = 0; i <= 10; ++i) {
        small<linked> l;
        for (int n = 0; n != 10; ++n) l.emplace_back(n, &others[static_cast<std::size_t>(n)]);
        const auto others_of_it = l | std::views::transform([](const linked& e) -> const linked& { return *e.link; });
        l.insert_range(l.begin() + i, others_of_it);
        for (int n = 0; n != 20; ++n) {
            const int expected = n < i ? n : n < i + 10 ? 100 + n - i : n - 10;
            require_equal(l[static_cast<std::size_t>(n)].number.number(), expected);
        }
    }
}

BOOST_AUTO_TEST_SUITE_END()
