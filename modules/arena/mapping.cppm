// Mapping and unmapping memory, as an arena's options say.
//
// Advice about huge pages may be refused without effect. If a fork policy is refused, the mapping is refused. If the
// system refuses to unmap a range, the range is retained: a later mapping gets it, or it is unmapped later.
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

/// Whether a mapping of this size gets advice to use huge pages.
inline bool wants_huge_pages(const arena_options& options, std::size_t bytes) noexcept {
    return options.pages != page_kind::normal && bytes >= huge_page;
}

/// Maps memory whose first `accessible` bytes can be read and written. Both sizes are whole pages. Under the option
/// guard an inaccessible page follows. Null if the system refuses. Tools show the mapping by its name, if the system
/// has names for mappings.
std::byte* map_memory(const arena_options& options, std::size_t bytes, std::size_t accessible,
                      const char* name = "seg arena") noexcept;

/// Unmaps memory from map_memory, all of which was accessible. False if the system refuses: it then has the pages, and
/// the range is retained.
bool unmap_memory(const arena_options& options, std::byte* memory, std::size_t bytes) noexcept;

/// The same for a mapping of which the first `accessible` bytes were committed. The rest may be reserved.
bool unmap_reserved(const arena_options& options, std::byte* memory, std::size_t bytes,
                    std::size_t accessible) noexcept;

/// The generation of this process: a number that is not 0, and that differs from that of each of its ancestors. 0 if
/// the system cannot tell a process from its ancestors.
unsigned process_generation() noexcept;

/// Makes the pages from first up to last resident. Precondition: they were not written to since they came from the
/// system.
void fault_in(std::byte* first, std::byte* last) noexcept;

/// Whether this process mapped the memory. Always true without a fork policy. If it is false, this is a child process:
/// it has all pages under fork_policy::wipe, with zeros after the first one, and only the first page under
/// fork_policy::exclude.
bool is_mapped_here(const arena_options& options, std::byte* memory) noexcept;

/// Whether this process has all pages of the mapping. Otherwise it is a child process, under fork_policy::exclude: it
/// has the first page only, and something else may be mapped at the other addresses.
bool has_all_pages(const arena_options& options, std::byte* memory) noexcept;

} // namespace seg
