// What each thread keeps, and the regions that all threads share.
module;

#include <pthread.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>

module seg.arena;

import :block;
import :block_cache;
import :mapping;
import :options;
import :poison;

namespace seg {

namespace {

constexpr std::size_t kinds = 4; // of sizes
constexpr std::size_t size_of_kind[kinds] = {4096, 16384, 65536, largest_cached};
static_assert(size_of_kind[0] == smallest_cached);

// Blocks of a kind that a thread keeps: 640 KiB in all.
constexpr unsigned char most_kept[kinds] = {8, 2, 1, 2};

std::size_t kind_of(std::size_t bytes) noexcept {
    return static_cast<std::size_t>(std::bit_width(bytes / smallest_cached)) / 2;
}

// ---- regions

constexpr std::size_t small_region = largest_cached;
// Regions of a kind of which there are so many are small. From then on there is a crowd, which lives and dies faster in
// large ones: they take fewer system calls.
constexpr std::size_t most_small_regions = 8;
// The smallest blocks go to huge pages then: 70,000 arenas of 1 KB are made in 40 to 100 ms and dropped in 4 to 6, in
// small regions alone in 150 and 27. Other blocks are often used in part: in huge pages 1,000 arenas of 10 KB have 1.55
// times the resident memory.
constexpr std::size_t large_region_of_kind[kinds - 1] = {huge_page, huge_page / 2, huge_page / 2};

/// A mapping that is carved into blocks of one kind. Its header lies where the first of them would.
struct region {
    region* next = nullptr; // among those that have room
    region* previous = nullptr;
    block* free = nullptr;
    std::size_t bytes = 0;
    std::size_t kind = 0;
    std::size_t carved = 0; // blocks there have been, the header counted as one
    std::size_t out = 0;    // blocks that are not home

    bool is_full() const noexcept { return free == nullptr && carved == bytes / size_of_kind[kind]; }
};

// A block's home is the address of its region, of a large one the next address, so that nothing else has to be read.
void* home_in(region* r) noexcept { return reinterpret_cast<std::byte*>(r) + (r->bytes != small_region ? 1 : 0); }
bool is_in_large_region(const block* b) noexcept { return (reinterpret_cast<std::uintptr_t>(b->home) & 1) != 0; }
region* region_of(const block* b) noexcept {
    return reinterpret_cast<region*>(static_cast<std::byte*>(b->home) - (is_in_large_region(b) ? 1 : 0));
}

class regions {
public:
    block* take(std::size_t kind) noexcept {
        std::unique_lock lock(mutex_);
        while (with_room_[kind] == nullptr) {
            // Not under the lock: mapping may take another one. A thread that is faster may have made a region, too.
            const bool small = made_[kind] < most_small_regions;
            lock.unlock();
            region* const made = make(kind, small ? small_region : large_region_of_kind[kind]);
            if (made == nullptr) return nullptr;
            lock.lock();
            ++made_[kind];
            link(made);
        }
        region* const r = with_room_[kind];
        block* b = r->free;
        if (b != nullptr) {
            r->free = b->next;
        } else {
            std::byte* const memory = reinterpret_cast<std::byte*>(r) + size_of_kind[kind] * r->carved++;
            unpoison(memory, sizeof(block));
            b = ::new (static_cast<void*>(memory)) block{};
            b->home = home_in(r);
        }
        ++r->out;
        if (r->is_full()) unlink(r);
        return b;
    }

    /// Returns the bytes unmapped.
    std::size_t give(block* b) noexcept {
        region* unused = nullptr;
        {
            const std::scoped_lock lock(mutex_);
            region* const r = region_of(b);
            if (r->is_full()) link(r);
            b->next = r->free;
            r->free = b;
            // The last one of its kind stays, so that a single block that comes and goes does not take a region along.
            if (--r->out == 0 && (r->next != nullptr || r->previous != nullptr)) {
                unlink(r);
                --made_[r->kind];
                unused = r;
            }
        }
        return unused != nullptr ? unmap(unused) : 0;
    }

    /// Unmaps those that have no block out. Returns the bytes unmapped.
    std::size_t trim() noexcept {
        std::size_t unmapped = 0;
        for (region*& first : with_room_) {
            region* unused = nullptr;
            {
                const std::scoped_lock lock(mutex_);
                for (region* r = first; r != nullptr;) {
                    region* const next = r->next;
                    if (r->out == 0) {
                        unlink(r);
                        --made_[r->kind];
                        r->next = unused;
                        unused = r;
                    }
                    r = next;
                }
            }
            while (unused != nullptr) {
                region* const r = unused;
                unused = r->next;
                unmapped += unmap(r);
            }
        }
        return unmapped;
    }

    void lock() noexcept { mutex_.lock(); }
    void unlock() noexcept { mutex_.unlock(); }

private:
    static region* make(std::size_t kind, std::size_t bytes) noexcept {
        std::byte* memory = map_memory({}, bytes, bytes);
        if (memory == nullptr && bytes != small_region) memory = map_memory({}, bytes = small_region, small_region);
        if (memory == nullptr) return nullptr;
        poison(memory + sizeof(region), bytes - sizeof(region));
        return ::new (static_cast<void*>(memory)) region{.bytes = bytes, .kind = kind, .carved = 1};
    }
    static std::size_t unmap(region* r) noexcept {
        const std::size_t bytes = r->bytes;
        unpoison(r, bytes);
        return unmap_memory({}, reinterpret_cast<std::byte*>(r), bytes) ? bytes : 0;
    }

    void link(region* r) noexcept {
        region*& first = with_room_[r->kind];
        r->previous = nullptr;
        r->next = first;
        if (first != nullptr) first->previous = r;
        first = r;
    }
    void unlink(region* r) noexcept {
        (r->previous != nullptr ? r->previous->next : with_room_[r->kind]) = r->next;
        if (r->next != nullptr) r->next->previous = r->previous;
    }

    std::mutex mutex_;
    region* with_room_[kinds - 1] = {}; // the largest kind is a mapping of its own
    std::size_t made_[kinds - 1] = {};  // regions there are
};

constinit regions all_regions;

// Not inlined: so what a thread's own cache answers saves no registers.
[[gnu::noinline]] block* take_from_all(std::size_t kind) noexcept {
    if (kind != kinds - 1) {
        // So that a child finds the mutex free.
        static constinit pthread_once_t registered = PTHREAD_ONCE_INIT;
        ::pthread_once(&registered, [] {
            ::pthread_atfork([] { all_regions.lock(); }, [] { all_regions.unlock(); }, [] { all_regions.unlock(); });
        });
        return all_regions.take(kind);
    }
    std::byte* const memory = map_memory({}, largest_cached, largest_cached);
    if (memory == nullptr) return nullptr;
    poison(memory + sizeof(block), largest_cached - sizeof(block));
    return ::new (static_cast<void*>(memory)) block{};
}

/// Returns the bytes unmapped.
std::size_t give_to_all(block* b, std::size_t kind) noexcept {
    if (b->home != nullptr) return all_regions.give(b);
    unpoison(b, size_of_kind[kind]);
    return unmap_memory({}, b->memory(), size_of_kind[kind]) ? size_of_kind[kind] : 0;
}

// ---- threads

/// No constructor and no destructor: it is there before and after every other object of the thread.
struct thread_cache {
    block* free[kinds];
    unsigned char kept[kinds];
    enum class state : unsigned char { unused, in_use, ended } state;

    std::size_t clear() noexcept {
        std::size_t unmapped = 0;
        for (std::size_t kind = 0; kind != kinds; ++kind) {
            while (free[kind] != nullptr) {
                block* const b = free[kind];
                free[kind] = b->next;
                unmapped += give_to_all(b, kind);
            }
            kept[kind] = 0;
        }
        return unmapped;
    }
};
constinit thread_local thread_cache cache{};

/// Its destructor empties the cache when the thread ends. Armed by the first block that the thread takes: a thread that
/// only leaves blocks has no use for them, and may be past its destructors already.
struct end_of_thread {
    ~end_of_thread() {
        cache.state = thread_cache::state::ended;
        cache.clear();
    }
    void arm() noexcept { cache.state = thread_cache::state::in_use; }
};
thread_local end_of_thread at_end;

} // namespace

block* take_block(std::size_t bytes) noexcept {
    const std::size_t kind = kind_of(bytes);
    thread_cache& c = cache;
    block* const b = c.free[kind];
    if (b == nullptr) {
        if (c.state == thread_cache::state::unused) at_end.arm();
        return take_from_all(kind);
    }
    c.free[kind] = b->next;
    --c.kept[kind];
    return b;
}

void leave_block(block* b, std::size_t bytes) noexcept {
    const std::size_t kind = kind_of(bytes);
    thread_cache& c = cache;
    // A large region is a lot to hold back: of those no more than a loop takes that makes one arena at a time.
    const unsigned char most = is_in_large_region(b) ? 1 : most_kept[kind];
    if (c.kept[kind] >= most || c.state != thread_cache::state::in_use) {
        give_to_all(b, kind);
        return;
    }
    b->next = c.free[kind];
    c.free[kind] = b;
    ++c.kept[kind];
}

std::size_t trim_block_cache() noexcept {
    const std::size_t unmapped = cache.clear();
    return unmapped + all_regions.trim();
}

} // namespace seg
