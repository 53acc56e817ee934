// A vector's memory: one reservation, whose first bytes are committed.
//
// All functions get a copy of the vector's addresses and sizes, an extent, never the vector: an object whose address is
// passed to a function that is not inlined has to be in memory, and the cursor of a local vector would not be in a
// register.
export module seg.vector:memory;

import seg.arena;
import seg.standard;
import :options;

namespace seg {

using namespace detail;

/// The memory for a vector's elements. The first `usable` bytes are for elements. They are committed, and so is the
/// rest of their last page.
struct extent {
    std::byte* begin = nullptr; // null if nothing is reserved
    std::size_t usable = 0;     // bytes, a multiple of the element's size
    std::size_t reserved = 0;   // bytes, whole pages
};

enum class growth_result { done, too_long, refused };

/// The bytes that are reserved if max_size is not set.
inline constexpr std::size_t default_bytes = std::size_t{64} << 30;

/// The maximum size of a vector. If max_size is not set, that is what the reserved bytes have room for, or, if nothing
/// is reserved, what default_bytes have room for.
inline std::size_t maximum_size(pinned_options options, std::size_t reserved, std::size_t element_bytes) noexcept {
    constexpr auto countable = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
    // Less a page, since sizes are rounded up to whole pages.
    if (options.max_size != 0) return std::min(options.max_size, (countable - sys::page_size()) / element_bytes);
    return (reserved != 0 ? reserved : default_bytes) / element_bytes;
}

/// Commits memory until there is room for n elements, after reserving addresses if there are none. Precondition: there
/// is no room for n elements. Changes nothing unless it returns done.
growth_result grow(extent& memory, pinned_options options, std::size_t n, std::size_t element_bytes, library) noexcept;

/// Decommits the whole pages after the first n elements. Unmaps everything if n is 0.
void shrink(extent& memory, pinned_options options, std::size_t n, std::size_t element_bytes) noexcept;

/// Whether a parent process constructed the elements, and this one does not have them.
bool is_lost(const extent& memory, pinned_options options) noexcept;

[[noreturn]] void throw_failure(growth_result failure);
[[noreturn]] void throw_beyond_end(std::size_t index, std::size_t size);

} // namespace seg
