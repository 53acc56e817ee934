// Each thread with arenas of its own: nothing is shared, whatever address the system gives whom. A program of its own,
// since ThreadSanitizer has to see all of it.
#include <boost/test/unit_test.hpp>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

import seg.list;

namespace {

constexpr std::size_t thread_count = 4;

/// Runs work(number of the thread) on several threads at once, and waits for them.
template <class Work> void on_threads(Work work) {
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i != thread_count; ++i) threads.emplace_back(work, i);
    for (std::thread& t : threads) t.join();
}

} // namespace

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(each_thread_fills_an_arena_of_its_own) {
    std::atomic<std::size_t> right = 0;
    on_threads([&right](std::size_t thread) {
        seg::arena arena({.first_block = 4096});
        for (std::size_t round = 0; round != 50; ++round) {
            const auto mark = arena.mark();
            {
                std::pmr::vector<std::pmr::string> texts(&arena);
                for (std::size_t i = 0; i != 100; ++i) texts.emplace_back(i + 20, static_cast<char>('a' + thread));
                bool same = true;
                for (std::size_t i = 0; i != 100; ++i)
                    same &= texts[i].size() == i + 20 &&
                            texts[i].find_first_not_of(static_cast<char>('a' + thread)) == std::string::npos;
                right += same;
            } // before the memory goes
            if (round % 3 == 0) arena.rewind(mark);
        }
    });
    BOOST_TEST(right == 50 * thread_count);
}

BOOST_AUTO_TEST_CASE(each_thread_fills_a_list_of_its_own) {
    std::atomic<std::uint64_t> sum = 0;
    on_threads([&sum](std::size_t thread) {
        seg::arena arena;
        for (int round = 0; round != 5; ++round) {
            {
                seg::arena_list<std::uint64_t> numbers(arena);
                for (std::uint64_t i = 0; i != 5000; ++i) numbers.push_back(i + thread);
                for (const std::uint64_t n : numbers) sum += n;
            }
            arena.reset();
        }
    });
    BOOST_TEST(sum == 5 * (thread_count * (4999 * 5000 / 2) + 5000 * (0 + 1 + 2 + 3)));
}

// What one thread unmaps, another may be given right after.
BOOST_AUTO_TEST_CASE(addresses_go_from_one_thread_s_arena_to_another_s) {
    std::atomic<std::size_t> right = 0;
    on_threads([&right](std::size_t thread) {
        for (std::size_t round = 0; round != 300; ++round) {
            seg::arena arena({.first_block = 4096});
            auto* const numbers = static_cast<std::size_t*>(arena.allocate(8000, 8));
            for (std::size_t i = 0; i != 1000; ++i) numbers[i] = thread + i;
            std::size_t same = 0;
            for (std::size_t i = 0; i != 1000; ++i) same += numbers[i] == thread + i;
            right += same;
        }
    });
    BOOST_TEST(right == 300 * 1000 * thread_count);
}

BOOST_AUTO_TEST_CASE(an_arena_is_handed_from_thread_to_thread) {
    seg::arena arena;
    seg::arena_list<std::size_t> numbers(arena);
    std::mutex turn;
    on_threads([&](std::size_t thread) {
        for (int i = 0; i != 100; ++i) {
            const std::lock_guard lock(turn);
            arena.adopt();
            numbers.push_back(thread);
        }
    });
    std::size_t sum = 0;
    for (const std::size_t n : numbers) sum += n;
    BOOST_TEST(numbers.size() == 100 * thread_count);
    BOOST_TEST(sum == 100u * (0 + 1 + 2 + 3));
}

BOOST_AUTO_TEST_SUITE_END()
