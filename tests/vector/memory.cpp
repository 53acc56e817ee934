// A vector reserves addresses once and commits memory as it grows: what its options say, and what it throws when the
// system grants neither.
#include <sys/mman.h>
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <fstream>
#include <limits>
#include <memory>
#include <new>
#include <optional>
#include <stdexcept>
#include <string>
#include <utility>
#include <vector>

#include "address_space.hpp"
#include "child.hpp"
#include "huge_pages.hpp"
#include "sanitizer.hpp"

#include "kinds.hpp"

using namespace kinds;

namespace {

using namespace observation;
using seg::pinned_options;
using seg::pinned_vector;

constexpr std::size_t by_default = std::size_t{64} << 30;

/// How many calls of that kind the action makes.
template <class Action> std::size_t calls_of(kernel::call which, Action action) {
    constexpr std::size_t many = 1'000'000;
    kernel::refuse(which, many);
    action();
    const std::size_t made = many - seg::sys::refuse.after;
    kernel::refuse_nothing();
    return made;
}

} // namespace

BOOST_AUTO_TEST_SUITE(memory)

BOOST_AUTO_TEST_CASE(an_empty_vector_has_neither_addresses_nor_memory) {
    const std::size_t before = mapped_bytes();
    pinned_vector<long> v({.max_size = 1000}), other;
    v.swap(other);
    pinned_vector<long> moved = std::move(v);
    moved.clear();
    moved.shrink_to_fit();
    moved.reserve(0);
    BOOST_TEST(moved.data() == nullptr);
    BOOST_TEST(moved.capacity() == 0u);
    BOOST_TEST(moved.max_size() == by_default / sizeof(long));
    BOOST_TEST(other.max_size() == 1000u);
    BOOST_TEST(mapped_bytes() == before);
}

BOOST_AUTO_TEST_CASE(addresses_are_reserved_once_and_given_back_at_the_end, *boost::unit_test::label("kernel")) {
    const std::size_t before = mapped_bytes();
    {
        pinned_vector<long> v;
        v.push_back(0);
        const std::size_t reserved = mapped_bytes();
        BOOST_TEST(reserved >= before + by_default);
        BOOST_TEST(reserved <= before + by_default + (std::size_t{2} << 20));
        for (long n = 1; n != 1'000'000; ++n) v.push_back(n);
        BOOST_TEST(mapped_bytes() == reserved);
        pinned_vector<long> moved = std::move(v);
        BOOST_TEST(mapped_bytes() == reserved);
        moved.clear();
        BOOST_TEST(moved.capacity() >= 1'000'000u);
        moved.shrink_to_fit();
        BOOST_TEST(moved.capacity() == 0u);
        BOOST_TEST(mapped_bytes() == before);
        moved.push_back(1);
    }
    BOOST_TEST(mapped_bytes() == before);
}

BOOST_AUTO_TEST_CASE(a_vector_is_three_mappings_or_two, *boost::unit_test::label("kernel")) {
    // The process keeps a page that tells it from its children, from the first time on that it is asked for.
    { const pinned_vector<char> first(1, 'a', pinned_options{.fork = seg::fork_policy::exclude}); }
    const auto mappings_of = [](pinned_options options) {
        const std::size_t before = mappings();
        pinned_vector<char> v(options);
        v.resize(10'000'000);
        return mappings() - before;
    };
    using enum seg::page_kind;
    BOOST_TEST(mappings_of({}) <= 3u);
    BOOST_TEST(mappings_of({.pages = normal}) <= 2u);
    BOOST_TEST(mappings_of({.pages = huge}) <= 2u);
    BOOST_TEST(mappings_of({.fork = seg::fork_policy::exclude}) <= 4u);
}

BOOST_AUTO_TEST_CASE(memory_is_committed_in_growing_steps, *boost::unit_test::label("kernel")) {
    pinned_vector<long> v;
    int steps = 0;
    std::size_t capacity = 0;
    for (long n = 0; n != 10'000'000; ++n) {
        v.push_back(n);
        if (v.capacity() == capacity) continue;
        ++steps;
        capacity = v.capacity();
    }
    BOOST_TEST(steps <= 12);
    BOOST_TEST(capacity <= 20'000'000u + (std::size_t{2} << 20) / sizeof(long));
}

BOOST_AUTO_TEST_CASE(whole_elements_fit_whatever_their_size) {
    const auto check = []<std::size_t Bytes>(std::integral_constant<std::size_t, Bytes>) {
        struct odd {
            std::array<char, Bytes> bytes;
        };
        for (const std::size_t most : {std::size_t{0}, std::size_t{3}, std::size_t{1000}}) {
            pinned_vector<odd> v(pinned_options{.max_size = most});
            for (std::size_t n = 0; n != (most == 0 ? 200 : most); ++n) {
                v.emplace_back().bytes.fill(static_cast<char>(n));
                require(v.capacity() >= v.size());
                if (most != 0) require(v.capacity() <= most);
            }
            v.reserve(v.capacity());
            v.resize(v.capacity());
            for (odd& e : v) e.bytes.front() = e.bytes.back() = 1; // all of it can be written to
            v.shrink_to_fit();
            v.resize(std::min<std::size_t>(v.size(), 2));
            v.shrink_to_fit();
            require_equal(v.capacity(),
                          std::min(most == 0 ? v.max_size() : most, most_capacity<pinned_vector<odd>>(2)));
            v.resize(v.max_size() < 300 ? v.max_size() : 300);
            for (odd& e : v) e.bytes.front() = e.bytes.back() = 1;
        }
    };
    check(std::integral_constant<std::size_t, 1>());
    check(std::integral_constant<std::size_t, 24>());
    check(std::integral_constant<std::size_t, 4095>());
    check(std::integral_constant<std::size_t, 5000>());
    check(std::integral_constant<std::size_t, 70'000>());
}

BOOST_AUTO_TEST_CASE(there_are_at_most_max_size_elements) {
    for (const std::size_t most : {1u, 7u, 1000u, 100'000u}) {
        pinned_vector<int> v(pinned_options{.max_size = most});
        BOOST_TEST(v.max_size() == most);
        for (std::size_t n = 0; n != most; ++n) v.push_back(static_cast<int>(n));
        const notes before(v);
        BOOST_CHECK_THROW(v.push_back(1), std::length_error);
        BOOST_CHECK_THROW(v.resize(most + 1), std::length_error);
        BOOST_CHECK_THROW(v.resize(std::numeric_limits<std::size_t>::max(), 3), std::length_error);
        BOOST_CHECK_THROW(v.reserve(most + 1), std::length_error);
        BOOST_CHECK_THROW(v.insert(v.begin(), 1), std::length_error);
        BOOST_CHECK_THROW(v.append_range(std::vector<int>(1)), std::length_error);
        BOOST_CHECK_THROW(v.append_range(v), std::length_error);
        BOOST_TEST(v.try_push_back(1) == nullptr);
        before.check(v);
        BOOST_TEST(v.size() == most);
        BOOST_TEST(v.capacity() == most);
    }
}

BOOST_AUTO_TEST_CASE(what_cannot_be_inserted_is_not_moved_from) {
    pinned_vector<std::unique_ptr<int>> v({.max_size = 1});
    v.push_back(nullptr);
    auto value = std::make_unique<int>(3);
    BOOST_CHECK_THROW(v.insert(v.begin(), std::move(value)), std::length_error);
    BOOST_TEST(v.try_push_back(std::move(value)) == nullptr);
    BOOST_TEST(value != nullptr);
}

BOOST_AUTO_TEST_CASE(more_than_there_can_be_is_refused) {
    pinned_vector<long> v(pinned_options{.max_size = std::numeric_limits<std::size_t>::max()});
    BOOST_TEST(v.max_size() <= static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max()) / sizeof(long));
    BOOST_CHECK_THROW(v.push_back(1), std::bad_alloc);
    BOOST_TEST(v.try_push_back(1) == nullptr);
    BOOST_TEST(v.empty());
    pinned_vector<long> other;
    BOOST_CHECK_THROW(other.reserve(other.max_size() + 1), std::length_error);
    BOOST_CHECK_THROW(pinned_vector<long>(other.max_size() + 1), std::length_error);
    BOOST_TEST(other.data() == nullptr);
}

BOOST_AUTO_TEST_CASE(what_is_behind_the_capacity_is_a_fault) {
    pinned_vector<char> v{'a'};
    char* const end = v.data() + v.capacity();
    BOOST_TEST(!child::faults(end - 1));
    BOOST_TEST(child::faults(end));
    v.resize(10'000'000);
    BOOST_TEST(!child::faults(end));
    v.resize(1);
    v.shrink_to_fit();
    BOOST_TEST(v.capacity() == page);
    BOOST_TEST(child::faults(v.data() + page));
    v.resize(10'000'000);
    BOOST_TEST(std::ranges::count(v, '\0') == 9'999'999); // 'a' and fresh pages
}

BOOST_AUTO_TEST_CASE(what_is_behind_a_full_vector_is_a_fault_beside_others_too) {
    for (const std::size_t most : {page, 2 * page, std::size_t{6} << 20}) {
        std::vector<pinned_vector<char>> all(10);
        for (auto& v : all) v = pinned_vector<char>(most, 'a', {.max_size = most});
        for (auto& v : all) {
            BOOST_TEST(v.capacity() == most);
            BOOST_TEST(child::faults(v.data() + most));
        }
    }
}

BOOST_AUTO_TEST_CASE(the_system_is_called_as_seldom_as_promised, *boost::unit_test::label("kernel")) {
    { const pinned_vector<long> named(1); } // a kernel without names is asked once
    std::size_t first = 0, doubling = 0, end = 0;
    using enum kernel::call;
    for (const kernel::call which : {mmap, munmap, mprotect, madvise, mremap, prctl}) {
        std::optional<pinned_vector<long>> v(std::in_place);
        first += calls_of(which, [&] { v->push_back(1); });
        v->resize(v->capacity());
        doubling += calls_of(which, [&] { v->push_back(1); });
        end += calls_of(which, [&] { v.reset(); });
    }
    BOOST_TEST(first >= 3u);
    BOOST_TEST(first <= 7u);
    BOOST_TEST(doubling == 1u);
    BOOST_TEST(end == 1u);
}

BOOST_AUTO_TEST_CASE(huge_pages_are_asked_for_as_the_options_say, *boost::unit_test::label("kernel")) {
    constexpr std::size_t mib = std::size_t{1} << 20;
    const pinned_vector<char> automatic(4 * mib), huge(1, 'a', {.pages = seg::page_kind::huge});
    const pinned_vector<char> normal(4 * mib, 'a', {.pages = seg::page_kind::normal});
    BOOST_TEST(may_be_huge(automatic.data() + 3 * mib) == system_has_huge_pages());
    BOOST_TEST(may_be_huge(huge.data()) == system_has_huge_pages());
    BOOST_TEST(!may_be_huge(normal.data() + 3 * mib));
}

// The system does not drop them, and what is committed anew has to be zero.
BOOST_AUTO_TEST_CASE(pages_that_are_locked_stay_memory, *boost::unit_test::label("kernel")) {
    pinned_vector<char> v(16 * page, 'a');
    const std::size_t capacity = v.capacity();
    BOOST_REQUIRE(::syscall(SYS_mlock, v.data(), v.size()) == 0); // a sanitizer's mlock does nothing
    v.resize(1);
    v.shrink_to_fit();
    BOOST_TEST(v.capacity() == capacity);
    BOOST_REQUIRE(::syscall(SYS_munlock, v.data(), 16 * page) == 0);
    v.shrink_to_fit();
    BOOST_TEST(v.capacity() == page);
    v.resize(16 * page);
    BOOST_TEST(std::ranges::count(v, '\0') == static_cast<std::ptrdiff_t>(16 * page) - 1);
}

BOOST_AUTO_TEST_CASE(pushing_and_popping_around_a_growth_asks_the_system_once) {
    pinned_vector<long> v;
    v.push_back(0);
    v.resize(v.capacity());
    v.push_back(0);
    const std::size_t capacity = v.capacity();
    for (int round = 0; round != 100; ++round) {
        v.pop_back();
        v.pop_back();
        v.resize(v.size() + 2);
        BOOST_REQUIRE(v.capacity() == capacity);
    }
}

BOOST_AUTO_TEST_CASE(default_initialised_elements_touch_no_page, *boost::unit_test::label("kernel")) {
    pinned_vector<long> v(pinned_options{.pages = seg::page_kind::normal});
    v.resize(10'000'000, seg::default_init);
    BOOST_TEST(!is_resident(&v[5'000'000], &v[5'000'001]));
    const pinned_vector<int> made(100, seg::default_init);
    BOOST_TEST(made.size() == 100u);
}

BOOST_AUTO_TEST_CASE(memory_becomes_resident_when_the_options_say, *boost::unit_test::label("kernel")) {
    pinned_vector<char> by_step(pinned_options{.prefault = seg::prefault_policy::next_block});
    for (int n = 0; n != 3; ++n) {
        by_step.resize(by_step.capacity() + 1, seg::default_init);
        BOOST_TEST(is_resident(by_step.data(), by_step.data() + by_step.capacity()));
    }
    pinned_vector<char> all({.max_size = 5'000'000, .prefault = seg::prefault_policy::all});
    all.push_back('a');
    BOOST_TEST(all.capacity() == 5'000'000u);
    BOOST_TEST(is_resident(all.data(), all.data() + all.capacity()));
}

// So that they need not be split: the first ones are small, the others begin where a huge page can.
BOOST_AUTO_TEST_CASE(steps_end_where_huge_pages_do, *boost::unit_test::label("kernel")) {
    for (const auto policy : {seg::fork_policy::inherit, seg::fork_policy::wipe, seg::fork_policy::exclude}) {
        pinned_vector<char> v(pinned_options{.fork = policy});
        v.push_back('a');
        while (v.capacity() < std::size_t{100} << 20) {
            v.resize(v.capacity() + 1, seg::default_init);
            if (v.capacity() >= std::size_t{512} << 10)
                BOOST_TEST(is_aligned(v.data() + v.capacity(), std::size_t{2} << 20));
        }
        pinned_vector<char> huge(1, 'a', {.pages = seg::page_kind::huge, .fork = policy});
        BOOST_TEST(is_aligned(huge.data(), std::size_t{2} << 20));
    }
}

BOOST_AUTO_TEST_CASE(huge_pages_begin_with_the_first_element) {
    const pinned_vector<char> v(1, 'a', {.pages = seg::page_kind::huge});
    BOOST_TEST(is_aligned(v.data(), std::size_t{2} << 20));
    BOOST_TEST(v.capacity() == std::size_t{2} << 20);
    const pinned_vector<page_aligned> aligned(10);
    BOOST_TEST(is_aligned(&aligned[7], 4096));
}

BOOST_AUTO_TEST_CASE(a_thousand_vectors_fit_into_the_addresses, *boost::unit_test::label("kernel")) {
    std::vector<pinned_vector<int>> all(sanitized ? 100 : 1000);
    for (auto& v : all) v.assign(10, 7);
    for (auto& v : all) BOOST_REQUIRE(v[9] == 7);
}

BOOST_AUTO_TEST_CASE(options_go_with_the_memory_and_stay_where_elements_are_copied) {
    pinned_vector<int> a({.max_size = 10}), b({.max_size = 20});
    a = {1, 2};
    b = a;
    BOOST_TEST(b.max_size() == 20u);
    const pinned_vector<int> copy = a;
    BOOST_TEST(copy.max_size() == 10u);
    const pinned_vector<int> other(a, {.max_size = 30});
    BOOST_TEST(other.max_size() == 30u);
    BOOST_TEST((other == a));
    a.swap(b);
    BOOST_TEST(a.max_size() == 20u);
    b = std::move(a);
    BOOST_TEST(b.max_size() == 20u);
    BOOST_TEST(b.options().max_size == 20u);
    BOOST_TEST(a.max_size() == 20u); // as good as new
}

BOOST_AUTO_TEST_CASE(where_the_system_limits_addresses_fewer_are_reserved, *boost::unit_test::label("kernel")) {
    constexpr std::size_t room = std::size_t{1} << 30;
    const int failed_step = child::status([&] {
        if (!child::limit(RLIMIT_AS, mapped_bytes() + room)) return 1;
        {
            pinned_vector<long> v;
            for (long n = 0; n != 1'000'000; ++n) v.push_back(n);
            if (v.max_size() * sizeof(long) > room || v.max_size() * sizeof(long) < room / 8) return 2;
            for (long n = 0; n != 1'000'000; ++n)
                if (v[static_cast<std::size_t>(n)] != n) return 3;
            try {
                v.reserve(v.max_size() + 1);
                return 4;
            } catch (const std::length_error&) {}
        }
        pinned_vector<long> exact(pinned_options{.max_size = 2 * room / sizeof(long)}), large;
        if (exact.try_push_back(1) != nullptr) return 5; // no fewer than were asked for
        try {
            large.reserve(2 * room / sizeof(long)); // more than there is in any case
            return 6;
        } catch (const std::bad_alloc&) {}
        return large.data() == nullptr ? 0 : 7;
    });
    BOOST_TEST(failed_step == 0);
}

// As a system does that grants no more memory than it has (vm.overcommit_memory = 2): the addresses are there, and
// making memory of them is refused.
BOOST_AUTO_TEST_CASE(where_the_system_limits_memory_nothing_is_lost, *boost::unit_test::label("kernel")) {
    const int failed_step = child::status([] {
        pinned_vector<char> v;
        v.resize(1'000'000, 'a');
        const char* const first = v.data();
        const std::size_t capacity = v.capacity();
        if (!child::limit(RLIMIT_DATA, page)) return 1;
        v.resize(capacity, 'b');
        if (v.try_push_back('c') != nullptr) return 2;
        try {
            v.resize(100'000'000);
            return 3;
        } catch (const std::bad_alloc&) {}
        pinned_vector<char> other;
        if (other.try_push_back('c') != nullptr || other.data() != nullptr) return 4;
        if (v.data() != first || v.size() != capacity || v.capacity() != capacity) return 5;
        v.resize(500'000);
        v.shrink_to_fit();
        if (v.capacity() >= 600'000) return 6;
        if (!child::limit(RLIMIT_DATA, RLIM_INFINITY)) return 7;
        v.resize(100'000'000, 'd');
        return v[0] == 'a' && v.back() == 'd' ? 0 : 8;
    });
    BOOST_TEST(failed_step == 0);
}

// The system grants less than doubling, and a few pages more serve as well.
BOOST_AUTO_TEST_CASE(where_memory_is_short_steps_are_smaller, *boost::unit_test::label("kernel")) {
    const int failed_step = child::status([] {
        pinned_vector<char> v;
        v.resize(std::size_t{8} << 20, 'a');
        const std::size_t capacity = v.capacity();
        std::ifstream status("/proc/self/status");
        std::string word;
        while (status >> word && word != "VmData:") {}
        std::size_t kilobytes = 0;
        if (!(status >> kilobytes)) return 4;
        if (!child::limit(RLIMIT_DATA, kilobytes * 1024 + (std::size_t{1} << 20))) return 1;
        v.resize(capacity, 'b');
        if (v.try_push_back('c') == nullptr) return 2;
        return v.capacity() <= capacity + (std::size_t{2} << 20) ? 0 : 3;
    });
    BOOST_TEST(failed_step == 0);
}

BOOST_AUTO_TEST_CASE(a_child_process_finds_what_the_options_say, *boost::unit_test::label("kernel")) {
    static int destroyed;
    struct counted {
        long value = 7;
        ~counted() { ++destroyed; }
    };
    using seg::fork_policy;
    for (const fork_policy policy : {fork_policy::inherit, fork_policy::exclude, fork_policy::wipe}) {
        const pinned_options options{.fork = policy};
        pinned_vector<counted> v(100'000, options), other(10, options), third(10, options);
        const int inherited = policy == fork_policy::inherit ? 10 : 0;
        destroyed = 0;
        const int failed_step = child::status([&] {
            if (policy == fork_policy::inherit && v[99'999].value != 7) return 1;
            if (policy == fork_policy::wipe && v[99'999].value != 0) return 2;
            v.clear();
            if (destroyed != (policy == fork_policy::inherit ? 100'000 : 0)) return 3;
            v.resize(10); // as good as new
            if (v[9].value != 7) return 4;
            destroyed = 0;
            v.clear();
            if (destroyed != 10) return 5;
            destroyed = 0;
            other = pinned_vector<counted>();
            if (destroyed != inherited) return 6;
            destroyed = 0;
            third = {};
            return destroyed == inherited && third.empty() ? 0 : 7;
        });
        BOOST_TEST(failed_step == 0);
        BOOST_TEST(v[99'999].value == 7);
        BOOST_TEST(v.capacity() >= 100'000u);
    }
}

BOOST_AUTO_TEST_CASE(a_child_unmaps_nothing_that_lies_in_the_place_of_what_it_does_not_have,
                     *boost::unit_test::label("kernel")) {
    pinned_vector<char> v({.max_size = 64 * page, .fork = seg::fork_policy::exclude});
    v.resize(32 * page);
    const int failed_step = child::status([&] {
        char* const place = v.data() + 4 * page;
        void* const own =
            ::mmap(place, page, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS | MAP_FIXED_NOREPLACE, -1, 0);
        if (own != place) return 1;
        make_poisoned(own, page);
        v = pinned_vector<char>();
        if (!is_mapped(own)) return 2;
        return poisoned(own) == sanitized ? 0 : 3; // nor is anything said of it to AddressSanitizer
    });
    BOOST_TEST(failed_step == 0);
}

BOOST_AUTO_TEST_SUITE_END()
