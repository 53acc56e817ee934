// Reserving, committing and giving back a vector's memory.
module;

#include <algorithm>
#include <cstddef>
#include <new>
#include <stdexcept>
#include <string>

module seg.vector;

import seg.arena;
import :memory;
import :options;

namespace seg {

namespace {

// What is committed at first. It takes the same system calls as a page.
constexpr std::size_t first_bytes = std::size_t{64} << 10;
// With page_kind::automatic, so many bytes are in small pages: a small vector has no memory that it does not need, and
// ten million numbers fault 128 times for them. Huge pages follow.
constexpr std::size_t small_bytes = std::size_t{512} << 10;

std::size_t whole_pages(std::size_t bytes) noexcept { return reservation::whole_pages(bytes); }

arena_options as_arena(pinned_options options, std::size_t committed = 0) noexcept {
    const bool huge =
        options.pages == page_kind::huge || (options.pages == page_kind::automatic && committed >= small_bytes);
    return {.first_block = huge ? reservation::huge_page : first_bytes,
            .pages = options.pages,
            .prefault = options.prefault,
            .fork = options.fork};
}

/// Bytes that are the reservation's: under a fork policy the first page.
std::size_t header_bytes(pinned_options options) noexcept {
    return options.fork == fork_policy::inherit ? 0 : sys::page_size();
}

/// Whether there are to be huge pages where so many bytes are reserved for elements.
bool has_huge_pages(pinned_options options, std::size_t reserved) noexcept {
    return options.pages != page_kind::normal && reserved >= 2 * reservation::huge_page;
}

/// Bytes before the elements, the header included. Where there are to be huge pages, the reservation begins at one, and
/// the next one is where the elements' small pages end.
std::size_t bytes_before(pinned_options options, std::size_t reserved) noexcept {
    const std::size_t header = header_bytes(options);
    if (!has_huge_pages(options, reserved)) return header;
    if (options.pages == page_kind::automatic) return reservation::huge_page - small_bytes;
    return header == 0 ? 0 : reservation::huge_page;
}

/// All bytes that are reserved where so many are for elements: a page at least is behind them, so that an access there
/// is a fault; and whole huge pages where there are to be any, since the system takes the rest for another mapping.
std::size_t bytes_in_all(pinned_options options, std::size_t reserved) noexcept {
    constexpr std::size_t huge = reservation::huge_page;
    const std::size_t bytes = bytes_before(options, reserved) + reserved + sys::page_size();
    return has_huge_pages(options, reserved) ? (bytes + huge - 1) / huge * huge : bytes;
}

/// All addresses of a vector, for what begins and ends them.
reservation all_of(const extent& memory, pinned_options options) noexcept {
    const std::size_t before = bytes_before(options, memory.reserved);
    return {memory.begin - before, before + whole_pages(memory.usable), bytes_in_all(options, memory.reserved)};
}
/// Those of its elements, of which the first ones are memory.
reservation elements_of(const extent& memory) noexcept {
    return {memory.begin, whole_pages(memory.usable), memory.reserved};
}

/// What so many committed bytes can hold, in bytes.
std::size_t usable_of(std::size_t committed, std::size_t most, std::size_t element_bytes) noexcept {
    return std::min(committed / element_bytes, most) * element_bytes;
}

/// Commits for elements that there is no room for: wanted bytes or fewer, but needed ones. False, and nothing changed,
/// if the system refuses. What is new is poisoned.
bool commit(extent& memory, pinned_options options, std::size_t needed, std::size_t wanted, std::size_t most,
            std::size_t element_bytes) noexcept {
    reservation r = elements_of(memory);
    const std::size_t before = r.committed();
    wanted = std::max(needed, whole_pages(usable_of(before + wanted, most, element_bytes)) - before);
    if (!r.commit(as_arena(options), needed, wanted)) return false;
    const std::size_t was_usable = memory.usable;
    memory.usable = usable_of(r.committed(), most, element_bytes);
    // Where the system granted less than was asked for, the last pages may not have room for an element.
    const std::size_t surplus = r.committed() - whole_pages(memory.usable);
    if (surplus != 0) static_cast<void>(r.decommit(surplus));
    poison(memory.begin + was_usable, whole_pages(memory.usable) - was_usable);
    return true;
}

growth_result reserve_addresses(extent& memory, pinned_options options, std::size_t n, std::size_t most,
                                std::size_t element_bytes) noexcept {
    const arena_options how = as_arena(options);
    const std::size_t header = header_bytes(options);
    const std::size_t needed = whole_pages(n * element_bytes);
    std::size_t bytes = whole_pages(most * element_bytes);
    const auto make = [&] {
        return reservation::make(how, bytes_in_all(options, bytes), header, header, "seg vector");
    };
    const auto halve = [&] {
        bytes = std::max(needed, whole_pages(bytes / 2));
        most = bytes / element_bytes;
    };
    reservation r = make();
    if (!r && options.max_size == 0) {
        while (!r && bytes != needed) {
            halve();
            r = make();
        }
        // Others need addresses, too: of the last that there are a vector takes a half.
        if (r && bytes != needed) {
            static_cast<void>(r.give_back(how));
            halve();
            r = make();
        }
    }
    if (!r) return growth_result::refused;
    extent made{.begin = r.begin() + bytes_before(options, bytes), .reserved = bytes};
    const bool all = options.prefault == prefault_policy::all && options.max_size != 0;
    if (!commit(made, options, needed, all ? bytes : std::clamp(how.first_block, needed, bytes), most, element_bytes)) {
        static_cast<void>(r.give_back(how));
        return growth_result::refused;
    }
    memory = made;
    return growth_result::done;
}

} // namespace

growth_result grow(extent& memory, pinned_options options, std::size_t n, std::size_t element_bytes, library) noexcept {
    const std::size_t most = most_elements(options, memory.reserved, element_bytes);
    if (n > most) return growth_result::too_long;
    if (memory.begin == nullptr) return reserve_addresses(memory, options, n, most, element_bytes);
    const reservation r = elements_of(memory);
    const std::size_t needed = whole_pages(n * element_bytes) - r.committed();
    const std::size_t step = std::max(needed, r.next_step(as_arena(options, r.committed())));
    const bool done = commit(memory, options, needed, std::min(step, r.uncommitted()), most, element_bytes);
    return done ? growth_result::done : growth_result::refused;
}

void shrink(extent& memory, pinned_options options, std::size_t n, std::size_t element_bytes) noexcept {
    if (memory.begin == nullptr) return;
    if (n == 0) {
        static_cast<void>(all_of(memory, options).give_back(as_arena(options)));
        memory = {};
        return;
    }
    reservation r = elements_of(memory);
    const std::size_t kept = whole_pages(n * element_bytes);
    const std::size_t surplus = whole_pages(memory.usable) - kept;
    if (surplus == 0 || !r.decommit(surplus)) return;
    memory.usable = usable_of(kept, most_elements(options, memory.reserved, element_bytes), element_bytes);
}

bool is_lost(const extent& memory, pinned_options options) noexcept {
    return memory.begin != nullptr && all_of(memory, options).is_lost(as_arena(options));
}

void throw_failure(growth_result why) {
    constexpr const char* words = "seg::pinned_vector: more elements than max_size()";
    if (why == growth_result::too_long) throw_or_abort(std::length_error(words), words);
    throw_or_abort(std::bad_alloc(), "seg::pinned_vector: the system has no memory left");
}

void throw_beyond_end(std::size_t index, std::size_t size) {
    const std::string words =
        "seg::pinned_vector::at: index " + std::to_string(index) + " is not below the size " + std::to_string(size);
    throw_or_abort(std::out_of_range(words), words.c_str());
}

} // namespace seg
