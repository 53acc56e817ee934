// Memory from the system as an arena's options ask for it. What the system refuses as an advice only (huge pages, fork)
// is not a failure.
module;

#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>

export module seg.arena:mapping;

import seg.sys;
import :options;
import :poison;

namespace seg {

inline constexpr std::size_t huge_page = std::size_t{2} * 1024 * 1024;

constexpr std::size_t round_up(std::size_t bytes, std::size_t unit) noexcept {
    return (bytes + unit - 1) & ~(unit - 1);
}
inline std::size_t whole_pages(std::size_t bytes) noexcept { return round_up(bytes, sys::page_size()); }

inline std::byte* next_multiple(std::byte* p, std::size_t unit) noexcept {
    return p + ((0 - reinterpret_cast<std::uintptr_t>(p)) & (unit - 1));
}

inline std::size_t guard_bytes(const arena_options& options) noexcept {
    return options.guard && options.upstream == nullptr ? sys::page_size() : 0;
}

bool wants_huge_pages(const arena_options& options, std::size_t bytes) noexcept {
    return options.pages != page_kind::normal && bytes >= huge_page;
}

/// Maps so many bytes at a multiple of alignment, itself one of the page size; null if the system refuses.
std::byte* map_aligned(std::size_t bytes, std::size_t alignment, sys::prot protection) noexcept {
    using enum sys::map_flag;
    const auto map = [protection](std::size_t n) {
        const auto memory = sys::mmap(nullptr, n, protection, private_ | anonymous);
        return memory ? static_cast<std::byte*>(*memory) : nullptr;
    };
    std::byte* const p = map(bytes);
    if (p == nullptr || next_multiple(p, alignment) == p) return p;
    // Newer kernels align large mappings themselves; the others are asked for more, and have the surplus back.
    static_cast<void>(sys::munmap(p, bytes));
    const std::size_t surplus = alignment - sys::page_size();
    std::byte* const wide = map(bytes + surplus);
    if (wide == nullptr) return map(bytes); // aligned or not
    std::byte* const first = next_multiple(wide, alignment);
    const std::size_t before = static_cast<std::size_t>(first - wide);
    if (before != 0) static_cast<void>(sys::munmap(wide, before));
    if (before != surplus) static_cast<void>(sys::munmap(first + bytes, surplus - before));
    return first;
}

/// Makes the pages from first up to last resident.
void fault_in(std::byte* first, std::byte* last) noexcept {
    if (sys::madvise(first, static_cast<std::size_t>(last - first), sys::advice::populate_write)) return;
    // Kernels before 5.14 do not know how; the memory is fresh, so that zero is what it holds.
    for (std::byte* p = first; p < last; p += sys::page_size()) *static_cast<volatile std::byte*>(p) = std::byte{0};
}

/// Tells the system what the options ask of the pages from first up to last, which are whole ones and new.
void advise(const arena_options& options, std::byte* first, std::byte* last) noexcept {
    const auto tell = [](std::byte* from, std::byte* to, sys::advice use) {
        if (from < to) static_cast<void>(sys::madvise(from, static_cast<std::size_t>(to - from), use));
    };
    if (wants_huge_pages(options, static_cast<std::size_t>(last - first))) {
        // Whole ones only: a huge page of which the mapping has a part is never made, and the rest stays small.
        std::byte* const from = next_multiple(first, huge_page);
        tell(from, last - (reinterpret_cast<std::uintptr_t>(last) & (huge_page - 1)), sys::advice::hugepage);
    }
    // The first page, with the block's header, is the child's in any case: without it, it could not let go of the rest.
    if (options.fork == fork_policy::exclude)
        tell(first + sys::page_size(), last + guard_bytes(options), sys::advice::dontfork);
    if (options.fork == fork_policy::wipe) tell(first + sys::page_size(), last, sys::advice::wipeonfork);
}

/// Where memory that is not inherited says which process mapped it: at the end of its first page, which is.
int& process_of(std::byte* memory) noexcept {
    return *reinterpret_cast<int*>(memory + sys::page_size() - sizeof(int));
}

/// False in a child that got the first page only. Where the others were, somebody else's memory may lie.
bool is_here(const arena_options& options, std::byte* memory) noexcept {
    return options.fork != fork_policy::exclude || options.upstream != nullptr ||
           process_of(memory) == sys::process_id();
}

/// Memory for a block: bytes, of which the first `usable` can be used at once, both whole pages; a guard page follows
/// if there is to be one. Null if the system, or the upstream resource, refuses.
std::byte* map_memory(const arena_options& options, std::size_t bytes, std::size_t usable) noexcept {
    if (options.upstream != nullptr) {
        try {
            return static_cast<std::byte*>(options.upstream->allocate(bytes, sys::page_size()));
        } catch (...) {
            return nullptr;
        }
    }
    const std::size_t guard = guard_bytes(options);
    const bool all_usable = usable == bytes && guard == 0;
    using enum sys::prot;
    const std::size_t alignment = wants_huge_pages(options, bytes) ? huge_page : sys::page_size();
    std::byte* const memory = map_aligned(bytes + guard, alignment, all_usable ? read | write : none);
    if (memory == nullptr) return nullptr;
    came_from_system();
    if (!all_usable && !sys::mprotect(memory, usable, read | write)) {
        static_cast<void>(sys::munmap(memory, bytes + guard));
        return nullptr;
    }
    advise(options, memory, memory + bytes);
    if (options.fork == fork_policy::exclude) process_of(memory) = sys::process_id();
    if (options.prefault != prefault_policy::none) fault_in(memory, memory + usable);
    return memory;
}

/// Gives back what map_memory gave.
void unmap_memory(const arena_options& options, std::byte* memory, std::size_t bytes) noexcept {
    if (options.upstream != nullptr) {
        options.upstream->deallocate(memory, bytes, sys::page_size());
        return;
    }
    goes_to_system();
    // Cannot fail: the range is exactly one of our mappings, or what a child has of it.
    static_cast<void>(
        sys::munmap(memory, is_here(options, memory) ? bytes + guard_bytes(options) : sys::page_size()));
}

/// Lets the pages from first up to last be used; false if the system refuses.
bool make_usable(const std::byte* first, const std::byte* last) noexcept {
    using enum sys::prot;
    return sys::mprotect(const_cast<std::byte*>(first), static_cast<std::size_t>(last - first), read | write)
        .has_value();
}

/// Makes an access to the pages from first up to last a fault. Their content stays; false if the system refuses.
bool make_unusable(const std::byte* first, const std::byte* last) noexcept {
    return sys::mprotect(const_cast<std::byte*>(first), static_cast<std::size_t>(last - first), sys::prot::none)
        .has_value();
}

} // namespace seg
