// A million rounds take no more memory than ten: neither resident pages nor addresses.
#include <fcntl.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <array>
#include <chrono>
#include <cstddef>
#include <cstdlib>

#include "address_space.hpp"
#include "sanitizer.hpp"

import seg.arena;

namespace {

using namespace observation;
using seg::arena;
using seg::arena_options;

struct memory {
    std::size_t mapped;
    std::size_t resident;
};

memory memory_of_process() {
    std::array<char, 64> text{};
    const int file = ::open("/proc/self/statm", O_RDONLY);
    const ssize_t length = ::read(file, text.data(), text.size() - 1);
    ::close(file);
    BOOST_REQUIRE(length > 0);
    char* rest = nullptr;
    const std::size_t mapped = std::strtoull(text.data(), &rest, 10) * page;
    return {mapped, std::strtoull(rest, nullptr, 10) * page};
}

// A million rounds, or as many as these seconds allow: a sanitizer takes its time.
constexpr int all_rounds = 1'000'000;
constexpr std::chrono::seconds enough(4);

/// The kernel's count of what is resident lags behind by what each processor has not reported yet. AddressSanitizer has
/// stacks of its own, which it uses in turn until all have been used.
constexpr std::size_t unreported = std::size_t{sanitized ? 32 : 1} << 20;

template <class Round> void check_no_growth(Round round) {
    for (int i = 0; i != 10; ++i) round(i);
    const memory before = memory_of_process();
    const auto deadline = std::chrono::steady_clock::now() + enough;
    int rounds = 10;
    do {
        for (int i = 0; i != 1000; ++i) round(rounds++);
    } while (rounds < all_rounds && std::chrono::steady_clock::now() < deadline);
    const memory after = memory_of_process();
    BOOST_TEST_MESSAGE(rounds << " rounds");
    BOOST_TEST(after.mapped == before.mapped);
    BOOST_TEST(after.resident < before.resident + unreported);
}

// A few kilobytes in pieces of several sizes, now and then more than a block holds.
void build(arena& a, int round) {
    const auto n = static_cast<std::size_t>(round);
    for (std::size_t i = 0; i != 12; ++i) {
        auto* const p = static_cast<std::byte*>(a.allocate(1 + (n * 31 + i * 97) % 300, std::size_t{1} << (i % 7)));
        *p = std::byte{1};
    }
    if (n % 10 == 9) static_cast<std::byte*>(a.allocate(50'000, 8))[49'999] = std::byte{1};
}

} // namespace

BOOST_AUTO_TEST_SUITE(soak)

BOOST_AUTO_TEST_CASE(building_and_resetting_does_not_grow) {
    arena a({.first_block = page});
    check_no_growth([&a](int round) {
        build(a, round);
        a.reset();
    });
    BOOST_TEST(a.stats().used == 0u);
}

BOOST_AUTO_TEST_CASE(building_and_rewinding_does_not_grow) {
    arena a({.first_block = page});
    build(a, 0);
    const auto used = a.stats().used;
    check_no_growth([&a](int round) {
        const auto mark = a.mark();
        build(a, round);
        a.rewind(mark);
        const seg::arena_scope scope(a);
        build(a, round + 1);
    });
    BOOST_TEST(a.stats().used == used);
}

BOOST_AUTO_TEST_CASE(making_and_dropping_arenas_does_not_grow) {
    std::array<std::byte, 1000> buffer;
    check_no_growth([&buffer](int round) {
        arena a({.first_block = page, .guard = round % 3 == 0, .protect = round % 5 == 0, .buffer = buffer});
        // Mostly the buffer suffices; a mapping, its pages and their end take a thousand times as long.
        if (round % 20 == 0) build(a, 9);
        else static_cast<std::byte*>(a.allocate(100))[99] = std::byte{1};
        if (round % 40 == 0) a.release();
    });
}

BOOST_AUTO_TEST_CASE(taking_back_and_allocating_again_does_not_grow) {
    arena a({.first_block = page});
    static_cast<void>(a.allocate(1));
    const auto used = a.stats().used;
    check_no_growth([&a](int round) {
        const auto bytes = static_cast<std::size_t>(round % 5000 + 1);
        void* const p = a.allocate(16, 16);
        const bool grown = a.try_extend(p, 16, bytes);
        a.deallocate(p, grown ? bytes : 16, 16);
    });
    BOOST_TEST(a.stats().used <= used + 15);
}

BOOST_AUTO_TEST_SUITE_END()
