// Exceptions on the way through an allocator: from its construct, for want of memory, and while elements move from one
// allocator to another.
#include <boost/test/unit_test.hpp>

#include <memory_resource>
#include <new>
#include <string>
#include <utility>

#include "kinds.hpp"
#include "sequence/failures.hpp"

using namespace failures;

BOOST_AUTO_TEST_SUITE(allocator_failures)

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

BOOST_AUTO_TEST_CASE(moving_between_unequal_allocators_leaves_two_usable_lists) {
    int failures = 0;
    for (const int n : {0, 5, 13}) {
        failures += fail_everywhere(
            n,
            [&](failing_one& l, auto&) {
                allocators::account other_account;
                {
                    failing_one other{allocators::counting<tracked>(other_account)};
                    for (int i = 0; i != 10; ++i) other.emplace_back(i);
                    l = std::move(other);
                }
                require(other_account.blocks.empty() && !other_account.mismatched);
            },
            usable);
    }
    BOOST_TEST(failures >= 30);
}

BOOST_AUTO_TEST_SUITE_END()
