// A vector's memory: one reservation, of which the beginning is committed.
//
// Free functions that work on a copy of the vector's addresses and sizes, an extent, never on the vector object: so its
// cursor can live in registers.
export module seg.vector:memory;

import seg.arena;
import seg.standard;
import :options;

namespace seg {

/// What a vector has of addresses. Of the bytes from begin on the first `usable` hold elements, or may; their last page
/// is committed whole.
struct extent {
    std::byte* begin = nullptr;
    std::size_t usable = 0;   // a multiple of the element's size
    std::size_t reserved = 0; // whole pages
};

enum class growth_result { done, too_long, refused };

/// What is reserved where max_size is not set.
inline constexpr std::size_t default_bytes = std::size_t{64} << 30;

/// The most elements that a vector can hold: those of the reserved bytes; of those that will be, if none are yet.
inline std::size_t most_elements(pinned_options options, std::size_t reserved, std::size_t element_bytes) noexcept {
    constexpr auto countable = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());
    // A page less than can be counted, since whole pages are reserved.
    if (options.max_size != 0) return std::min(options.max_size, (countable - sys::page_size()) / element_bytes);
    return (reserved != 0 ? reserved : default_bytes) / element_bytes;
}

/// Makes room for n elements in all, which are more than there is room for. Changes nothing unless it is done.
growth_result grow(extent& memory, pinned_options options, std::size_t n, std::size_t element_bytes, library) noexcept;

/// Keeps the whole pages that hold the first n elements, and gives the rest back to the system; without elements, the
/// addresses too.
void shrink(extent& memory, pinned_options options, std::size_t n, std::size_t element_bytes) noexcept;

/// Whether the elements are those of a parent process, which this one does not have.
bool is_lost(const extent& memory, pinned_options options) noexcept;

[[noreturn]] void throw_failure(growth_result why);
[[noreturn]] void throw_beyond_end(std::size_t index, std::size_t size);

} // namespace seg
