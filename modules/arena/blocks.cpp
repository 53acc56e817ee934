// Making, choosing, freeing and unmapping blocks.
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
import :poison;
import :reservation;

namespace seg {

namespace {

// Far above what a 64-bit address space has room for, so that sizes never wrap.
constexpr std::size_t largest_step = std::size_t{1} << 60;

// What upstream is asked for, and multiples of it.
constexpr std::size_t upstream_unit = alignof(std::max_align_t);

// Free regular blocks that a request looks at before a new one is made. There is a bound so that a request takes
// constant time, and it is not 1 so that a few blocks that are too small do not keep larger ones from being used.
constexpr int most_looked_at = 8;

// What a checked build leaves in memory that was handed back.
constexpr int dead = 0xDD;

bool holds(const block* b, std::size_t bytes, std::size_t alignment) noexcept {
    return blocks::place(b, b->begin, bytes, alignment) != nullptr;
}

/// Unlinks the first block of a list that holds the request; null if none does, of those looked at.
block* unlink_fitting(block** link, std::size_t bytes, std::size_t alignment) noexcept {
    for (int looked_at = 0; *link != nullptr && looked_at != most_looked_at; ++looked_at, link = &(*link)->next)
        if (holds(*link, bytes, alignment)) return std::exchange(*link, (*link)->next);
    return nullptr;
}

/// Sorts a list, the block that was made last first: n log n comparisons.
block* newest_first(block* list) noexcept {
    if (list == nullptr || list->next == nullptr) return list;
    block* middle = list;
    for (block* end = list->next; end != nullptr && end->next != nullptr; end = end->next->next) middle = middle->next;
    block* a = newest_first(std::exchange(middle->next, nullptr));
    block* b = newest_first(list);
    block* merged = nullptr;
    for (block** last = &merged; (*last = a != nullptr ? a : b) != nullptr; last = &(*last)->next) {
        if (b != nullptr && (a == nullptr || b->made > a->made)) *last = b;
        (*last == a ? a : b) = (*last)->next;
    }
    return merged;
}

bool takes_cached(const arena_options& o) noexcept {
    return o.first_block == 0 && o.reserve == 0 && o.pages == page_kind::automatic &&
           o.prefault == prefault_policy::none && !o.guard && o.buffer.empty() && o.upstream == nullptr;
}

/// A block of the cache, which may own what is no leak.
block* take_cached(std::size_t bytes) noexcept {
    block* const b = take_block(bytes);
    if (b != nullptr) scan_for_owners(b, bytes);
    return b;
}
void leave_cached(block* b, std::size_t bytes) noexcept {
    stop_scanning(b, bytes);
    poison(b->begin, b->capacity());
    leave_block(b, bytes);
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
    if (options_.protect || options_.fork != fork_policy::inherit) shortcuts_ = shortcuts::none;
    else if (!takes_cached(options_)) shortcuts_ = shortcuts::going_back;
    else if (options_.max_bytes != 0 || options_.largest_block != 0) shortcuts_ = shortcuts::cache;
    options_.reserve = std::min(options_.reserve, largest_step);
    options_.first_block = std::min(options_.first_block, largest_step);
    if (options_.pages == page_kind::huge)
        options_.first_block = std::max(options_.first_block, huge_page + huge_page / 64);
    if (options_.first_block == 0 && !is_cached())
        options_.first_block = options_.upstream != nullptr ? 1024 : largest_cached;

    std::byte* const memory = next_multiple(options_.buffer.data(), alignof(std::max_align_t));
    const auto skipped = static_cast<std::size_t>(memory - options_.buffer.data());
    if (memory == nullptr || options_.buffer.size() < skipped + sizeof(block) + upstream_unit) return;
    const std::size_t bytes = round_down(std::min(options_.buffer.size() - skipped, bytes_left()), upstream_unit);
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

/// Whether another process made the blocks. From here on this one is taken for it.
bool blocks::has_other_maker() noexcept {
    if (maker_ == process_generation()) return false;
    maker_ = process_generation();
    return true;
}

// ---- sizes

/// Bytes before what a block hands out. The header has the first page to itself where the rest is to become
/// inaccessible, or not to be inherited.
std::size_t blocks::header_bytes() const noexcept {
    return options_.protect || options_.fork != fork_policy::inherit ? sys::page_size() : sizeof(block);
}

/// What the addresses of blocks, and their sizes, are multiples of.
std::size_t blocks::unit() const noexcept {
    if (options_.upstream != nullptr) return upstream_unit;
    return is_cached() ? smallest_cached : sys::page_size();
}

/// Bytes of the smallest block that is sure to hold the request wherever it lies.
std::size_t blocks::bytes_for(std::size_t bytes, std::size_t alignment) const noexcept {
    const std::size_t before = header_bytes() + red_zone_bytes;
    const std::size_t first =
        alignment <= unit() ? round_up(before, alignment) : round_up(before, unit()) + alignment - unit();
    return round_up(first + bytes, upstream_unit);
}

/// Bytes of the next regular block, if the request that needs so many of them is no reason for a larger one.
std::size_t blocks::next_size(std::size_t needed) const noexcept {
    std::size_t size = std::max(options_.first_block, grown_);
    if (options_.first_block == 0 && grown_ < 2 * largest_cached) {
        size = smallest_cached;
        // More than what is in use, and so large that the request is not a large one.
        while (size != largest_cached && (size <= grown_ || needed > (current_ == nullptr ? size : size / 2)))
            size *= 4;
    }
    if (options_.largest_block != 0) size = std::min(size, options_.largest_block);
    return round_up(size, is_cached() && is_cached_size(size) ? smallest_cached : std::max(unit(), upstream_unit));
}

/// Bytes of the free blocks.
std::size_t blocks::free_bytes() const noexcept {
    std::size_t bytes = 0;
    for (const block* list : {current_ != nullptr ? current_->next : first_, free_large_})
        for (const block* b = list; b != nullptr; b = b->next) bytes += bytes_of(b);
    return bytes;
}

/// Bytes that max_bytes leaves for new memory.
std::size_t blocks::bytes_left() const noexcept {
    return options_.max_bytes == 0 ? largest_step : options_.max_bytes - std::min(options_.max_bytes, allocated_);
}

/// The end of what is memory; what lies behind it in the block is reserved address space.
std::byte* blocks::committed_end(const block* b) const noexcept {
    return reinterpret_cast<const std::byte*>(b) == reserve_.begin() ? reserve_.committed_end() : b->end;
}

std::size_t blocks::bytes_of(const block* b) const noexcept {
    return static_cast<std::size_t>(committed_end(b) - reinterpret_cast<const std::byte*>(b));
}

// ---- for a request

block* blocks::begin_small() noexcept {
    block* const b = take_cached(smallest_cached);
    if (b == nullptr) return nullptr;
    std::byte* const end = b->memory() + smallest_cached;
    b->next = nullptr;
    return put_to_use(first_ = set_up(b, b->memory() + sizeof(block), end, end));
}

block* blocks::take(std::size_t bytes, std::size_t alignment) {
    // The same as below, in a fraction of the instructions, where the next free block serves: no request is large that
    // half of the largest block of the cache holds.
    if (shortcuts_ == shortcuts::taking && current_ != nullptr && alignment <= upstream_unit &&
        bytes <= largest_cached / 2 - sizeof(block) - 2 * red_zone_bytes) {
        block* const b = current_->next;
        if (b != nullptr && bytes + 2 * red_zone_bytes <= b->capacity()) return put_to_use(b);
    }

    const std::size_t needed = bytes_for(bytes, alignment);
    const std::size_t next = next_size(needed);
    // A regular block makes the rest of the current one useless. That is worth it only if at least as much is left for
    // others as the request takes. Where there is no current block, nothing is lost.
    const bool is_large = options_.reserve == 0 && needed > (current_ == nullptr ? next : next / 2);
    return is_large ? take_large(bytes, alignment, needed) : take_regular(bytes, alignment, next, needed);
}

block* blocks::take_large(std::size_t bytes, std::size_t alignment, std::size_t needed) {
    // Large blocks are taken and freed like a stack, so the first free one is the one that served at this depth before.
    // If it is too small it gives way: the same requests, made again, then find all that they need, and a buffer that
    // grows step by step leaves no block behind for each.
    block* b = free_large_;
    if (b != nullptr && holds(b, bytes, alignment)) {
        free_large_ = b->next;
    } else {
        b = make(needed, needed);
        if (b == nullptr) return nullptr;
        if (free_large_ != nullptr) unmap(std::exchange(free_large_, free_large_->next));
    }
    std::byte* const p = place(b, b->begin, bytes, alignment);
    if (!make_usable_up_to(b, p + bytes)) {
        b->next = std::exchange(free_large_, b);
        return nullptr;
    }
    b->cursor = p;
    b->request = needed;
    b->taken = clock_++;
    b->next = std::exchange(large_, b);
    grown_ += needed;
    return b;
}

block* blocks::take_regular(std::size_t bytes, std::size_t alignment, std::size_t wanted, std::size_t needed) {
    block* b = unlink_fitting(current_ != nullptr ? &current_->next : &first_, bytes, alignment);
    if (b == nullptr) b = make(wanted, needed);
    if (b == nullptr) return nullptr;
    block*& link = current_ != nullptr ? current_->next : first_; // not before: make may have unmapped free blocks
    b->next = std::exchange(link, b);
    put_to_use(b);
    if (make_usable_up_to(b, place(b, b->begin, bytes, alignment) + bytes)) return b;
    step_back();
    return nullptr;
}

/// Makes a free regular block the current one.
block* blocks::put_to_use(block* b) noexcept {
    b->previous = current_;
    b->marked = false;
    grown_ += bytes_of(b);
    return current_ = b;
}

/// Makes a block of so many bytes, or fewer, but not less than needed, where it is not to be had. Free blocks give way
/// when max_bytes leaves no room beside them.
block* blocks::make(std::size_t wanted, std::size_t needed) {
    if (options_.reserve != 0) return obtain_reserve(needed);

    // A block of the cache's sizes need not be whole pages, and any other that the system gives is.
    const std::size_t multiple = is_cached() ? std::max(unit(), sys::page_size()) : unit();
    std::size_t bytes = wanted;
    bool makes_room = false;
    if (is_cached() && is_cached_size(wanted) && needed <= wanted && wanted <= bytes_left()) {
        needed = std::min(wanted, round_up(needed, multiple));
    } else {
        std::size_t left = bytes_left();
        needed = round_up(needed, multiple);
        makes_room = needed > left;
        if (makes_room) left += free_bytes();
        if (needed > left) return nullptr;
        bytes = std::clamp(round_down(left, multiple), needed, std::max(needed, round_up(wanted, multiple)));
    }
    block* b = nullptr;
    for (;; bytes = std::max(needed, round_down(bytes / 2, multiple))) {
        // Upstream may have less where it throws.
        if (options_.upstream == nullptr || bytes == needed) b = obtain(bytes);
        else b = unless_thrown([&] { return obtain(bytes); });
        if (b != nullptr) break;
        if (bytes == needed) return nullptr;
    }
    if (makes_room) trim(0); // only now, so that a refusal leaves the arena as it was
    std::byte* const memory = b->memory();
    return set_up(b, memory + header_bytes(), memory + bytes, memory + bytes);
}

/// Memory for a block of so many bytes, with a header that has a home; null if it is refused.
block* blocks::obtain(std::size_t bytes) {
    if (is_cached() && is_cached_size(bytes)) {
        if (block* const b = take_cached(bytes)) return b;
        // Where there is no room for a region there may be some for a block.
    }
    std::byte* const memory = options_.upstream != nullptr
                                  ? static_cast<std::byte*>(options_.upstream->allocate(bytes, upstream_unit))
                                  : map_memory(options_, bytes, bytes);
    if (memory == nullptr) return nullptr;
    if (maker_ == 0 && options_.fork != fork_policy::inherit) maker_ = process_generation();
    scan_for_owners(memory, bytes);
    unpoison(memory, sizeof(block)); // memory that came and went behind the sanitizer's back may still be marked
    return ::new (static_cast<void*>(memory)) block{};
}

/// Reserves the address space and makes the first part of it memory; null if it is there already, and full.
block* blocks::obtain_reserve(std::size_t needed) noexcept {
    const std::size_t bytes = whole_pages(options_.reserve);
    needed = whole_pages(needed);
    if (reserve_ || needed > bytes || needed > bytes_left()) return nullptr;
    std::size_t wanted = std::max(needed, next_size(needed));
    if (options_.prefault == prefault_policy::all) wanted = bytes;
    wanted = std::clamp(round_down(bytes_left(), sys::page_size()), needed, std::min(wanted, bytes));
    reserve_ = reservation::make(options_, bytes, needed, wanted);
    if (!reserve_) return nullptr;
    if (maker_ == 0 && options_.fork != fork_policy::inherit) maker_ = process_generation();
    std::byte* const memory = reserve_.begin();
    auto* const b = ::new (static_cast<void*>(memory)) block{};
    return set_up(b, memory + header_bytes(), reserve_.committed_end(), memory + bytes);
}

/// Enters a block that is new to the arena.
block* blocks::set_up(block* b, std::byte* begin, std::byte* usable, std::byte* end) noexcept {
    b->begin = b->cursor = begin;
    b->usable = usable;
    b->end = end;
    if (!is_cached()) b->made = clock_++;
    allocated_ += static_cast<std::size_t>(usable - b->memory());
    ++count_;
    poison(begin, static_cast<std::size_t>(usable - begin));
    return b;
}

bool blocks::make_usable_up_to(block* b, std::byte* end) noexcept {
    if (end <= b->usable) return true;
    std::byte* const committed = committed_end(b);
    if (end > committed) {
        // What protect made inaccessible in front of it has to be usable, too; and does not stay so for nothing.
        std::byte* const usable = b->usable;
        if (usable != committed) {
            if (!make_usable(usable, committed)) return false;
            b->usable = committed;
        }
        if (commit_up_to(end)) {
            b->usable = reserve_.committed_end();
            return true;
        }
        if (usable != committed && make_unusable(usable, committed)) b->usable = usable;
        return false;
    }
    std::byte* const whole = std::min(next_multiple(end, sys::page_size()), committed);
    if (!make_usable(b->usable, whole)) return false;
    b->usable = whole;
    return true;
}

/// Makes memory of the reserved address space, doubling what is committed where there is room for that.
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
    grown_ += bytes; // who asks for it uses it
    return true;
}

// ---- handing back

std::size_t blocks::free_large_since(std::size_t clock) noexcept {
    std::size_t used = 0;
    while (large_ != nullptr && large_->taken >= clock) {
        used += large_->capacity();
        free_newest_large();
    }
    return used;
}

void blocks::free_newest_large() noexcept {
    block* const b = std::exchange(large_, large_->next);
    grown_ -= b->request;
    hand_back(b, b->begin, b->end);
    b->cursor = b->begin;
    b->next = std::exchange(free_large_, b);
}

std::size_t blocks::go_back_to(block* b) noexcept {
    if (current_ == nullptr) return 0;
    std::size_t used = b != nullptr ? b->used_to(b->cursor) : 0;
    if (b != current_)
        for (block* after = b != nullptr ? b->next : first_;; after = after->next) {
            used += after->used_to(after->cursor);
            grown_ -= bytes_of(after);
            hand_back(after, after->begin, after->cursor);
            after->cursor = after->begin;
            if (after == current_) break;
        }
    current_ = b;
    return used;
}

void blocks::step_back() noexcept {
    grown_ -= bytes_of(current_);
    current_->cursor = current_->begin;
    current_ = current_->previous;
}

void blocks::let_first_give_way() noexcept {
    step_back();
    gave_way_ = ++clock_;
    use_none();
}

void blocks::hand_back(block* b, std::byte* first, std::byte* last) noexcept {
    if (first == last) return;
    if constexpr (checked) overwrite(b, first, last);
    poison(first, static_cast<std::size_t>(last - first));
    if (options_.protect) protect_from(b, first);
}

/// Fills what was handed back with what nobody stored there; for checked builds.
void blocks::overwrite(block* b, std::byte* first, std::byte* last) noexcept {
    last = std::min(last, b->usable);
    if (first >= last || (!is_buffer(b) && !is_here(options_, b->memory()))) return;
    unpoison(first, static_cast<std::size_t>(last - first));
    std::memset(first, dead, static_cast<std::size_t>(last - first));
}

/// Makes the whole pages of what was handed back inaccessible.
void blocks::protect_from(block* b, std::byte* first) noexcept {
    if (is_buffer(b) || !is_here(options_, b->memory())) return;
    std::byte* const from = next_multiple(first, sys::page_size());
    if (from < b->usable && make_unusable(from, b->usable)) b->usable = from;
}

/// Gives up a block that is on no list. Returns the bytes that the system, or upstream, or the cache has back.
std::size_t blocks::unmap(block* b) noexcept {
    const std::size_t committed = bytes_of(b);
    const auto bytes = static_cast<std::size_t>(b->end - b->memory());
    allocated_ -= committed;
    --count_;
    if (is_cached() && is_cached_size(bytes)) {
        leave_cached(b, bytes);
        return committed;
    }
    if (b->memory() == reserve_.begin()) return reserve_.give_back(options_) ? committed : 0;
    stop_scanning(b, bytes);
    unpoison(b, committed);
    if (options_.upstream != nullptr) {
        options_.upstream->deallocate(b, bytes, upstream_unit);
        return committed;
    }
    return unmap_memory(options_, b->memory(), bytes) ? committed : 0;
}

std::size_t blocks::trim(std::size_t keep_bytes) noexcept {
    // One list of all that go, so that upstream has them back in the right order.
    block* going = nullptr;
    const auto collect = [&](block** link) {
        while (*link != nullptr) {
            block* const b = *link;
            if (bytes_of(b) <= keep_bytes) {
                keep_bytes -= bytes_of(b);
                link = &b->next;
            } else {
                *link = b->next;
                b->next = std::exchange(going, b);
                keep_bytes = 0; // the later ones are younger, not better
            }
        }
    };
    collect(current_ != nullptr ? &current_->next : &first_);
    collect(&free_large_);
    if (options_.upstream != nullptr) going = newest_first(going);
    std::size_t unmapped = 0;
    while (going != nullptr) unmapped += unmap(std::exchange(going, going->next));
    return unmapped;
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
    if (b == current_) grown_ -= bytes;
    b->usable = std::min(b->usable, reserve_.committed_end());
    return bytes;
}

void blocks::use_none() noexcept {
    current_ = nullptr;
    if (is_buffer(first_)) use_first();
}

void blocks::give_up_all() noexcept {
    if (is_cached() && count_ == 1 && current_ != nullptr && is_cached_size(allocated_))
        leave_cached(current_, allocated_);
    else give_up_lists();
}

/// What give_up_all does if there is more than one block of the cache.
void blocks::give_up_lists() noexcept {
    block* going = nullptr;
    if (first_ != nullptr && is_buffer(first_)) {
        unpoison(first_->begin, first_->capacity());
        first_ = first_->next;
    }
    for (block* list : {first_, large_, free_large_})
        while (list != nullptr) {
            block* const b = std::exchange(list, list->next);
            if (options_.upstream == nullptr) unmap(b);
            else b->next = std::exchange(going, b);
        }
    for (going = newest_first(going); going != nullptr;) unmap(std::exchange(going, going->next));
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
