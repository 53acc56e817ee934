// How memory is mapped and unmapped, and what becomes of a range that the system does not unmap.
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
import :poison;

namespace seg {

namespace {

// ---- ranges that the system did not unmap

// munmap fails with ENOMEM where it would have to cut a mapping in two and the process has as many as it may have
// (vm.max_map_count). Neighbouring mappings are merged, so any block may be the middle of one.

/// Written at the front of the range.
struct kept_range {
    kept_range* next = nullptr;
    std::size_t bytes = 0;
    bool plain = false; // readable and writable throughout
    unsigned maker = 0; // the only process that has more than the first page; 0: all have all
};

class kept_ranges {
public:
    void add(std::byte* memory, std::size_t bytes, bool plain, bool excluded) noexcept {
        static_cast<void>(sys::madvise(memory, bytes, sys::advice::dontneed));
        // Where not even a page of it can be written to, it is address space alone that is lost.
        if (!sys::mprotect(memory, sys::page_size(), sys::prot::read | sys::prot::write)) return;
        const unsigned maker = excluded ? process_generation() : 0;
        const std::scoped_lock lock(mutex_);
        push(::new (static_cast<void*>(memory)) kept_range{.bytes = bytes, .plain = plain, .maker = maker});
    }

    /// So many bytes out of a plain range; null if there is none. A few are looked at.
    std::byte* take(std::size_t bytes) noexcept {
        if (count_.load(std::memory_order_relaxed) == 0) return nullptr;
        const std::scoped_lock lock(mutex_);
        kept_range** link = &first_;
        for (int looked_at = 0; *link != nullptr && looked_at != 8; ++looked_at, link = &(*link)->next) {
            kept_range* const r = *link;
            if (!r->plain || r->bytes < bytes) continue;
            unlink(link);
            auto* const memory = reinterpret_cast<std::byte*>(r);
            if (const std::size_t rest = r->bytes - bytes; rest != 0)
                push(::new (static_cast<void*>(memory + bytes)) kept_range{.bytes = rest, .plain = true});
            return memory;
        }
        return nullptr;
    }

    /// Asks the system once more, for as long as it unmaps.
    void unmap() noexcept {
        while (count_.load(std::memory_order_relaxed) != 0) {
            const std::scoped_lock lock(mutex_);
            kept_range* const r = first_;
            if (r == nullptr) return;
            const kept_range range = *r;
            const bool is_here = range.maker == 0 || range.maker == process_generation();
            if (!sys::munmap(r, is_here ? range.bytes : sys::page_size())) return;
            first_ = range.next;
            count_.fetch_sub(1, std::memory_order_relaxed);
        }
    }

    void lock() noexcept { mutex_.lock(); }
    void unlock() noexcept { mutex_.unlock(); }

private:
    void push(kept_range* r) noexcept {
        r->next = first_;
        first_ = r;
        count_.fetch_add(1, std::memory_order_relaxed);
    }
    void unlink(kept_range** link) noexcept {
        *link = (*link)->next;
        count_.fetch_sub(1, std::memory_order_relaxed);
    }

    std::mutex mutex_;
    kept_range* first_ = nullptr;
    std::atomic<std::size_t> count_ = 0;
};

constinit kept_ranges kept;

// ---- which process this is

// A process has a page that the kernel clears in each child. A number would do as well but for one thing: a process
// number is used again, and two processes of different namespaces may have the same.
std::atomic<std::atomic<unsigned>*> generation_page = nullptr;
std::atomic<unsigned> last_generation = 0; // inherited

/// Where a mapping under a fork policy says which process made it: at the end of its first page, which is inherited.
unsigned& maker_of(std::byte* memory) noexcept {
    return *reinterpret_cast<unsigned*>(memory + sys::page_size() - sizeof(unsigned));
}

// ---- mapping

std::size_t guard_bytes(const arena_options& options) noexcept { return options.guard ? sys::page_size() : 0; }

std::byte* map(std::size_t bytes, sys::prot protection) noexcept {
    using enum sys::map_flag;
    const auto memory = sys::mmap(nullptr, bytes, protection, private_ | anonymous);
    return memory ? static_cast<std::byte*>(*memory) : nullptr;
}

/// Names a mapping, as long as the system has not said that it knows no names.
void name_mapping([[maybe_unused]] std::byte* memory, [[maybe_unused]] std::size_t bytes,
                  [[maybe_unused]] const char* name) noexcept {
#ifndef __OpenBSD__
    static constinit std::atomic<bool> known = true;
    if (!known.load(std::memory_order_relaxed)) return;
    if (!sys::name_mapping(memory, bytes, name)) known.store(false, std::memory_order_relaxed);
#endif
}

/// Unmaps a range, or keeps it.
bool unmap(std::byte* memory, std::size_t bytes, bool plain, bool excluded = false) noexcept {
    if (!sys::munmap(memory, bytes)) {
        // So that a child finds the mutex free. (A static variable's own guard might not be: it could be forked, too.)
        static constinit pthread_once_t registered = PTHREAD_ONCE_INIT;
        ::pthread_once(&registered,
                       [] { ::pthread_atfork([] { kept.lock(); }, [] { kept.unlock(); }, [] { kept.unlock(); }); });
        kept.add(memory, bytes, plain, excluded);
        return false;
    }
    kept.unmap();
    return true;
}

/// Whether all that is usable of a mapping stays readable and writable, for whoever gets the range next.
bool is_plain(const arena_options& options) noexcept {
    return !options.guard && !options.protect && options.fork == fork_policy::inherit;
}

/// Unmaps a mapping of which so many bytes could be used, as far as this process has it.
bool give_up(const arena_options& options, std::byte* memory, std::size_t bytes, std::size_t usable,
             bool plain) noexcept {
    goes_to_system(memory, usable);
    const bool whole = is_here(options, memory);
    return unmap(memory, whole ? bytes + guard_bytes(options) : sys::page_size(), plain,
                 whole && options.fork == fork_policy::exclude);
}

/// Maps so many bytes at a multiple of alignment, itself one of the page size; null if the system refuses.
std::byte* map_aligned(std::size_t bytes, std::size_t alignment, sys::prot protection) noexcept {
    std::byte* const p = map(bytes, protection);
    if (p == nullptr || next_multiple(p, alignment) == p) return p;
    // Newer kernels align large mappings themselves; the others are asked for more, and have the surplus back.
    if (!sys::munmap(p, bytes)) return p; // aligned or not
    const std::size_t surplus = alignment - sys::page_size();
    std::byte* const wide = map(bytes + surplus, protection);
    if (wide == nullptr) return map(bytes, protection); // aligned or not
    std::byte* const first = next_multiple(wide, alignment);
    const auto before = static_cast<std::size_t>(first - wide);
    const bool plain = protection != sys::prot::none;
    if (before != 0) static_cast<void>(unmap(wide, before, plain));
    if (before != surplus) static_cast<void>(unmap(first + bytes, surplus - before, plain));
    return first;
}

/// Tells the system what the options ask of the pages from first up to last, which are whole ones and new. False if it
/// does not do as fork says.
bool advise(const arena_options& options, std::byte* first, std::byte* last) noexcept {
    const auto tell = [](std::byte* from, std::byte* to, sys::advice use) {
        return from >= to || sys::madvise(from, static_cast<std::size_t>(to - from), use).has_value();
    };
    if (wants_huge_pages(options, static_cast<std::size_t>(last - first))) {
        // Whole ones only: a huge page of which the mapping has a part is never made, and the rest stays small.
        std::byte* const from = next_multiple(first, huge_page);
        static_cast<void>(
            tell(from, last - (reinterpret_cast<std::uintptr_t>(last) & (huge_page - 1)), sys::advice::hugepage));
    }
    // The first page, with the block's header, is the child's in any case: without it, it could not let go of the rest.
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
        auto* const made = ::new (static_cast<void*>(memory)) std::atomic<unsigned>(0);
        if (generation_page.compare_exchange_strong(page, made)) page = made;
        else static_cast<void>(sys::munmap(memory, sys::page_size())); // another thread was faster
    }
    unsigned generation = page->load(std::memory_order_relaxed);
    if (generation == 0) {
        const unsigned next = last_generation.fetch_add(1, std::memory_order_relaxed) + 1;
        if (page->compare_exchange_strong(generation, next)) generation = next;
    }
    return generation;
}

std::byte* map_memory(const arena_options& options, std::size_t bytes, std::size_t usable, const char* name) noexcept {
    const std::size_t guard = guard_bytes(options);
    const bool all_usable = usable == bytes && guard == 0;
    const bool plain = all_usable && is_plain(options);
    using enum sys::prot;
    const std::size_t alignment = wants_huge_pages(options, bytes) ? huge_page : sys::page_size();
    std::byte* memory = plain ? kept.take(bytes) : nullptr;
    if (memory == nullptr) memory = map_aligned(bytes + guard, alignment, all_usable ? read | write : none);
    if (memory == nullptr) return nullptr;
    const unsigned generation = options.fork == fork_policy::inherit ? 1 : process_generation();
    if ((!all_usable && usable != 0 && !sys::mprotect(memory, usable, read | write)) || generation == 0 ||
        !advise(options, memory, memory + bytes)) {
        static_cast<void>(unmap(memory, bytes + guard, false));
        return nullptr;
    }
    name_mapping(memory, bytes, name);
    came_from_system(memory, usable);
    if (options.fork != fork_policy::inherit) maker_of(memory) = generation;
    if (options.prefault != prefault_policy::none && usable != 0) fault_in(memory, memory + usable);
    return memory;
}

bool unmap_memory(const arena_options& options, std::byte* memory, std::size_t bytes) noexcept {
    return give_up(options, memory, bytes, bytes, is_plain(options));
}

bool unmap_addresses(const arena_options& options, std::byte* memory, std::size_t bytes, std::size_t usable) noexcept {
    return give_up(options, memory, bytes, usable, false);
}

void fault_in(std::byte* first, std::byte* last) noexcept {
    if (sys::madvise(first, static_cast<std::size_t>(last - first), sys::advice::populate_write)) return;
    // Kernels before 5.14 do not know how; the memory is fresh, so that zero is what it holds.
    for (std::byte* p = first; p < last; p += sys::page_size()) *static_cast<volatile std::byte*>(p) = std::byte{0};
}

bool is_made_here(const arena_options& options, std::byte* memory) noexcept {
    return options.fork == fork_policy::inherit || maker_of(memory) == process_generation();
}

bool is_here(const arena_options& options, std::byte* memory) noexcept {
    return options.fork != fork_policy::exclude || is_made_here(options, memory);
}

} // namespace seg
