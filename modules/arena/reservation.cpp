// Reserving addresses, and making memory of them.
module;

#include <algorithm>
#include <cstddef>

module seg.arena;

import seg.sys;
import :mapping;
import :options;
import :poison;
import :reservation;

namespace seg {

reservation reservation::make(const arena_options& options, std::size_t bytes, std::size_t needed, std::size_t wanted,
                              const char* name) noexcept {
    std::byte* memory = map_memory(options, bytes, wanted, name);
    if (memory == nullptr && wanted > needed) memory = map_memory(options, bytes, wanted = needed, name);
    if (memory == nullptr) return {};
    scan_for_owners(memory, bytes);
    unpoison(memory, wanted); // memory that came and went behind the sanitizer's back may still be marked
    return {memory, wanted, bytes};
}

bool reservation::give_back(const arena_options& options) noexcept {
    stop_scanning(begin_, size());
    // Where the others were, a child may have something else.
    unpoison(begin_, is_here(options, begin_) ? committed() : sys::page_size());
    const bool unmapped = unmap_addresses(options, begin_, size(), committed());
    *this = {};
    return unmapped;
}

bool reservation::is_lost(const arena_options& options) const noexcept { return !is_made_here(options, begin_); }

std::size_t reservation::next_step(const arena_options& options) const noexcept {
    std::size_t step = std::max(options.first_block, committed());
    if (options.largest_block != 0) step = std::min(step, options.largest_block);
    step = whole_pages(step);
    if (!wants_huge_pages(options, step)) return step;
    // One that is committed in part only is none.
    return static_cast<std::size_t>(next_multiple(committed_ + step, huge_page) - committed_);
}

bool reservation::commit(const arena_options& options, std::size_t needed, std::size_t wanted) noexcept {
    std::byte* const from = committed_;
    while (!make_usable(from, from + wanted)) {
        if (wanted == needed) return false;
        wanted = std::max(needed, whole_pages(wanted / 2));
    }
    committed_ = from + wanted;
    came_from_system(from, wanted);
    unpoison(from, wanted);
    if (options.prefault != prefault_policy::none) fault_in(from, committed_);
    return true;
}

bool reservation::decommit(std::size_t bytes) noexcept {
    std::byte* const from = committed_ - bytes;
    // Refused where the pages are locked in memory: they would not be zero when they are wanted again.
    if (!sys::madvise(from, bytes, sys::advice::dontneed)) return false;
    if (!make_unusable(from, committed_)) return false;
    unpoison(from, bytes);
    goes_to_system(from, bytes);
    committed_ = from;
    return true;
}

} // namespace seg
