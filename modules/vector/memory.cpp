// Reserving, committing and giving back a vector's memory.
module;

#include <algorithm>
#include <cstddef>
#include <limits>
#include <new>
#include <stdexcept>
#include <string>

module seg.vector;

import seg.arena;
import :memory;
import :options;

namespace seg {

namespace {

// What is reserved where max_size is not set.
constexpr std::size_t default_bytes = std::size_t{64} << 30;
// What is committed at first. It takes the same system calls as a page.
constexpr std::size_t first_bytes = std::size_t{64} << 10;
constexpr std::size_t huge_bytes = std::size_t{2} << 20;

constexpr std::size_t countable = static_cast<std::size_t>(std::numeric_limits<std::ptrdiff_t>::max());

std::size_t whole_pages(std::size_t bytes) noexcept {
    const std::size_t page = sys::page_size();
    return (bytes + page - 1) & ~(page - 1);
}

arena_options as_arena(pinned_options options) noexcept {
    const bool huge = options.pages == page_kind::huge;
    return {.first_block = huge ? huge_bytes : first_bytes,
            .reserve = default_bytes, // so that it is taken for reserved addresses
            .pages = options.pages,
            .prefault = options.prefault,
            .fork = options.fork};
}

/// Bytes before the elements: under a fork policy the first page is the reservation's.
std::size_t header_bytes(pinned_options options) noexcept {
    return options.fork == fork_policy::inherit ? 0 : sys::page_size();
}

reservation reservation_of(const extent& memory, pinned_options options) noexcept {
    const std::size_t header = header_bytes(options);
    return {memory.begin - header, header + whole_pages(memory.usable), header + memory.reserved};
}

/// What so many committed bytes can hold, in bytes.
std::size_t usable_of(std::size_t committed, std::size_t most, std::size_t element_bytes) noexcept {
    return std::min(committed / element_bytes, most) * element_bytes;
}

/// The memory of a reservation that has just been made or changed; what is new is poisoned.
void adopt(extent& memory, reservation& r, pinned_options options, std::size_t most,
           std::size_t element_bytes) noexcept {
    const std::size_t header = header_bytes(options), before = memory.usable;
    memory = {r.begin() + header, usable_of(r.committed() - header, most, element_bytes), r.size() - header};
    // Where the system granted less than was asked for, the last pages may not have room for an element.
    const std::size_t surplus = r.committed() - header - whole_pages(memory.usable);
    if (surplus != 0) static_cast<void>(r.decommit(surplus));
    poison(memory.begin + before, whole_pages(memory.usable) - before);
}

growth_result reserve_addresses(extent& memory, pinned_options options, std::size_t n, std::size_t most,
                                std::size_t element_bytes) noexcept {
    const arena_options how = as_arena(options);
    const std::size_t header = header_bytes(options);
    const std::size_t needed = whole_pages(n * element_bytes);
    const bool all = options.prefault == prefault_policy::all && options.max_size != 0;
    std::size_t bytes = whole_pages(most * element_bytes);
    reservation r;
    while (!(r = reservation::make(how, header + bytes, header, header))) {
        if (options.max_size != 0 || bytes == needed) return growth_result::refused;
        bytes = std::max(needed, whole_pages(bytes / 2));
        most = bytes / element_bytes;
    }
    const std::size_t first = all ? bytes : std::clamp(how.first_block, needed, bytes);
    if (!r.commit(how, needed, std::max(needed, whole_pages(usable_of(first, most, element_bytes))))) {
        static_cast<void>(r.give_back(how));
        return growth_result::refused;
    }
    adopt(memory, r, options, most, element_bytes);
    return growth_result::done;
}

} // namespace

std::size_t most_elements(pinned_options options, std::size_t reserved, std::size_t element_bytes) noexcept {
    // A page less than can be counted, since whole pages are reserved.
    if (options.max_size != 0) return std::min(options.max_size, (countable - sys::page_size()) / element_bytes);
    return (reserved != 0 ? reserved : default_bytes) / element_bytes;
}

growth_result grow(extent& memory, pinned_options options, std::size_t n, std::size_t element_bytes) noexcept {
    const std::size_t most = most_elements(options, memory.reserved, element_bytes);
    if (n > most) return growth_result::too_long;
    if (memory.begin == nullptr) return reserve_addresses(memory, options, n, most, element_bytes);
    reservation r = reservation_of(memory, options);
    const arena_options how = as_arena(options);
    const std::size_t committed = whole_pages(memory.usable);
    const std::size_t needed = whole_pages(n * element_bytes) - committed;
    const std::size_t step = std::min(std::max(needed, r.next_step(how)), r.uncommitted());
    const std::size_t wanted =
        std::max(needed, whole_pages(usable_of(committed + step, most, element_bytes)) - committed);
    if (!r.commit(how, needed, wanted)) return growth_result::refused;
    adopt(memory, r, options, most, element_bytes);
    return growth_result::done;
}

void shrink(extent& memory, pinned_options options, std::size_t n, std::size_t element_bytes) noexcept {
    if (memory.begin == nullptr) return;
    reservation r = reservation_of(memory, options);
    if (n == 0) {
        static_cast<void>(r.give_back(as_arena(options)));
        memory = {};
        return;
    }
    const std::size_t kept = whole_pages(n * element_bytes);
    const std::size_t surplus = whole_pages(memory.usable) - kept;
    if (surplus == 0 || !r.decommit(surplus)) return;
    memory.usable = usable_of(kept, most_elements(options, memory.reserved, element_bytes), element_bytes);
}

bool is_lost(const extent& memory, pinned_options options) noexcept {
    return memory.begin != nullptr && reservation_of(memory, options).is_lost(as_arena(options));
}

void throw_failure(growth_result why) {
    if (why == growth_result::too_long) throw std::length_error("seg::pinned_vector: more elements than max_size()");
    throw std::bad_alloc();
}

void throw_beyond_end(std::size_t index, std::size_t size) {
    throw std::out_of_range("seg::pinned_vector::at: index " + std::to_string(index) + " is not below the size " +
                            std::to_string(size));
}

} // namespace seg
