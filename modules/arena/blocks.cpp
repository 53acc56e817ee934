// Choosing, creating, freeing and giving up blocks.
module;

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <new>
#include <utility>

module seg.arena;

import seg.sys;
import :block;
import :block_cache;
import :blocks;
import :failure;
import :mapping;
import :options;
import :reservation;

namespace seg {

using namespace detail;

namespace {

// No address space is as large. Sums of sizes up to this one do not wrap.
constexpr std::size_t size_limit = std::size_t{1} << 60;

// The least alignment of a block, which upstream is asked for. Sizes are multiples of it.
constexpr std::size_t block_alignment = alignof(std::max_align_t);

// The number of free regular blocks that are searched before a block is created. It is limited, so that a request takes
// constant time. It is not 1, so that a larger block is found after a few that are too small.
constexpr int search_limit = 8;

// The value of deallocated bytes in a checked build.
constexpr int fill_byte = 0xDD;

bool has_room(const block* b, std::size_t bytes, std::size_t alignment) noexcept {
    return blocks::address_in(b, b->begin, bytes, alignment) != nullptr;
}

/// Removes the first block with room for the request from a list. Null if none of those searched has room.
block* unlink_fitting(block** link, std::size_t bytes, std::size_t alignment) noexcept {
    for (int searched = 0; *link != nullptr && searched != search_limit; ++searched, link = &(*link)->next)
        if (has_room(*link, bytes, alignment)) return std::exchange(*link, (*link)->next);
    return nullptr;
}

/// Sorts a list, the newest block first. n log n comparisons.
block* newest_first(block* list) noexcept {
    if (list == nullptr || list->next == nullptr) return list;
    block* middle = list;
    for (block* end = list->next; end != nullptr && end->next != nullptr; end = end->next->next) middle = middle->next;
    block* a = newest_first(std::exchange(middle->next, nullptr));
    block* b = newest_first(list);
    block* merged = nullptr;
    for (block** last = &merged; (*last = a != nullptr ? a : b) != nullptr; last = &(*last)->next) {
        if (b != nullptr && (a == nullptr || b->created_at > a->created_at)) *last = b;
        (*last == a ? a : b) = (*last)->next;
    }
    return merged;
}

/// Whether an arena with these options takes blocks from the block cache, if protect and fork do not forbid it.
bool options_allow_cache(const arena_options& o) noexcept {
    return o.first_block == 0 && o.reserve == 0 && o.pages == page_kind::automatic &&
           o.prefault == prefault_policy::none && !o.guard && o.buffer.empty() && o.upstream == nullptr;
}

/// Takes a block from the cache. What objects in it own is no leak.
block* take_cached(std::size_t bytes) noexcept {
    block* const b = take_block(bytes);
    if (b != nullptr) scan_for_owners(b, bytes);
    return b;
}
void give_up_cached(block* b, std::size_t bytes) noexcept {
    stop_scanning(b, bytes);
    poison(b->begin, b->capacity());
    give_up_block(b, bytes);
}

} // namespace

blocks::blocks(const arena_options& options) noexcept : options_(options) {
    if (options_.upstream != nullptr) {
        options_.reserve = 0;
        options_.pages = page_kind::normal;
        options_.prefault = prefault_policy::none;
        options_.guard = options_.protect = false;
        options_.fork = fork_policy::inherit;
    }
    if (options_.protect || options_.fork != fork_policy::inherit) fast_paths_ = fast_paths::none;
    else if (!options_allow_cache(options_)) fast_paths_ = fast_paths::rewind;
    else if (options_.max_bytes != 0 || options_.largest_block != 0) fast_paths_ = fast_paths::cache;
    options_.reserve = std::min(options_.reserve, size_limit);
    options_.first_block = std::min(options_.first_block, size_limit);
    if (options_.pages == page_kind::huge)
        options_.first_block = std::max(options_.first_block, huge_page + huge_page / 64);
    if (options_.first_block == 0 && !uses_cache())
        options_.first_block = options_.upstream != nullptr ? 1024 : largest_cached;

    std::byte* const memory = next_multiple(options_.buffer.data(), alignof(std::max_align_t));
    const auto skipped = static_cast<std::size_t>(memory - options_.buffer.data());
    if (memory == nullptr || options_.buffer.size() < skipped + sizeof(block) + block_alignment) return;
    const std::size_t bytes = round_down(std::min(options_.buffer.size() - skipped, bytes_left()), block_alignment);
    if (bytes <= sizeof(block)) return;
    unpoison(memory, sizeof(block));
    auto* const b = ::new (static_cast<void*>(memory)) block{};
    first_ = set_up(b, memory + sizeof(block), memory + bytes, memory + bytes);
    use_first();
}

bool blocks::is_buffer(const block* b) const noexcept {
    return reinterpret_cast<std::uintptr_t>(b) - reinterpret_cast<std::uintptr_t>(options_.buffer.data()) <
           options_.buffer.size();
}

/// Whether another process used the blocks last. From now on it is this one.
bool blocks::is_new_process() noexcept {
    if (generation_ == process_generation()) return false;
    generation_ = process_generation();
    return true;
}

// ---- sizes

/// The bytes before the first allocation of a block. The header has a page of its own if the rest of the block may
/// become inaccessible, or is not inherited by a child process.
std::size_t blocks::header_bytes() const noexcept {
    return options_.protect || options_.fork != fork_policy::inherit ? sys::page_size() : sizeof(block);
}

/// The addresses of blocks and their sizes are multiples of this.
std::size_t blocks::granularity() const noexcept {
    if (options_.upstream != nullptr) return block_alignment;
    return uses_cache() ? smallest_cached : sys::page_size();
}

/// The size of the smallest block that has room for the request at any address.
std::size_t blocks::bytes_for(std::size_t bytes, std::size_t alignment) const noexcept {
    const std::size_t least = header_bytes() + red_zone_bytes;
    const std::size_t offset = alignment <= granularity() ? round_up(least, alignment)
                                                          : round_up(least, granularity()) + alignment - granularity();
    return round_up(offset + bytes, block_alignment);
}

/// The size of the next regular block, for a request that needs a block of `needed` bytes. It may be too small for
/// that.
std::size_t blocks::next_size(std::size_t needed) const noexcept {
    std::size_t size = std::max(options_.first_block, in_use_);
    if (options_.first_block == 0 && in_use_ < 2 * largest_cached) {
        size = smallest_cached;
        // Larger than the blocks in use, and large enough that the request does not get a large block.
        while (size != largest_cached && (size <= in_use_ || needed > (current_ == nullptr ? size : size / 2)))
            size *= 4;
    }
    if (options_.largest_block != 0) size = std::min(size, options_.largest_block);
    return round_up(size, granularity());
}

/// The bytes of the free blocks.
std::size_t blocks::free_bytes() const noexcept {
    std::size_t bytes = 0;
    for (const block* list : {current_ != nullptr ? current_->next : first_, free_large_})
        for (const block* b = list; b != nullptr; b = b->next) bytes += bytes_of(b);
    return bytes;
}

/// The bytes that new blocks may have in all, by max_bytes.
std::size_t blocks::bytes_left() const noexcept {
    return options_.max_bytes == 0 ? size_limit : options_.max_bytes - std::min(options_.max_bytes, allocated_);
}

/// The end of the block's memory. After it, a block in reserved addresses has addresses that are not committed.
std::byte* blocks::committed_end(const block* b) const noexcept {
    return reinterpret_cast<const std::byte*>(b) == reserve_.begin() ? reserve_.committed_end() : b->end;
}

/// The bytes of the block's memory, its header included.
std::size_t blocks::bytes_of(const block* b) const noexcept {
    return static_cast<std::size_t>(committed_end(b) - reinterpret_cast<const std::byte*>(b));
}

// ---- requests

block* blocks::use_smallest_cached() noexcept {
    block* const b = take_cached(smallest_cached);
    if (b == nullptr) return nullptr;
    std::byte* const end = b->memory() + smallest_cached;
    b->next = nullptr;
    return make_current(first_ = set_up(b, b->memory() + sizeof(block), end, end));
}

block* blocks::take(std::size_t bytes, std::size_t alignment) {
    // This gives the same result as the rest, in a fraction of the instructions, if the next free block has room for
    // the request. A request for at most half of the cache's largest block never gets a large block.
    if (fast_paths_ == fast_paths::unlimited && current_ != nullptr && alignment <= block_alignment &&
        bytes <= largest_cached / 2 - sizeof(block) - 2 * red_zone_bytes) {
        block* const b = current_->next;
        if (b != nullptr && bytes + 2 * red_zone_bytes <= b->capacity()) return make_current(b);
    }

    const std::size_t needed = bytes_for(bytes, alignment);
    const std::size_t next = next_size(needed);
    // A new current block leaves the rest of the old one unused. So the request gets a regular block only if it leaves
    // at least half of that block to others, or if there is no current block.
    const bool is_large = options_.reserve == 0 && needed > (current_ == nullptr ? next : next / 2);
    return is_large ? take_large(bytes, alignment, needed) : take_regular(bytes, alignment, next, needed);
}

block* blocks::take_large(std::size_t bytes, std::size_t alignment, std::size_t needed) {
    // Large blocks are taken and freed in the order of a stack, so the first free one was used at this depth before. If
    // it is too small, it is given up. So if requests are repeated, they find the blocks that they need, and a buffer
    // that grows does not leave a free block for each of its sizes.
    block* b = free_large_;
    if (b != nullptr && has_room(b, bytes, alignment)) {
        free_large_ = b->next;
    } else {
        b = create(needed, needed);
        if (b == nullptr) return nullptr;
        if (free_large_ != nullptr) give_up(std::exchange(free_large_, free_large_->next));
    }
    std::byte* const p = address_in(b, b->begin, bytes, alignment);
    if (!make_accessible_up_to(b, p + bytes)) {
        b->next = std::exchange(free_large_, b);
        return nullptr;
    }
    b->allocation = p;
    b->request = needed;
    b->taken_at = clock_++;
    b->next = std::exchange(large_, b);
    in_use_ += needed;
    return b;
}

block* blocks::take_regular(std::size_t bytes, std::size_t alignment, std::size_t wanted, std::size_t needed) {
    block* b = unlink_fitting(current_ != nullptr ? &current_->next : &first_, bytes, alignment);
    if (b == nullptr) b = create(wanted, needed);
    if (b == nullptr) return nullptr;
    block*& link = current_ != nullptr ? current_->next : first_; // only now: create may have given up free blocks
    b->next = std::exchange(link, b);
    make_current(b);
    if (make_accessible_up_to(b, address_in(b, b->begin, bytes, alignment) + bytes)) return b;
    free_current();
    return nullptr;
}

/// Makes a free regular block the current one. Precondition: it is linked after the current one, or is the first.
block* blocks::make_current(block* b) noexcept {
    b->previous = current_;
    b->marked = false;
    in_use_ += bytes_of(b);
    return current_ = b;
}

/// Creates a block of `wanted` bytes, or of fewer if these are refused, but at least of `needed` bytes. Null if these
/// are refused, too. Gives up the free blocks if max_bytes does not allow the new block besides them.
block* blocks::create(std::size_t wanted, std::size_t needed) {
    if (options_.reserve != 0) return create_reserved(needed);

    // A block from the cache may be smaller than a page. Other blocks from the system are whole pages.
    const std::size_t multiple = uses_cache() ? std::max(granularity(), sys::page_size()) : granularity();
    std::size_t bytes = wanted;
    bool gives_up_free = false;
    if (uses_cache() && is_cached_size(wanted) && needed <= wanted && wanted <= bytes_left()) {
        needed = std::min(wanted, round_up(needed, multiple));
    } else {
        std::size_t left = bytes_left();
        needed = round_up(needed, multiple);
        gives_up_free = needed > left;
        if (gives_up_free) left += free_bytes();
        if (needed > left) return nullptr;
        bytes = std::clamp(round_down(left, multiple), needed, std::max(needed, round_up(wanted, multiple)));
    }
    block* b = nullptr;
    for (;; bytes = std::max(needed, round_down(bytes / 2, multiple))) {
        // If upstream throws, it may still have a smaller block.
        if (options_.upstream == nullptr || bytes == needed) b = obtain(bytes);
        else b = unless_thrown([&] { return obtain(bytes); });
        if (b != nullptr) break;
        if (bytes == needed) return nullptr;
    }
    if (gives_up_free) trim(0); // only now: if the new block is refused, the arena keeps the free ones
    std::byte* const memory = b->memory();
    return set_up(b, memory + header_bytes(), memory + bytes, memory + bytes);
}

/// Gets a block of this size from the cache, from upstream or from the system. Of its header, only the tagged region is
/// set. Null if it is refused.
block* blocks::obtain(std::size_t bytes) {
    if (uses_cache() && is_cached_size(bytes)) {
        if (block* const b = take_cached(bytes)) return b;
        // The system may refuse a region, but not a block.
    }
    std::byte* const memory = options_.upstream != nullptr
                                  ? static_cast<std::byte*>(options_.upstream->allocate(bytes, block_alignment))
                                  : map_memory(options_, bytes, bytes);
    if (memory == nullptr) return nullptr;
    if (generation_ == 0 && options_.fork != fork_policy::inherit) generation_ = process_generation();
    scan_for_owners(memory, bytes);
    unpoison(memory, sizeof(block)); // a sanitizer may not have seen that poisoned memory was unmapped and mapped again
    return ::new (static_cast<void*>(memory)) block{};
}

/// Reserves the addresses, commits the first ones, and creates the block in them. Null if that is refused, or if they
/// are reserved already.
block* blocks::create_reserved(std::size_t needed) noexcept {
    const std::size_t bytes = whole_pages(options_.reserve);
    needed = whole_pages(needed);
    if (reserve_ || needed > bytes || needed > bytes_left()) return nullptr;
    std::size_t wanted = std::max(needed, next_size(needed));
    if (options_.prefault == prefault_policy::all) wanted = bytes;
    wanted = std::clamp(round_down(bytes_left(), sys::page_size()), needed, std::min(wanted, bytes));
    reserve_ = reservation::make(options_, bytes, needed, wanted);
    if (!reserve_) return nullptr;
    if (generation_ == 0 && options_.fork != fork_policy::inherit) generation_ = process_generation();
    std::byte* const memory = reserve_.begin();
    auto* const b = ::new (static_cast<void*>(memory)) block{};
    return set_up(b, memory + header_bytes(), reserve_.committed_end(), memory + bytes);
}

/// Sets the header of a new block, and counts the block.
block* blocks::set_up(block* b, std::byte* begin, std::byte* accessible_end, std::byte* end) noexcept {
    b->begin = b->cursor = begin;
    b->accessible_end = accessible_end;
    b->end = end;
    if (!uses_cache()) b->created_at = clock_++;
    allocated_ += static_cast<std::size_t>(accessible_end - b->memory());
    ++count_;
    poison(begin, static_cast<std::size_t>(accessible_end - begin));
    return b;
}

bool blocks::make_accessible_up_to(block* b, std::byte* end) noexcept {
    if (end <= b->accessible_end) return true;
    std::byte* const committed = committed_end(b);
    if (end > committed) {
        // Committed bytes that protect made inaccessible have to be accessible, too, unless committing fails.
        std::byte* const old_end = b->accessible_end;
        if (old_end != committed) {
            if (!make_accessible(old_end, committed)) return false;
            b->accessible_end = committed;
        }
        if (commit_up_to(end)) {
            b->accessible_end = reserve_.committed_end();
            return true;
        }
        if (old_end != committed && make_inaccessible(old_end, committed)) b->accessible_end = old_end;
        return false;
    }
    std::byte* const whole = std::min(next_multiple(end, sys::page_size()), committed);
    if (!make_accessible(b->accessible_end, whole)) return false;
    b->accessible_end = whole;
    return true;
}

/// Commits reserved addresses up to `end` at least. Doubles the committed bytes if it can.
bool blocks::commit_up_to(std::byte* end) noexcept {
    const std::size_t needed = whole_pages(static_cast<std::size_t>(end - reserve_.committed_end()));
    if (needed > bytes_left()) return false;
    std::byte* const from = reserve_.committed_end();
    const std::size_t most = std::min(round_down(bytes_left(), sys::page_size()), reserve_.uncommitted());
    const std::size_t wanted = std::clamp(reserve_.next_step(options_), needed, std::max(needed, most));
    if (!reserve_.commit(options_, needed, wanted)) return false;
    const auto bytes = static_cast<std::size_t>(reserve_.committed_end() - from);
    poison(from, bytes);
    allocated_ += bytes;
    in_use_ += bytes; // the block is in use: it is the current one
    return true;
}

// ---- deallocating

std::size_t blocks::free_large_since(std::size_t clock) noexcept {
    std::size_t used = 0;
    while (large_ != nullptr && large_->taken_at >= clock) {
        used += large_->capacity();
        free_newest_large();
    }
    return used;
}

void blocks::free_newest_large() noexcept {
    block* const b = std::exchange(large_, large_->next);
    in_use_ -= b->request;
    deallocate(b, b->begin, b->end);
    b->next = std::exchange(free_large_, b);
}

std::size_t blocks::free_regular_after(block* b) noexcept {
    if (current_ == nullptr) return 0;
    std::size_t used = b != nullptr ? b->used_to(b->cursor) : 0;
    if (b != current_)
        for (block* freed = b != nullptr ? b->next : first_;; freed = freed->next) {
            used += freed->used_to(freed->cursor);
            in_use_ -= bytes_of(freed);
            deallocate(freed, freed->begin, freed->cursor);
            freed->cursor = freed->begin;
            if (freed == current_) break;
        }
    current_ = b;
    return used;
}

void blocks::free_current() noexcept {
    in_use_ -= bytes_of(current_);
    current_->cursor = current_->begin;
    current_ = current_->previous;
}

void blocks::free_empty_first() noexcept {
    free_current();
    first_freed_ = ++clock_;
    use_buffer_or_none();
}

void blocks::deallocate(block* b, std::byte* first, std::byte* last) noexcept {
    if (first == last) return;
    if constexpr (checked) overwrite(b, first, last);
    poison(first, static_cast<std::size_t>(last - first));
    if (options_.protect) protect_from(b, first);
}

/// Fills deallocated bytes with fill_byte, in a checked build.
void blocks::overwrite(block* b, std::byte* first, std::byte* last) noexcept {
    last = std::min(last, b->accessible_end);
    if (first >= last || (!is_buffer(b) && !has_all_pages(options_, b->memory()))) return;
    unpoison(first, static_cast<std::size_t>(last - first));
    std::memset(first, fill_byte, static_cast<std::size_t>(last - first));
}

/// Makes the whole pages of the block from first on inaccessible.
void blocks::protect_from(block* b, std::byte* first) noexcept {
    if (is_buffer(b) || !has_all_pages(options_, b->memory())) return;
    std::byte* const from = next_multiple(first, sys::page_size());
    if (from < b->accessible_end && make_inaccessible(from, b->accessible_end)) b->accessible_end = from;
}

/// Gives up a block that is in no list. Returns its bytes, or 0 if the system refuses to unmap it.
std::size_t blocks::give_up(block* b) noexcept {
    const std::size_t committed = bytes_of(b);
    const auto bytes = static_cast<std::size_t>(b->end - b->memory());
    allocated_ -= committed;
    --count_;
    if (uses_cache() && is_cached_size(bytes)) {
        give_up_cached(b, bytes);
        return committed;
    }
    if (b->memory() == reserve_.begin()) return reserve_.give_back(options_) ? committed : 0;
    stop_scanning(b, bytes);
    unpoison(b, committed);
    if (options_.upstream != nullptr) {
        options_.upstream->deallocate(b, bytes, block_alignment);
        return committed;
    }
    return unmap_memory(options_, b->memory(), bytes) ? committed : 0;
}

std::size_t blocks::trim(std::size_t keep_bytes) noexcept {
    // All are collected in one list, so that upstream gets the newest first.
    block* to_give_up = nullptr;
    const auto collect = [&](block** link) {
        while (*link != nullptr) {
            block* const b = *link;
            if (bytes_of(b) <= keep_bytes) {
                keep_bytes -= bytes_of(b);
                link = &b->next;
            } else {
                *link = b->next;
                b->next = std::exchange(to_give_up, b);
                keep_bytes = 0; // so that no later one is kept: the first ones are filled next
            }
        }
    };
    collect(current_ != nullptr ? &current_->next : &first_);
    collect(&free_large_);
    if (options_.upstream != nullptr) to_give_up = newest_first(to_give_up);
    std::size_t given_up = 0;
    while (to_give_up != nullptr) given_up += give_up(std::exchange(to_give_up, to_give_up->next));
    return given_up;
}

std::size_t blocks::trim_reserve(std::byte* used_end, std::size_t keep_bytes) noexcept {
    auto* const b = reinterpret_cast<block*>(reserve_.begin());
    std::byte* const committed = reserve_.committed_end();
    if (b != current_) used_end = b->begin;
    const auto free = static_cast<std::size_t>(committed - next_multiple(used_end, sys::page_size()));
    if (free <= keep_bytes) return 0;
    const std::size_t bytes = round_down(free - keep_bytes, sys::page_size());
    if (bytes == 0 || !reserve_.decommit(bytes)) return 0;
    allocated_ -= bytes;
    if (b == current_) in_use_ -= bytes;
    b->accessible_end = std::min(b->accessible_end, reserve_.committed_end());
    return bytes;
}

void blocks::use_buffer_or_none() noexcept {
    current_ = nullptr;
    if (is_buffer(first_)) use_first();
}

void blocks::give_up_all() noexcept {
    if (uses_cache() && count_ == 1 && current_ != nullptr && is_cached_size(allocated_))
        give_up_cached(current_, allocated_);
    else give_up_lists();
}

/// What give_up_all does unless the arena has a single block, which is from the cache.
void blocks::give_up_lists() noexcept {
    block* to_give_up = nullptr;
    if (first_ != nullptr && is_buffer(first_)) {
        unpoison(first_->begin, first_->capacity());
        first_ = first_->next;
    }
    for (block* list : {first_, large_, free_large_})
        while (list != nullptr) {
            block* const b = std::exchange(list, list->next);
            if (options_.upstream == nullptr) give_up(b);
            else b->next = std::exchange(to_give_up, b);
        }
    for (to_give_up = newest_first(to_give_up); to_give_up != nullptr;)
        give_up(std::exchange(to_give_up, to_give_up->next));
}

bool blocks::owns(const void* p) const noexcept {
    const auto in_one_of = [this, address = reinterpret_cast<std::uintptr_t>(p)](const block* b) {
        for (; b != nullptr; b = b->next)
            if (address - reinterpret_cast<std::uintptr_t>(b) < bytes_of(b)) return true;
        return false;
    };
    return in_one_of(first_) || in_one_of(large_) || in_one_of(free_large_);
}

} // namespace seg
