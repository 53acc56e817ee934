// Reserving, committing and decommitting.
module;

#include <algorithm>
#include <cstddef>

module seg.arena;

import seg.sys;
import :mapping;
import :options;
import :reservation;

namespace seg {

using namespace detail;

reservation reservation::make(const arena_options& options, std::size_t bytes, std::size_t needed, std::size_t wanted,
                              const char* name) noexcept {
    std::byte* memory = map_memory(options, bytes, wanted, name);
    if (memory == nullptr && wanted > needed) memory = map_memory(options, bytes, wanted = needed, name);
    if (memory == nullptr) return {};
    scan_for_owners(memory, bytes);
    unpoison(memory, wanted); // a sanitizer may not have seen that poisoned memory was unmapped and mapped again
    return {memory, wanted, bytes};
}

bool reservation::give_back(const arena_options& options) noexcept {
    stop_scanning(begin_, size());
    // If a child process has only the first page, something else may be mapped at the other addresses.
    unpoison(begin_, has_all_pages(options, begin_) ? committed() : sys::page_size());
    const bool unmapped = unmap_reserved(options, begin_, size(), committed());
    *this = {};
    return unmapped;
}

bool reservation::is_lost(const arena_options& options) const noexcept { return !is_mapped_here(options, begin_); }

std::size_t reservation::next_step(const arena_options& options) const noexcept {
    std::size_t step = std::max(options.first_block, committed());
    if (options.largest_block != 0) step = std::min(step, options.largest_block);
    step = whole_pages(step);
    if (!wants_huge_pages(options, step)) return step;
    // The system makes no huge page of one that is committed in part.
    return static_cast<std::size_t>(next_multiple(committed_ + step, huge_page) - committed_);
}

bool reservation::commit(const arena_options& options, std::size_t needed, std::size_t wanted) noexcept {
    std::byte* const from = committed_;
    while (!make_accessible(from, from + wanted)) {
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
    // The system refuses this for pages that are locked in memory. Without it, the bytes would not be zero when they
    // are committed again.
    if (!sys::madvise(from, bytes, sys::advice::dontneed)) return false;
    if (!make_inaccessible(from, committed_)) return false;
    unpoison(from, bytes);
    goes_to_system(from, bytes);
    committed_ = from;
    return true;
}

} // namespace seg
