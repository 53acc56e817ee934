// Mapping and unmapping memory, and the ranges that the system refuses to unmap.
module;

#include <pthread.h>

#include <atomic>
#include <cstddef>
#include <cstdint>
#include <mutex>
#include <new>

module seg.arena;

import seg.sys;
import :mapping;
import :options;

namespace seg {

using namespace detail;

namespace {

// ---- ranges that the system refused to unmap

// munmap fails with ENOMEM if it has to split a mapping and the process has as many mappings as it may have
// (vm.max_map_count). The system merges adjacent mappings, so any block may be in the middle of one.

/// The header of a retained range, in its first bytes.
struct retained_range {
    retained_range* next = nullptr;
    std::size_t bytes = 0;
    bool reusable = false;   // all pages are readable and writable, in child processes too
    unsigned generation = 0; // of the only process that has all pages; 0 if child processes have them, too
};

class retained_ranges {
public:
    /// Retains a range. Its pages go to the system. excluded: child processes have only its first page.
    void add(std::byte* memory, std::size_t bytes, bool reusable, bool excluded) noexcept {
        static_cast<void>(sys::madvise(memory, bytes, sys::advice::dontneed));
        // If its first page cannot be made writable, the range is leaked. That is addresses, and no memory.
        if (!sys::mprotect(memory, sys::page_size(), sys::prot::read | sys::prot::write)) return;
        const unsigned generation = excluded ? process_generation() : 0;
        const std::scoped_lock lock(mutex_);
        push(::new (static_cast<void*>(memory))
                 retained_range{.bytes = bytes, .reusable = reusable, .generation = generation});
    }

    /// Takes memory from a reusable range. Null if none of the first few ranges has room for it.
    std::byte* take(std::size_t bytes) noexcept {
        if (count_.load(std::memory_order_relaxed) == 0) return nullptr;
        const std::scoped_lock lock(mutex_);
        retained_range** link = &first_;
        for (int searched = 0; *link != nullptr && searched != 8; ++searched, link = &(*link)->next) {
            retained_range* const r = *link;
            if (!r->reusable || r->bytes < bytes) continue;
            unlink(link);
            auto* const memory = reinterpret_cast<std::byte*>(r);
            if (const std::size_t rest = r->bytes - bytes; rest != 0)
                push(::new (static_cast<void*>(memory + bytes)) retained_range{.bytes = rest, .reusable = true});
            return memory;
        }
        return nullptr;
    }

    /// Unmaps ranges until the system refuses again.
    void retry() noexcept {
        while (count_.load(std::memory_order_relaxed) != 0) {
            const std::scoped_lock lock(mutex_);
            retained_range* const r = first_;
            if (r == nullptr) return;
            const retained_range range = *r;
            const bool has_all = range.generation == 0 || range.generation == process_generation();
            if (!sys::munmap(r, has_all ? range.bytes : sys::page_size())) return;
            first_ = range.next;
            count_.fetch_sub(1, std::memory_order_relaxed);
        }
    }

    void lock() noexcept { mutex_.lock(); }
    void unlock() noexcept { mutex_.unlock(); }

private:
    void push(retained_range* r) noexcept {
        r->next = first_;
        first_ = r;
        count_.fetch_add(1, std::memory_order_relaxed);
    }
    void unlink(retained_range** link) noexcept {
        *link = (*link)->next;
        count_.fetch_sub(1, std::memory_order_relaxed);
    }

    std::mutex mutex_;
    retained_range* first_ = nullptr;
    std::atomic<std::size_t> count_ = 0;
};

constinit retained_ranges retained;

// ---- the generation of a process

// A process has its generation in a page that the kernel clears in each child. The process id would not do: the system
// reuses process ids, and processes of different namespaces may have the same one.
std::atomic<std::atomic<unsigned>*> generation_page = nullptr;
std::atomic<unsigned> last_generation = 0; // child processes inherit it

/// The generation of the process that mapped memory under a fork policy. It is in the last bytes of the first page,
/// which child processes inherit.
unsigned& generation_of(std::byte* memory) noexcept {
    return *reinterpret_cast<unsigned*>(memory + sys::page_size() - sizeof(unsigned));
}

// ---- mapping

std::size_t guard_bytes(const arena_options& options) noexcept { return options.guard ? sys::page_size() : 0; }

std::byte* map(std::size_t bytes, sys::prot protection) noexcept {
    using enum sys::map_flag;
    const auto memory = sys::mmap(nullptr, bytes, protection, private_ | anonymous);
    return memory ? static_cast<std::byte*>(*memory) : nullptr;
}

/// Names a mapping. After the system has refused a name once, it is not asked again.
void name_mapping(std::byte* memory, std::size_t bytes, const char* name) noexcept {
    static constinit std::atomic<bool> known = true;
    if (!known.load(std::memory_order_relaxed)) return;
    if (!sys::name_mapping(memory, bytes, name)) known.store(false, std::memory_order_relaxed);
}

/// Unmaps a range. If the system refuses, retains it and returns false.
bool unmap_or_retain(std::byte* memory, std::size_t bytes, bool reusable, bool excluded = false) noexcept {
    if (!sys::munmap(memory, bytes)) {
        // The mutex is locked during a fork, so in the child no other thread holds it. (Another thread might hold
        // the guard of a static variable with an initializer.)
        static constinit pthread_once_t registered = PTHREAD_ONCE_INIT;
        ::pthread_once(&registered, [] {
            ::pthread_atfork([] { retained.lock(); }, [] { retained.unlock(); }, [] { retained.unlock(); });
        });
        retained.add(memory, bytes, reusable, excluded);
        return false;
    }
    retained.retry();
    return true;
}

/// Whether all pages of a mapping are readable and writable in every process, so that another mapping can get them.
bool is_reusable(const arena_options& options) noexcept {
    return !options.guard && !options.protect && options.fork == fork_policy::inherit;
}

/// Unmaps the pages of a mapping that this process has. The first `accessible` bytes could be read and written.
bool unmap_mapping(const arena_options& options, std::byte* memory, std::size_t bytes, std::size_t accessible,
                   bool reusable) noexcept {
    goes_to_system(memory, accessible);
    const bool whole = has_all_pages(options, memory);
    return unmap_or_retain(memory, whole ? bytes + guard_bytes(options) : sys::page_size(), reusable,
                           whole && options.fork == fork_policy::exclude);
}

/// Maps bytes at a multiple of alignment, which is a multiple of the page size. Null if the system refuses. The address
/// is not aligned if the system refuses only that.
std::byte* map_aligned(std::size_t bytes, std::size_t alignment, sys::prot protection) noexcept {
    std::byte* const p = map(bytes, protection);
    if (p == nullptr || next_multiple(p, alignment) == p) return p;
    // Newer kernels align large mappings. For older ones, more is mapped, and the surplus is unmapped.
    if (!sys::munmap(p, bytes)) return p; // not aligned
    const std::size_t surplus = alignment - sys::page_size();
    std::byte* const larger = map(bytes + surplus, protection);
    if (larger == nullptr) return map(bytes, protection); // aligned or not
    std::byte* const first = next_multiple(larger, alignment);
    const auto leading = static_cast<std::size_t>(first - larger);
    const bool reusable = protection != sys::prot::none;
    if (leading != 0) static_cast<void>(unmap_or_retain(larger, leading, reusable));
    if (leading != surplus) static_cast<void>(unmap_or_retain(first + bytes, surplus - leading, reusable));
    return first;
}

/// Gives the system the advice of the options about the pages from first up to last, which are new. False if the system
/// refuses the fork policy.
bool advise(const arena_options& options, std::byte* first, std::byte* last) noexcept {
    const auto tell = [](std::byte* from, std::byte* to, sys::advice use) {
        return from >= to || sys::madvise(from, static_cast<std::size_t>(to - from), use).has_value();
    };
    if (wants_huge_pages(options, static_cast<std::size_t>(last - first))) {
        // Only whole huge pages: of the rest, the system makes small pages in any case.
        std::byte* const from = next_multiple(first, huge_page);
        static_cast<void>(
            tell(from, last - (reinterpret_cast<std::uintptr_t>(last) & (huge_page - 1)), sys::advice::hugepage));
    }
    // A child inherits the first page in any case. It contains the block's header, without which the child could not
    // give up its blocks.
    switch (options.fork) {
    case fork_policy::exclude:
        return tell(first + sys::page_size(), last + guard_bytes(options), sys::advice::dontfork);
    case fork_policy::wipe: return tell(first + sys::page_size(), last, sys::advice::wipeonfork);
    default: return true;
    }
}

} // namespace

unsigned process_generation() noexcept {
    std::atomic<unsigned>* page = generation_page.load(std::memory_order_acquire);
    if (page == nullptr) {
        std::byte* const memory = map(sys::page_size(), sys::prot::read | sys::prot::write);
        if (memory == nullptr) return 0;
        if (!sys::madvise(memory, sys::page_size(), sys::advice::wipeonfork)) {
            static_cast<void>(sys::munmap(memory, sys::page_size()));
            return 0;
        }
        auto* const created = ::new (static_cast<void*>(memory)) std::atomic<unsigned>(0);
        if (generation_page.compare_exchange_strong(page, created)) page = created;
        else static_cast<void>(sys::munmap(memory, sys::page_size())); // another thread was faster
    }
    unsigned generation = page->load(std::memory_order_relaxed);
    if (generation == 0) {
        const unsigned next = last_generation.fetch_add(1, std::memory_order_relaxed) + 1;
        if (page->compare_exchange_strong(generation, next)) generation = next;
    }
    return generation;
}

std::byte* map_memory(const arena_options& options, std::size_t bytes, std::size_t accessible,
                      const char* name) noexcept {
    const std::size_t guard = guard_bytes(options);
    const bool all_accessible = accessible == bytes && guard == 0;
    const bool reusable = all_accessible && is_reusable(options);
    using enum sys::prot;
    const std::size_t alignment = wants_huge_pages(options, bytes) ? huge_page : sys::page_size();
    std::byte* memory = reusable ? retained.take(bytes) : nullptr;
    if (memory == nullptr) memory = map_aligned(bytes + guard, alignment, all_accessible ? read | write : none);
    if (memory == nullptr) return nullptr;
    const unsigned generation = options.fork == fork_policy::inherit ? 1 : process_generation();
    if ((!all_accessible && accessible != 0 && !sys::mprotect(memory, accessible, read | write)) || generation == 0 ||
        !advise(options, memory, memory + bytes)) {
        static_cast<void>(unmap_or_retain(memory, bytes + guard, false));
        return nullptr;
    }
    name_mapping(memory, bytes, name);
    came_from_system(memory, accessible);
    if (options.fork != fork_policy::inherit) generation_of(memory) = generation;
    if (options.prefault != prefault_policy::none && accessible != 0) fault_in(memory, memory + accessible);
    return memory;
}

bool unmap_memory(const arena_options& options, std::byte* memory, std::size_t bytes) noexcept {
    return unmap_mapping(options, memory, bytes, bytes, is_reusable(options));
}

bool unmap_reserved(const arena_options& options, std::byte* memory, std::size_t bytes,
                    std::size_t accessible) noexcept {
    return unmap_mapping(options, memory, bytes, accessible, false);
}

void fault_in(std::byte* first, std::byte* last) noexcept {
    if (sys::madvise(first, static_cast<std::size_t>(last - first), sys::advice::populate_write)) return;
    // Kernels before 5.14 do not have that advice. A write does the same: the pages contain zeros, and it writes zeros.
    for (std::byte* p = first; p < last; p += sys::page_size()) *static_cast<volatile std::byte*>(p) = std::byte{0};
}

bool is_mapped_here(const arena_options& options, std::byte* memory) noexcept {
    return options.fork == fork_policy::inherit || generation_of(memory) == process_generation();
}

bool has_all_pages(const arena_options& options, std::byte* memory) noexcept {
    return options.fork != fork_policy::exclude || is_mapped_here(options, memory);
}

} // namespace seg
