// Threads with an arena each, and arenas that go from one thread to another. A program of its own, so that
// ThreadSanitizer sees all of it.
#include <pthread.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <array>
#include <atomic>
#include <cstddef>
#include <cstdint>
#include <memory>
#include <memory_resource>
#include <mutex>
#include <string>
#include <thread>
#include <utility>
#include <vector>

#include "address_space.hpp"
#include "child.hpp"
#include "sanitizer.hpp"

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

// ---- what destroyed arenas leave to the next ones

BOOST_AUTO_TEST_CASE(short_lived_arenas_of_each_thread_are_its_own_business) {
    std::atomic<std::size_t> right = 0;
    on_threads([&right](std::size_t thread) {
        for (std::size_t round = 0; round != 2000; ++round) {
            seg::arena arena;
            auto* const numbers = static_cast<std::size_t*>(arena.allocate(8 * (round % 300 + 1), 8));
            for (std::size_t i = 0; i <= round % 300; ++i) numbers[i] = thread + i;
            right += numbers[round % 300] == thread + round % 300;
        }
    });
    BOOST_TEST(right == 2000 * thread_count);
}

BOOST_AUTO_TEST_CASE(arenas_die_on_other_threads_than_those_that_filled_them) {
    std::mutex mutex;
    std::vector<std::unique_ptr<seg::arena>> waiting;
    std::atomic<std::size_t> wrong = 0;
    on_threads([&](std::size_t thread) {
        for (std::size_t round = 0; round != 1000; ++round) {
            auto mine = std::make_unique<seg::arena>();
            for (std::size_t i = 0; i != round % 7 * 100; ++i)
                *static_cast<std::size_t*>(mine->allocate(48, 8)) = thread;
            std::unique_ptr<seg::arena> other;
            {
                const std::lock_guard lock(mutex);
                waiting.push_back(std::move(mine));
                if (waiting.size() > 50) {
                    other = std::move(waiting[round * 31 % waiting.size()]);
                    std::swap(waiting[round * 31 % waiting.size()], waiting.back());
                    waiting.pop_back();
                }
            }
            if (other == nullptr) continue;
            other->adopt();
            const std::size_t used = other->stats().used;
            static_cast<void>(other->allocate(8, 8));
            wrong += other->stats().used <= used;
        }
    });
    waiting.clear();
    BOOST_TEST(wrong == 0u);
}

// An object of the thread's that holds an arena beyond the end of the thread's cache, and one that makes one there.
struct late_user {
    std::unique_ptr<seg::arena> kept = std::make_unique<seg::arena>();
    ~late_user() {
        static_cast<void>(kept->allocate(1000));
        seg::arena another;
        static_cast<void>(another.allocate(50'000));
    }
};

BOOST_AUTO_TEST_CASE(a_thread_that_ends_leaves_nothing_behind) {
    const auto use = [] {
        thread_local late_user late; // before the first arena ends, so that it is destroyed after what that leaves
        static_cast<void>(late.kept->allocate(8));
        for (int i = 0; i != 20; ++i) {
            std::vector<std::unique_ptr<seg::arena>> alive;
            for (int n = 0; n != 30; ++n) {
                alive.push_back(std::make_unique<seg::arena>());
                for (int k = 0; k != n * 100; ++k) static_cast<void>(alive.back()->allocate(40));
            }
        }
    };
    // The C library keeps the stack and the heap of a thread for the next one; what is ours must not grow.
    for (int i = 0; i != 3; ++i) std::thread(use).join();
    seg::trim_block_cache();
    const std::size_t before = observation::mapped_bytes();
    for (int i = 0; i != 20; ++i) std::thread(use).join();
    seg::trim_block_cache();
    BOOST_TEST(observation::mapped_bytes() <= before);
}

// A thread's keys are destroyed after its thread_local objects, and an arena may die there that is the thread's first
// to do so.
BOOST_AUTO_TEST_CASE(an_arena_that_dies_with_a_key_of_its_thread_leaves_nothing_behind) {
    static pthread_key_t key;
    BOOST_REQUIRE(::pthread_key_create(&key, [](void* a) { delete static_cast<seg::arena*>(a); }) == 0);
    const auto use = [] {
        auto* const a = new seg::arena;
        for (int i = 0; i != 20; ++i) static_cast<void>(a->allocate(16'000));
        ::pthread_setspecific(key, a);
    };
    for (int i = 0; i != 3; ++i) std::thread(use).join();
    seg::trim_block_cache();
    const std::size_t before = observation::mapped_bytes();
    for (int i = 0; i != 50; ++i) std::thread(use).join();
    seg::trim_block_cache();
    // ThreadSanitizer's own memory for a thread is more than what would be left.
    const std::size_t others = thread_sanitized ? std::size_t{1} << 30 : 0;
    BOOST_TEST(observation::mapped_bytes() <= before + others);
    ::pthread_key_delete(key);
}

// The lock of what all threads share has to be free in the child. ThreadSanitizer refuses new threads in a child of a
// process with threads, and warns of more.
BOOST_AUTO_TEST_CASE(a_process_may_fork_while_other_threads_use_arenas,
                     *boost::unit_test::enable_if<!thread_sanitized>()) {
    std::atomic<bool> done = false;
    std::vector<std::thread> threads;
    for (std::size_t i = 0; i != 2; ++i)
        threads.emplace_back([&done] {
            while (!done) {
                std::array<seg::arena, 40> arenas;
                for (seg::arena& a : arenas) static_cast<void>(a.allocate(3000));
            }
        });
    int failed = 0;
    for (int i = 0; i != 100; ++i) {
        failed += child::status([] {
                      ::alarm(20);
                      std::array<seg::arena, 40> arenas;
                      for (seg::arena& a : arenas) static_cast<void>(a.allocate(20'000));
                      return 0;
                  }) != 0;
    }
    done = true;
    for (std::thread& t : threads) t.join();
    BOOST_TEST(failed == 0);
}

BOOST_AUTO_TEST_SUITE_END()
