// Memory from the system, as an arena's options ask for it.
//
// Refused advice about huge pages is ignored. A refused fork policy is a refused mapping. A range that the system does
// not unmap is kept, for the next block or until the system unmaps it.
export module seg.arena:mapping;

import seg.standard;
import seg.sys;
import :options;

namespace seg {

inline constexpr std::size_t huge_page = std::size_t{2} * 1024 * 1024;

constexpr std::size_t round_up(std::size_t bytes, std::size_t unit) noexcept {
    return (bytes + unit - 1) & ~(unit - 1);
}
constexpr std::size_t round_down(std::size_t bytes, std::size_t unit) noexcept { return bytes & ~(unit - 1); }
inline std::size_t whole_pages(std::size_t bytes) noexcept { return round_up(bytes, sys::page_size()); }

inline std::byte* next_multiple(std::byte* p, std::size_t unit) noexcept {
    return p + ((0 - reinterpret_cast<std::uintptr_t>(p)) & (unit - 1));
}

/// Whether a mapping of that size asks for huge pages.
inline bool wants_huge_pages(const arena_options& options, std::size_t bytes) noexcept {
    return options.pages != page_kind::normal && bytes >= huge_page;
}

/// Maps bytes, of which the first `usable` can be used at once, both whole pages; a guard page follows if there is to
/// be one. Null if the system refuses. The name is what tools show the mapping by, where the system knows names.
std::byte* map_memory(const arena_options& options, std::size_t bytes, std::size_t usable,
                      const char* name = "seg arena") noexcept;

/// Unmaps what map_memory gave, all of it usable. False if the system refuses: the pages are dropped, and the range is
/// kept.
bool unmap_memory(const arena_options& options, std::byte* memory, std::size_t bytes) noexcept;

/// The same where the last part may be address space alone, and the first `usable` bytes were memory.
bool unmap_addresses(const arena_options& options, std::byte* memory, std::size_t bytes, std::size_t usable) noexcept;

/// A number that this process shares with none of those it descends from; 0 if the system cannot tell them apart.
unsigned process_generation() noexcept;

/// Makes the pages from first up to last, which are fresh, resident.
void fault_in(std::byte* first, std::byte* last) noexcept;

/// Whether this process made the mapping. A child has what was inherited of it: under fork_policy::wipe zeroes, under
/// exclude the first page alone.
bool is_made_here(const arena_options& options, std::byte* memory) noexcept;

/// Whether this process has all pages of the mapping. Under fork_policy::exclude a child has the first one alone, and
/// something else may be mapped where the others were.
bool is_here(const arena_options& options, std::byte* memory) noexcept;

} // namespace seg
