// Whatever throws, wherever it throws: nothing leaks, nothing is destroyed twice, and what promises the strong
// guarantee leaves the list as it was.
#include <boost/test/unit_test.hpp>

#include <iterator>
#include <memory_resource>
#include <new>
#include <sstream>
#include <utility>
#include <vector>

#include "lists.hpp"

using namespace lists;

BOOST_AUTO_TEST_SUITE(exceptions)

using list = seg::list<tracked, allocators::counting<tracked>, seg::growth{.first = 4}>;

/// Runs the operation on a list of n elements again and again, with the k-th thing that can throw throwing, for every k
/// until it succeeds. After each failure check(list, notes) decides; returns how often it failed.
template <class Operation, class Check> int fail_everywhere(int n, Operation operation, Check check) {
    int failures = 0;
    for (const bool allocation : {false, true}) {
        for (int k = 0;; ++k) {
            surroundings<list> s;
            list l = s.empty_list();
            s.add(l, 0, n);
            const notes<list> before(l);
            const std::size_t capacity = l.capacity();
            const std::size_t blocks = s.account.blocks.size();
            bool failed = false;
            try {
                if (allocation) {
                    s.account.allocations_until_failure = k;
                    operation(l, s);
                } else {
                    const throw_after t(k);
                    operation(l, s);
                }
            } catch (const injected&) {
                failed = true;
            } catch (const std::bad_alloc&) {
                failed = true;
            }
            s.account.allocations_until_failure = -1;
            if (!failed) break;
            ++failures;
            check(l, before, capacity);
            require(s.account.blocks.size() >= blocks || l.empty());
            // Still as good as any list.
            const auto size = static_cast<int>(l.size());
            s.add(l, size, size + 20);
            require_equal(l.size(), static_cast<std::size_t>(size + 20));
        }
    }
    return failures;
}

/// The strong guarantee: the same elements in the same places, and as much memory.
void unchanged(list& l, const notes<list>& before, std::size_t capacity) {
    before.check(l);
    require_numbers(l, 0, static_cast<int>(before.size()));
    require_equal(l.capacity(), capacity);
}

/// The basic guarantee: a list of live elements.
void usable(list& l, const notes<list>&, std::size_t) {
    std::size_t n = 0;
    for (const tracked& e : l) {
        e.number();
        ++n;
    }
    require_equal(n, l.size());
    l.clear();
}

// With a first segment of 4: empty, a segment begun, full, the next full; with 6 slots in the control block, the table
// is replaced when element 252 is added.
constexpr int sizes[] = {0, 1, 3, 4, 5, 11, 12, 13, 252, 253};

BOOST_AUTO_TEST_CASE(push_back_is_strong) {
    int failures = 0;
    for (const int n : sizes) {
        failures += fail_everywhere(
            n, [](list& l, auto&) { l.emplace_back(7); }, unchanged);
        failures += fail_everywhere(
            n, [value = tracked(7)](list& l, auto&) { l.push_back(value); }, unchanged);
        failures += fail_everywhere(
            n, [](list& l, auto&) { l.push_back(tracked(7)); }, unchanged);
    }
    BOOST_TEST(failures >= 40);
}

BOOST_AUTO_TEST_CASE(push_back_is_strong_with_segments_in_reserve) {
    surroundings<list> s;
    list l = s.empty_list();
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

/// Counts down, then throws.
class failing_resource : public std::pmr::memory_resource {
public:
    int allocations_until_failure = -1;

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        if (allocations_until_failure >= 0 && allocations_until_failure-- == 0) throw std::bad_alloc();
        return std::pmr::new_delete_resource()->allocate(bytes, alignment);
    }
    void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override {
        std::pmr::new_delete_resource()->deallocate(p, bytes, alignment);
    }
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }
};

// std::pmr::string's move constructor never throws, but the allocator hands its own resource on, and then it does.
BOOST_AUTO_TEST_CASE(push_back_is_strong_where_only_the_allocators_construct_throws) {
    failing_resource resource;
    for (const int n : {0, 1, 2, 6, 14}) {
        for (int k = 0; k != 3; ++k) {
            seg::pmr::list<std::pmr::string> l(&resource);
            for (int i = 0; i != n; ++i) l.emplace_back(make<std::string>(i));
            std::pmr::string value("a string that is too long for the small buffer");
            resource.allocations_until_failure = k;
            bool failed = false;
            try {
                l.push_back(std::move(value));
            } catch (const std::bad_alloc&) {
                failed = true;
            }
            resource.allocations_until_failure = -1;
            BOOST_TEST((failed || k != 0));
            BOOST_TEST(l.size() == static_cast<std::size_t>(n) + !failed);
            BOOST_TEST((l.end() - l.begin() == static_cast<std::ptrdiff_t>(l.size())));
            int next = 0;
            for (const std::pmr::string& s : l)
                if (next != n) require_equal(number(std::string(s)), next++);
            l.emplace_back("x");
            BOOST_TEST(l.back() == "x");
        }
    }
}

BOOST_AUTO_TEST_CASE(reserve_is_strong) {
    int failures = 0;
    for (const int n : sizes)
        failures += fail_everywhere(
            n, [](list& l, auto&) { l.reserve(l.size() + 1000); }, unchanged);
    BOOST_TEST(failures >= 40);
}

// The table may be replaced before the failure, more than once: the list must not go on with the old one.
BOOST_AUTO_TEST_CASE(a_failure_after_the_table_was_replaced_loses_nothing) {
    using many_segments = seg::list<int, allocators::counting<int>, seg::growth{.first = 1, .limit = 1}>;
    for (int k = 0; k != 60; ++k) {
        allocators::account account;
        many_segments l{allocators::counting<int>(account)};
        for (int n = 0; n != 12; ++n) l.push_back(n);
        const notes<many_segments> before(l);
        account.allocations_until_failure = k;
        BOOST_CHECK_THROW(l.reserve(100), std::bad_alloc);
        account.allocations_until_failure = -1;
        before.check(l);
        require_numbers(l, 0, 12);
        BOOST_TEST(l.capacity() == 12u);
        account.allocations_until_failure = k;
        BOOST_CHECK_THROW(l.resize(100), std::bad_alloc);
        account.allocations_until_failure = -1;
        before.check(l);
        l.push_back(12);
        require_numbers(l, 0, 13);
    }
}

BOOST_AUTO_TEST_CASE(try_push_back_is_strong_where_the_constructor_throws) {
    int failures = 0;
    for (const int n : sizes)
        failures += fail_everywhere(
            n,
            [](list& l, auto&) {
                if (l.try_emplace_back(7) == nullptr) throw std::bad_alloc();
            },
            unchanged);
    BOOST_TEST(failures >= 15);
}

BOOST_AUTO_TEST_CASE(growing_resize_is_strong) {
    int failures = 0;
    for (const int n : sizes) {
        failures += fail_everywhere(
            n, [](list& l, auto&) { l.resize(l.size() + 30); }, unchanged);
        failures += fail_everywhere(
            n, [value = tracked(7)](list& l, auto&) { l.resize(l.size() + 30, value); }, unchanged);
    }
    BOOST_TEST(failures >= 600);
}

BOOST_AUTO_TEST_CASE(construction_leaves_nothing_behind) {
    int failures = 0;
    failures += fail_everywhere(
        0, [](list&, auto& s) { const list l(30, s.get()); }, unchanged);
    failures += fail_everywhere(
        0, [](list&, auto& s) { const list l(30, tracked(1), s.get()); }, unchanged);
    failures += fail_everywhere(
        30, [](list& l, auto&) { const list copy(l); }, unchanged);
    failures += fail_everywhere(
        30, [](list& l, auto& s) { const list copy(l.begin(), l.end(), s.get()); }, unchanged);
    failures += fail_everywhere(
        0,
        [](list&, auto& s) {
            std::istringstream words("1 2 3 4 5 6 7 8 9 10 11 12");
            // Input iterators: how many there are turns out on the way.
            const seg::list<std::string, allocators::counting<std::string>> l(
                std::istream_iterator<std::string>(words), std::istream_iterator<std::string>(),
                allocators::counting<std::string>(s.account));
        },
        unchanged);
    BOOST_TEST(failures >= 120);
}

BOOST_AUTO_TEST_CASE(assignment_leaves_a_usable_list) {
    int failures = 0;
    std::vector<tracked> source;
    for (int n = 0; n != 20; ++n) source.emplace_back(n);
    for (const int n : sizes) {
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.assign(source.begin(), source.end()); }, usable);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.assign(20, source[3]); }, usable);
        failures += fail_everywhere(
            n,
            [&](list& l, auto& s) {
                list other(source.begin(), source.end(), s.get());
                l = other;
            },
            usable);
    }
    BOOST_TEST(failures >= 600);
}

BOOST_AUTO_TEST_CASE(append_range_and_inserting_at_the_end_are_strong) {
    int failures = 0;
    std::vector<tracked> source;
    for (int n = 0; n != 20; ++n) source.emplace_back(n);
    for (const int n : sizes) {
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.append_range(source); }, unchanged);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.append_range(l); }, unchanged);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.insert(l.end(), source[3]); }, unchanged);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.insert(l.end(), source.begin(), source.end()); }, unchanged);
        failures += fail_everywhere(
            n,
            [&](list& l, auto&) {
                std::vector<tracked> copy = source; // to be moved from
                l.insert(l.end(), std::move_iterator(copy.begin()), std::move_iterator(copy.end()));
            },
            unchanged);
    }
    BOOST_TEST(failures >= 600);
}

BOOST_AUTO_TEST_CASE(inserting_and_erasing_in_the_middle_leave_a_usable_list) {
    int failures = 0;
    std::vector<tracked> source;
    for (int n = 0; n != 10; ++n) source.emplace_back(n);
    const seg::list<tracked> other(source.begin(), source.end());
    for (const int n : {3, 4, 5, 11, 12, 13}) {
        const auto middle = [](list& l) { return l.begin() + static_cast<std::ptrdiff_t>(l.size() / 2); };
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.insert(middle(l), source[3]); }, usable);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.emplace(middle(l), 7); }, usable);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.insert(middle(l), 20, source[3]); }, usable);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.insert(middle(l), source.begin(), source.end()); }, usable);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.insert(middle(l), other.begin(), other.end()); }, usable);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.insert(middle(l), l.begin(), l.end()); }, usable);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.erase(middle(l)); }, usable);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { l.erase(l.begin() + 1, middle(l)); }, usable);
        failures += fail_everywhere(
            n, [&](list& l, auto&) { erase_if(l, [](const tracked& e) { return e.number() % 2 == 0; }); }, usable);
    }
    BOOST_TEST(failures >= 300);
}

BOOST_AUTO_TEST_CASE(moving_between_unequal_allocators_leaves_two_usable_lists) {
    int failures = 0;
    for (const int n : {0, 5, 13}) {
        failures += fail_everywhere(
            n,
            [&](list& l, auto&) {
                allocators::account other_account;
                {
                    list other{allocators::counting<tracked>(other_account)};
                    for (int i = 0; i != 10; ++i) other.emplace_back(i);
                    l = std::move(other);
                }
                require(other_account.blocks.empty() && !other_account.mismatched);
            },
            usable);
    }
    BOOST_TEST(failures >= 30);
}

BOOST_AUTO_TEST_CASE(a_comparison_that_throws_leaves_both_lists_alone) {
    struct touchy {
        int n;
        static bool compared(bool result) {
            may_throw();
            return result;
        }
        bool operator==(const touchy& other) const { return compared(n == other.n); }
        bool operator<(const touchy& other) const { return compared(n < other.n); }
    };
    const seg::list<touchy> a{{1}, {2}, {3}}, b{{1}, {2}, {4}};
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
}

BOOST_AUTO_TEST_CASE(an_iterator_that_throws_leaves_the_list_as_it_was) {
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
        seg::list<int> l{1, 2, 3};
        BOOST_CHECK_THROW(l.assign(throwing_iterator{0, limit}, throwing_iterator{40, 0}), injected);
        BOOST_TEST(l.size() <= 3u);
        BOOST_CHECK_THROW((seg::list<int>(throwing_iterator{0, limit}, throwing_iterator{40, 0})), injected);
    }
}

BOOST_AUTO_TEST_SUITE_END()
