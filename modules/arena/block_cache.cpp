// The cache of each thread, and the regions that all threads share.
module;

#include <pthread.h>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>

module seg.arena;

import seg.sys;
import :block;
import :block_cache;
import :mapping;
import :options;

namespace seg {

using namespace detail;

namespace {

constexpr std::size_t size_classes = 4;
constexpr std::size_t size_of_class[size_classes] = {4096, 16384, 65536, largest_cached};
static_assert(size_of_class[0] == smallest_cached);

// The most blocks of a size class that a thread caches: 640 KiB in all.
constexpr unsigned char max_cached[size_classes] = {8, 2, 1, 2};

std::size_t class_of(std::size_t bytes) noexcept {
    return static_cast<std::size_t>(std::bit_width(bytes / smallest_cached)) / 2;
}

// ---- regions

constexpr std::size_t small_region = largest_cached;
// The most regions of a size class that are small. A program that has more of them has many arenas, and constructing
// and destroying these takes less time in large regions, which need fewer system calls.
constexpr std::size_t max_small_regions = 8;
// The smallest blocks are in huge pages then: constructing 70,000 arenas of 1 KB takes 40 to 100 ms, and destroying
// them 4 to 6 ms; with small regions alone, 150 ms and 27 ms. Of larger blocks, often only a part is used: in huge
// pages, 1,000 arenas of 10 KB have 1.55 times the resident memory.
constexpr std::size_t large_region_of_class[size_classes - 1] = {huge_page, huge_page / 2, huge_page / 2};

/// A mapping that contains blocks of one size class. The region's header is in the place of the first one.
struct region {
    region* next = nullptr; // in the list of regions that have room for a block
    region* previous = nullptr;
    block* free = nullptr;
    std::size_t bytes = 0;
    std::size_t size_class = 0;
    std::size_t constructed = 0; // blocks that have a header, and the region's own header
    std::size_t taken = 0;       // blocks in use or cached

    bool is_full() const noexcept { return free == nullptr && constructed == bytes / size_of_class[size_class]; }
};

// A block has the address of its region. If the region is large, the lowest bit of that is set, so that
// is_in_large_region does not read the region.
void* tagged(region* r) noexcept { return reinterpret_cast<std::byte*>(r) + (r->bytes != small_region ? 1 : 0); }
bool is_in_large_region(const block* b) noexcept {
    return (reinterpret_cast<std::uintptr_t>(b->tagged_region) & 1) != 0;
}
region* region_of(const block* b) noexcept {
    return reinterpret_cast<region*>(static_cast<std::byte*>(b->tagged_region) - (is_in_large_region(b) ? 1 : 0));
}

class regions {
public:
    /// Takes a block from a region, which is created if no region has room. Null if the system refuses that.
    block* take(std::size_t size_class) noexcept {
        std::unique_lock lock(mutex_);
        while (with_room_[size_class] == nullptr) {
            // Not under the lock: mapping may lock another mutex. Another thread may create a region at the same time.
            const bool small = count_[size_class] < max_small_regions;
            lock.unlock();
            region* const created = create(size_class, small ? small_region : large_region_of_class[size_class]);
            if (created == nullptr) return nullptr;
            lock.lock();
            ++count_[size_class];
            link(created);
        }
        region* const r = with_room_[size_class];
        block* b = r->free;
        if (b != nullptr) {
            r->free = b->next;
        } else {
            std::byte* const memory = reinterpret_cast<std::byte*>(r) + size_of_class[size_class] * r->constructed++;
            unpoison(memory, sizeof(block));
            b = ::new (static_cast<void*>(memory)) block{};
            b->tagged_region = tagged(r);
        }
        ++r->taken;
        if (r->is_full()) unlink(r);
        return b;
    }

    /// Returns a block to its region. Returns the bytes unmapped.
    std::size_t give_up(block* b) noexcept {
        region* unused = nullptr;
        {
            const std::scoped_lock lock(mutex_);
            region* const r = region_of(b);
            if (r->is_full()) link(r);
            b->next = r->free;
            r->free = b;
            // The last region with room remains mapped: a single block that is taken and given up again and again must
            // not map and unmap a region each time.
            if (--r->taken == 0 && (r->next != nullptr || r->previous != nullptr)) {
                unlink(r);
                --count_[r->size_class];
                unused = r;
            }
        }
        return unused != nullptr ? unmap(unused) : 0;
    }

    /// Unmaps the regions without a block in use or cached. Returns the bytes unmapped.
    std::size_t trim() noexcept {
        std::size_t unmapped = 0;
        for (region*& first : with_room_) {
            region* unused = nullptr;
            {
                const std::scoped_lock lock(mutex_);
                for (region* r = first; r != nullptr;) {
                    region* const next = r->next;
                    if (r->taken == 0) {
                        unlink(r);
                        --count_[r->size_class];
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
    static region* create(std::size_t size_class, std::size_t bytes) noexcept {
        std::byte* memory = map_memory({}, bytes, bytes);
        if (memory == nullptr && bytes != small_region) memory = map_memory({}, bytes = small_region, small_region);
        if (memory == nullptr) return nullptr;
        poison(memory + sizeof(region), bytes - sizeof(region));
        return ::new (static_cast<void*>(memory)) region{.bytes = bytes, .size_class = size_class, .constructed = 1};
    }
    static std::size_t unmap(region* r) noexcept {
        const std::size_t bytes = r->bytes;
        unpoison(r, bytes);
        return unmap_memory({}, reinterpret_cast<std::byte*>(r), bytes) ? bytes : 0;
    }

    void link(region* r) noexcept {
        region*& first = with_room_[r->size_class];
        r->previous = nullptr;
        r->next = first;
        if (first != nullptr) first->previous = r;
        first = r;
    }
    void unlink(region* r) noexcept {
        (r->previous != nullptr ? r->previous->next : with_room_[r->size_class]) = r->next;
        if (r->next != nullptr) r->next->previous = r->previous;
    }

    std::mutex mutex_;
    // The largest size class has no regions: each of its blocks is a mapping.
    region* with_room_[size_classes - 1] = {};
    std::size_t count_[size_classes - 1] = {}; // of the mapped regions
};

constinit regions all_regions;

/// Takes a block from a region, or maps one of the largest size class. Null if the system refuses. (Not inlined: so
/// take_block saves no registers if the thread has a cached block.)
[[gnu::noinline]] block* take_uncached(std::size_t size_class) noexcept {
    if (size_class != size_classes - 1) {
        // The mutex is locked during a fork, so in the child no other thread holds it.
        static constinit pthread_once_t registered = PTHREAD_ONCE_INIT;
        ::pthread_once(&registered, [] {
            ::pthread_atfork([] { all_regions.lock(); }, [] { all_regions.unlock(); }, [] { all_regions.unlock(); });
        });
        return all_regions.take(size_class);
    }
    std::byte* const memory = map_memory({}, largest_cached, largest_cached);
    if (memory == nullptr) return nullptr;
    poison(memory + sizeof(block), largest_cached - sizeof(block));
    return ::new (static_cast<void*>(memory)) block{};
}

/// Returns a block to its region, or unmaps one of the largest size class. Returns the bytes unmapped.
std::size_t give_up_uncached(block* b, std::size_t size_class) noexcept {
    if (b->tagged_region != nullptr) return all_regions.give_up(b);
    unpoison(b, size_of_class[size_class]);
    return unmap_memory({}, b->memory(), size_of_class[size_class]) ? size_of_class[size_class] : 0;
}

// ---- threads

/// The blocks that a thread caches. It has no constructor and no destructor, so the constructors and
/// destructors of the thread's other objects can use it in any order.
struct thread_cache {
    block* free[size_classes];
    unsigned char cached[size_classes];
    enum class state : unsigned char { unused, in_use, ended } state;

    std::size_t clear() noexcept {
        std::size_t unmapped = 0;
        for (std::size_t size_class = 0; size_class != size_classes; ++size_class) {
            while (free[size_class] != nullptr) {
                block* const b = free[size_class];
                free[size_class] = b->next;
                unmapped += give_up_uncached(b, size_class);
            }
            cached[size_class] = 0;
        }
        return unmapped;
    }
};
constinit thread_local thread_cache cache{};

/// Its destructor gives up the cached blocks at the end of the thread. A thread registers it with the first block that
/// it takes. A thread that only gives up blocks would not use cached ones, and its destructors may have run already.
struct end_of_thread {
    ~end_of_thread() {
        cache.state = thread_cache::state::ended;
        cache.clear();
    }
    void register_destructor() noexcept { cache.state = thread_cache::state::in_use; }
};
thread_local end_of_thread at_end;

} // namespace

block* take_block(std::size_t bytes) noexcept {
    const std::size_t size_class = class_of(bytes);
    thread_cache& c = cache;
    block* const b = c.free[size_class];
    if (b == nullptr) {
        if (c.state == thread_cache::state::unused) at_end.register_destructor();
        return take_uncached(size_class);
    }
    c.free[size_class] = b->next;
    --c.cached[size_class];
    return b;
}

void give_up_block(block* b, std::size_t bytes) noexcept {
    const std::size_t size_class = class_of(bytes);
    thread_cache& c = cache;
    // A cached block keeps a whole region mapped. Of large regions only one block is cached: enough for a loop that
    // constructs an arena and destroys it.
    const unsigned char limit = is_in_large_region(b) ? 1 : max_cached[size_class];
    if (c.cached[size_class] >= limit || c.state != thread_cache::state::in_use) {
        give_up_uncached(b, size_class);
        return;
    }
    b->next = c.free[size_class];
    c.free[size_class] = b;
    ++c.cached[size_class];
}

std::size_t trim_block_cache() noexcept {
    const std::size_t unmapped = cache.clear();
    return unmapped + all_regions.trim();
}

} // namespace seg
