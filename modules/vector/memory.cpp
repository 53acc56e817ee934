// Reserving, committing and decommitting a vector's memory.
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

using namespace detail;

namespace {

// What is committed at first. It takes as many system calls as one page.
constexpr std::size_t first_bytes = std::size_t{64} << 10;
// With page_kind::automatic, the bytes in small pages, which huge pages follow. A small vector then has little memory
// that it does not use. A large one has 128 page faults for these bytes.
constexpr std::size_t small_bytes = std::size_t{512} << 10;

std::size_t whole_pages(std::size_t bytes) noexcept { return reservation::whole_pages(bytes); }

/// The options for a reservation that has committed that many bytes for elements.
arena_options reservation_options(pinned_options options, std::size_t committed = 0) noexcept {
    const bool huge =
        options.pages == page_kind::huge || (options.pages == page_kind::automatic && committed >= small_bytes);
    return {.first_block = huge ? reservation::huge_page : first_bytes,
            .pages = options.pages,
            .prefault = options.prefault,
            .fork = options.fork};
}

/// The bytes that a reservation needs for itself: the first page, if there is a fork policy.
std::size_t header_bytes(pinned_options options) noexcept {
    return options.fork == fork_policy::inherit ? 0 : sys::page_size();
}

/// Whether a vector that reserves that many bytes for elements has huge pages.
bool has_huge_pages(pinned_options options, std::size_t reserved) noexcept {
    return options.pages != page_kind::normal && reserved >= 2 * reservation::huge_page;
}

/// The bytes of the reservation before the elements, with the header. A reservation with huge pages begins at the start
/// of one. The elements' small pages end at the start of the next one.
std::size_t bytes_before(pinned_options options, std::size_t reserved) noexcept {
    const std::size_t header = header_bytes(options);
    if (!has_huge_pages(options, reserved)) return header;
    if (options.pages == page_kind::automatic) return reservation::huge_page - small_bytes;
    return header == 0 ? 0 : reservation::huge_page;
}

/// The bytes of the whole reservation. After the elements there is at least one page, so that an access to it is a
/// fault. With huge pages, the size is a multiple of theirs: the system would make another mapping of the remainder.
std::size_t bytes_in_all(pinned_options options, std::size_t reserved) noexcept {
    constexpr std::size_t huge = reservation::huge_page;
    const std::size_t bytes = bytes_before(options, reserved) + reserved + sys::page_size();
    return has_huge_pages(options, reserved) ? (bytes + huge - 1) / huge * huge : bytes;
}

/// The whole reservation of a vector, for give_back and is_lost.
reservation whole_reservation(const extent& memory, pinned_options options) noexcept {
    const std::size_t before = bytes_before(options, memory.reserved);
    return {memory.begin - before, before + whole_pages(memory.usable), bytes_in_all(options, memory.reserved)};
}
/// The part of the reservation that is for elements, for commit and decommit.
reservation element_reservation(const extent& memory) noexcept {
    return {memory.begin, whole_pages(memory.usable), memory.reserved};
}

/// The bytes of the elements that the committed bytes have room for.
std::size_t usable_bytes(std::size_t committed, std::size_t max_size, std::size_t element_bytes) noexcept {
    return std::min(committed / element_bytes, max_size) * element_bytes;
}

/// Commits `wanted` more bytes and poisons them; fewer if the elements need fewer or the system refuses, but at least
/// `needed`. Returns false, without effect, if the system refuses these, too.
bool commit(extent& memory, pinned_options options, std::size_t needed, std::size_t wanted, std::size_t max_size,
            std::size_t element_bytes) noexcept {
    reservation r = element_reservation(memory);
    const std::size_t before = r.committed();
    wanted = std::max(needed, whole_pages(usable_bytes(before + wanted, max_size, element_bytes)) - before);
    if (!r.commit(reservation_options(options), needed, wanted)) return false;
    const std::size_t old_usable = memory.usable;
    memory.usable = usable_bytes(r.committed(), max_size, element_bytes);
    // If the system granted less than was wanted, the last pages may have no room for an element.
    const std::size_t surplus = r.committed() - whole_pages(memory.usable);
    if (surplus != 0) static_cast<void>(r.decommit(surplus));
    poison(memory.begin + old_usable, whole_pages(memory.usable) - old_usable);
    return true;
}

/// Reserves addresses for max_size elements, and commits memory for at least n.
growth_result reserve_addresses(extent& memory, pinned_options options, std::size_t n, std::size_t max_size,
                                std::size_t element_bytes) noexcept {
    const arena_options how = reservation_options(options);
    const std::size_t header = header_bytes(options);
    const std::size_t needed = whole_pages(n * element_bytes);
    std::size_t bytes = whole_pages(max_size * element_bytes);
    const auto reserve = [&] {
        return reservation::make(how, bytes_in_all(options, bytes), header, header, "seg vector");
    };
    const auto halve = [&] {
        bytes = std::max(needed, whole_pages(bytes / 2));
        max_size = bytes / element_bytes;
    };
    reservation r = reserve();
    if (!r && options.max_size == 0) {
        while (!r && bytes != needed) {
            halve();
            r = reserve();
        }
        // These may be the last addresses that the system grants: half of them are left for others.
        if (r && bytes != needed) {
            static_cast<void>(r.give_back(how));
            halve();
            r = reserve();
        }
    }
    if (!r) return growth_result::refused;
    extent reserved{.begin = r.begin() + bytes_before(options, bytes), .reserved = bytes};
    const bool all = options.prefault == prefault_policy::all && options.max_size != 0;
    const std::size_t wanted = all ? bytes : std::clamp(how.first_block, needed, bytes);
    if (!commit(reserved, options, needed, wanted, max_size, element_bytes)) {
        static_cast<void>(r.give_back(how));
        return growth_result::refused;
    }
    memory = reserved;
    return growth_result::done;
}

} // namespace

growth_result grow(extent& memory, pinned_options options, std::size_t n, std::size_t element_bytes, library) noexcept {
    const std::size_t max_size = maximum_size(options, memory.reserved, element_bytes);
    if (n > max_size) return growth_result::too_long;
    if (memory.begin == nullptr) return reserve_addresses(memory, options, n, max_size, element_bytes);
    const reservation r = element_reservation(memory);
    const std::size_t needed = whole_pages(n * element_bytes) - r.committed();
    const std::size_t step = std::max(needed, r.next_step(reservation_options(options, r.committed())));
    const bool done = commit(memory, options, needed, std::min(step, r.uncommitted()), max_size, element_bytes);
    return done ? growth_result::done : growth_result::refused;
}

void shrink(extent& memory, pinned_options options, std::size_t n, std::size_t element_bytes) noexcept {
    if (memory.begin == nullptr) return;
    if (n == 0) {
        static_cast<void>(whole_reservation(memory, options).give_back(reservation_options(options)));
        memory = {};
        return;
    }
    reservation r = element_reservation(memory);
    const std::size_t remaining = whole_pages(n * element_bytes);
    const std::size_t surplus = whole_pages(memory.usable) - remaining;
    if (surplus == 0 || !r.decommit(surplus)) return;
    memory.usable = usable_bytes(remaining, maximum_size(options, memory.reserved, element_bytes), element_bytes);
}

bool is_lost(const extent& memory, pinned_options options) noexcept {
    return memory.begin != nullptr && whole_reservation(memory, options).is_lost(reservation_options(options));
}

void throw_failure(growth_result failure) {
    constexpr const char* words = "seg::pinned_vector: more elements than max_size()";
    if (failure == growth_result::too_long) throw_or_abort(std::length_error(words), words);
    throw_or_abort(std::bad_alloc(), "seg::pinned_vector: the system has no memory left");
}

void throw_beyond_end(std::size_t index, std::size_t size) {
    const std::string words =
        "seg::pinned_vector::at: index " + std::to_string(index) + " is not below the size " + std::to_string(size);
    throw_or_abort(std::out_of_range(words), words.c_str());
}

} // namespace seg
