// AddressSanitizer reports an access to memory of a list that holds no element.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <new>

#include "sanitizer.hpp"

#include "kinds.hpp"
#include "sequence/poisoned.hpp"

using namespace kinds;

BOOST_AUTO_TEST_SUITE(poisoning)

/// Every element may be used, and nothing between the last one and the end of its segment.
template <class List> void require_exact(const List& l, std::size_t segment_end) {
    for (const auto& e : l) require(!poisoned(&e));
    if (l.empty()) return;
    const auto run = l.segments().end()[-1];
    for (std::size_t i = l.size(); i < segment_end; ++i)
        require_equal(poisoned(run.data() + run.size() + (i - l.size())), sanitized);
}

/// The segment of the last element ends at this index.
template <class List> std::size_t end_of_segment(std::size_t size, std::size_t first) {
    std::size_t end = first;
    while (end < size) end += first *= 2;
    return end;
}

template <class List> void exercise(List& l, std::size_t first) {
    change_all_over(l, [&] { require_exact(l, end_of_segment<List>(l.size(), first)); });
}

BOOST_AUTO_TEST_CASE(the_unused_rest_of_the_last_segment_is_poisoned) {
    growing<int, 8> numbers;
    exercise(numbers, 8);
    growing<std::string, 4> strings;
    exercise(strings, 4);
    growing<char, 8> bytes;
    bytes.resize(8 + 3);
    BOOST_TEST(!poisoned(&bytes[10]));
    BOOST_TEST(poisoned(&bytes[10] + 1) == sanitized);
    allocators::account account;
    seg::list<long, allocators::counting<long>, seg::growth{.first = 2}> counted{allocators::counting<long>(account)};
    exercise(counted, 2);
}

/// Gives out parts of one buffer and looks at what comes back.
template <class T> struct inspecting_allocator {
    using value_type = T;
    inspecting_allocator(std::byte*& next, bool& clean) : next_(&next), clean_(&clean) {}
    template <class U>
    inspecting_allocator(const inspecting_allocator<U>& other) noexcept : next_(other.next_), clean_(other.clean_) {}
    T* allocate(std::size_t n) {
        T* const p = reinterpret_cast<T*>(*next_);
        *next_ += n * sizeof(T);
        return p;
    }
    void deallocate(T* p, std::size_t n) noexcept {
        for (std::size_t i = 0; i != n * sizeof(T); ++i)
            if (poisoned(reinterpret_cast<std::byte*>(p) + i)) *clean_ = false;
    }
    friend bool operator==(const inspecting_allocator&, const inspecting_allocator&) { return true; }
    std::byte** next_;
    bool* clean_;
};

BOOST_AUTO_TEST_CASE(memory_is_given_back_unpoisoned) {
    alignas(64) static std::byte buffer[65536];
    std::byte* next = buffer;
    bool clean = true;
    {
        seg::list<long, inspecting_allocator<long>> l{inspecting_allocator<long>(next, clean)};
        for (long n = 0; n != 1000; ++n) l.push_back(n);
        BOOST_TEST(poisoned(&l.back() + 1) == sanitized);
        l.resize(100);
        l.shrink_to_fit();
        BOOST_TEST(clean);
    }
    BOOST_TEST(clean);
    for (const std::byte& b : buffer) require(!poisoned(&b));
}

BOOST_AUTO_TEST_CASE(an_arena_allocates_again_what_a_list_had_that_was_never_destroyed) {
    using list = seg::arena_list<long>;
    seg::arena arena;
    alignas(list) std::byte place[sizeof(list)];
    list& l = *::new (static_cast<void*>(place)) list(arena);
    for (long n = 0; n != 100; ++n) l.push_back(n);
    BOOST_TEST(poisoned(&l.back() + 1) == sanitized);
    arena.reset();
    BOOST_TEST(!any_poisoned(arena.allocate(3'000, 8), 3'000));
}

BOOST_AUTO_TEST_SUITE_END()
