// An arena is as it was after it was refused memory, and goes on with what it has or gets later. An upstream, a limit
// of the process or a filter of system calls refuses. With a kernel that refuses: refusals.cpp.
#include <sys/resource.h>

#include <boost/test/unit_test.hpp>

#include <array>
#include <cerrno>
#include <cstddef>
#include <new>
#include <random>

#include "address_space.hpp"
#include "child.hpp"
#include "random.hpp"
#include "system_call_filter.hpp"
#include "arena/pattern.hpp"

#include "arena/operations.hpp"

namespace {

using namespace observation;
using seg::arena;
using seg::arena_options;

/// The system with a limit during some of an arena's calls.
class limited {
public:
    /// AddressSanitizer's malloc ends the program where it gets nothing.
    static constexpr bool may_throw = !sanitized;

    /// Limits `count` calls after `first` others.
    static void limit(child::resource resource, std::size_t slack, std::size_t first, std::size_t count) {
        resource_ = resource, slack_ = slack, calls_ = 0, first_ = first, last_ = first + count;
    }
    static std::size_t calls() { return calls_; }

    class call {
    public:
        call() : limits_(calls_ >= first_ && calls_ < last_) {
            ++calls_;
            if (!limits_) return;
            limited_ = true;
            ::getrlimit(resource_, &before_);
            // Of the data anything but 0 is less than there is; the kernel takes 0 for a habit of valgrind's.
            BOOST_REQUIRE(child::limit(resource_, resource_ == RLIMIT_AS ? mapped_bytes() + slack_ : page));
        }
        call(const call&) = delete;
        ~call() {
            if (limits_) ::setrlimit(resource_, &before_);
        }

    private:
        bool limits_;
        ::rlimit before_{};
    };
    static bool refused() { return std::exchange(limited_, false); }

private:
    static inline child::resource resource_ = RLIMIT_AS;
    static inline std::size_t slack_ = 0;
    static inline std::size_t calls_ = 0;
    static inline std::size_t first_ = 0;
    static inline std::size_t last_ = 0;
    static inline bool limited_ = false;
};

constexpr int steps_of_workload = 120;

// The same workload each time, until something is refused.
std::size_t play_limited(unsigned long long workload, child::resource resource, std::size_t slack, std::size_t first,
                         std::size_t count) {
    std::mt19937_64 random(workload);
    const random_below below{random};
    const arena_options options = operations::any_options(below, nullptr);
    limited::limit(resource, slack, first, count);
    operations::player player(options, nullptr, below, limited());
    for (int step = 0; step != steps_of_workload; ++step) player.step();
    const std::size_t calls = limited::calls();
    limited::limit(resource, 0, 0, 0);
    player.finish();
    return calls;
}

std::size_t play_refusing(unsigned long long workload, std::size_t first, std::size_t count) {
    std::mt19937_64 random(workload);
    const random_below below{random};
    recording_upstream upstream;
    std::size_t requests = 0;
    {
        const arena_options options = operations::any_options(below, &upstream);
        upstream.refuse(count, first);
        operations::player player(options, &upstream, below, operations::refusing_upstream(upstream));
        for (int step = 0; step != steps_of_workload; ++step) player.step();
        requests = upstream.requests;
        upstream.refuse(0, 0);
        player.finish();
    }
    BOOST_REQUIRE(upstream.out.empty());
    return requests;
}

constexpr std::size_t huge = std::size_t{1} << 24;
// So seldom is an address at a multiple of it that no block has one by chance.
constexpr std::size_t rare = std::size_t{1} << 45;

// What every arena does whose next system calls are refused: it says so, and keeps what it has.
int refused_and_intact(arena& a, std::span<std::byte> content) {
    const auto before = a.stats();
    if (a.try_allocate(huge) != nullptr) return 1;
    try {
        static_cast<void>(a.allocate(1, rare));
        return 2;
    } catch (const std::bad_alloc&) {}
    if (!(a.stats() == before)) return 3;
    if (!holds(content.data(), content.size(), 1)) return 4;
    auto* const next = static_cast<std::byte*>(a.try_allocate(100, 1));
    if (next == nullptr) return 5;
    fill(next, 100, 2);
    a.reset();
    auto* const again = static_cast<std::byte*>(a.try_allocate(content.size(), 8));
    if (again != content.data()) return 6;
    fill(again, content.size(), 3);
    return 0;
}

int with_calls_refused(const arena_options& options, std::initializer_list<long> calls, int error) {
    return child::status([&] {
        arena a(options);
        auto* const p = static_cast<std::byte*>(a.allocate(1000, 8));
        fill(p, 1000, 1);
        filter::refuse(calls, error);
        return refused_and_intact(a, {p, 1000});
    });
}

} // namespace

BOOST_AUTO_TEST_SUITE(failures)

BOOST_AUTO_TEST_CASE(a_resource_refuses_each_request_of_a_workload_in_turn) {
    std::size_t refusals = 0;
    for_each_seed(6, [&refusals](unsigned long long workload) {
        const std::size_t requests = play_refusing(workload, 0, 0);
        for (std::size_t k = 0; k < requests; ++k)
            // once (a smaller block may do), both times, and from then on
            for (const std::size_t count : {std::size_t{1}, std::size_t{2}, requests}) {
                play_refusing(workload, k, count);
                ++refusals;
            }
    });
    BOOST_TEST(refusals != 0u);
}

BOOST_AUTO_TEST_CASE(the_system_has_no_address_space_at_each_call_of_a_workload_in_turn) {
    for_each_seed(4, [](unsigned long long workload) {
        const std::size_t calls = play_limited(workload, RLIMIT_AS, 0, 0, 0);
        for (std::size_t k = 0; k < calls; ++k) {
            play_limited(workload, RLIMIT_AS, 0, k, 1);
            play_limited(workload, RLIMIT_AS, 0, k, calls);
            // As much as one of the later blocks takes, but not the next.
            play_limited(workload, RLIMIT_AS, (k % 64 + 1) * page, 0, calls);
        }
    });
}

BOOST_AUTO_TEST_CASE(the_system_makes_nothing_writable_at_each_call_of_a_workload_in_turn) {
    for_each_seed(6, [](unsigned long long workload) {
        const std::size_t calls = play_limited(workload, RLIMIT_DATA, 0, 0, 0);
        for (std::size_t k = 0; k < calls; ++k) {
            play_limited(workload, RLIMIT_DATA, 0, k, 1);
            play_limited(workload, RLIMIT_DATA, 0, k, 20);
        }
    });
}

BOOST_AUTO_TEST_CASE(a_kernel_that_refuses_to_map_is_survived) {
    for (const int error : {ENOMEM, EPERM}) {
        for (const bool guard : {false, true})
            for (const bool protect : {false, true})
                BOOST_TEST(with_calls_refused({.guard = guard, .protect = protect}, {SYS_mmap}, error) == 0);
        // Nothing but the buffer, from the beginning.
        BOOST_TEST(with_calls_refused({.buffer = operations::buffer}, {SYS_mmap}, error) == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_kernel_that_refuses_to_change_protection_is_survived) {
    for (const int error : {ENOMEM, EPERM, EACCES}) {
        // A block with a guard is made of pages that become writable later; what is mapped in vain is unmapped.
        BOOST_TEST(with_calls_refused({.guard = true}, {SYS_mprotect}, error) == 0);
        BOOST_TEST(with_calls_refused({.reserve = 4 * huge}, {SYS_mprotect}, error) == 0);
        const arena_options all{.reserve = 4 * huge, .guard = true, .protect = true};
        BOOST_TEST(with_calls_refused(all, {SYS_mprotect}, error) == 0);
        const int leak = child::status([error] {
            arena a({.guard = true});
            filter::refuse({SYS_mprotect}, error);
            const std::size_t before = mapped_bytes();
            for (int i = 0; i != 10; ++i)
                if (a.try_allocate(huge) != nullptr) return 1;
            return mapped_bytes() == before ? 0 : 2;
        });
        BOOST_TEST(leak == 0);
        // What cannot be taken out of use stays usable.
        const int unprotected = child::status([error] {
            arena a({.protect = true});
            auto* const p = static_cast<std::byte*>(a.allocate(10 * page, 8));
            filter::refuse({SYS_mprotect}, error);
            for (int i = 0; i != 3; ++i) {
                a.reset();
                if (a.try_allocate(10 * page, 8) != p) return 1;
                fill(p, 10 * page, 1);
            }
            return 0;
        });
        BOOST_TEST(unprotected == 0);
        // What was taken out of use is not handed out where it cannot be put to use.
        const int still_protected = child::status([error] {
            arena a({.first_block = 20 * page, .protect = true});
            auto* const p = static_cast<std::byte*>(a.allocate(10 * page, 8));
            a.reset();
            filter::refuse({SYS_mprotect}, error);
            const auto before = a.stats();
            if (a.try_allocate(10 * page, 8) != nullptr) return 1;
            return a.stats() == before && a.owns(p) ? 0 : 2;
        });
        BOOST_TEST(still_protected == 0);
    }
}

BOOST_AUTO_TEST_CASE(a_kernel_that_takes_no_advice_is_as_good) {
    for (const int error : {EINVAL, ENOMEM, EPERM}) {
        const int failed_step = child::status([error] {
            filter::refuse({SYS_madvise}, error);
            for (const auto pages : {seg::page_kind::normal, seg::page_kind::huge, seg::page_kind::automatic})
                for (const auto prefault : {seg::prefault_policy::none, seg::prefault_policy::all})
                    for (const std::size_t reserve : {std::size_t{0}, huge}) {
                        arena a({.reserve = reserve, .pages = pages, .prefault = prefault});
                        for (int round = 0; round != 3; ++round) {
                            void* const p = a.try_allocate(huge / 2, 8);
                            if (p == nullptr) return 1;
                            fill(p, huge / 2, 1);
                            a.reset();
                            a.trim();
                        }
                    }
            return 0;
        });
        BOOST_TEST(failed_step == 0);
    }
}

BOOST_AUTO_TEST_CASE(where_the_kernel_would_let_a_child_see_what_it_must_not_there_is_no_memory) {
    for (const int error : {EINVAL, ENOMEM, EPERM}) {
        const int failed_step = child::status([error] {
            filter::refuse({SYS_madvise}, error);
            const std::size_t before = mapped_bytes();
            for (const auto fork : {seg::fork_policy::exclude, seg::fork_policy::wipe})
                for (const std::size_t reserve : {std::size_t{0}, huge})
                    for (int i = 0; i != 5; ++i) {
                        arena a({.reserve = reserve, .fork = fork});
                        if (a.try_allocate(100) != nullptr) return 1;
                        if (!(a.stats() == seg::arena_stats{})) return 2;
                    }
            return mapped_bytes() == before ? 0 : 3;
        });
        BOOST_TEST(failed_step == 0);
    }
}

BOOST_AUTO_TEST_CASE(an_alignment_of_a_gigabyte_is_met_or_refused) {
    constexpr std::size_t gigabyte = std::size_t{1} << 30;
    arena a;
    fill(a.allocate(10), 10, 1);
    const auto before = a.stats();
    const auto mark = a.mark();
    if (void* const p = a.try_allocate(100, gigabyte)) {
        BOOST_TEST(is_aligned(p, gigabyte));
        fill(p, 100, 1);
        a.rewind(mark);
        BOOST_TEST(a.stats().used == before.used);
    } else {
        BOOST_TEST((a.stats() == before));
    }
    const int failed_step = child::status([] {
        arena small;
        void* const p = small.allocate(10);
        const auto kept = small.stats();
        if (!child::limit(RLIMIT_AS, mapped_bytes() + gigabyte / 2)) return 1;
        if (small.try_allocate(1, gigabyte) != nullptr) return 2;
        if (!(small.stats() == kept)) return 3;
        small.deallocate(p, 10);
        return small.try_allocate(10) == p ? 0 : 4;
    });
    BOOST_TEST(failed_step == 0);
}

BOOST_AUTO_TEST_SUITE_END()
