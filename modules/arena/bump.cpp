// The arena's slow paths: whatever happens once a block and not once an allocation.
module;

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstring>
#include <memory_resource>
#include <new>
#include <source_location>
#include <utility>

module seg.arena;

import seg.sys;
import :mapping;
import :poison;

namespace seg {

namespace {

// Doubling stops here, far above what a 64-bit address space has room for, so that sizes never wrap.
constexpr std::size_t largest_step = std::size_t{1} << 60;

// What a checked build leaves in memory that was handed back.
constexpr int dead = 0xDD;

} // namespace

arena::arena(const arena_options& options) noexcept : options_(options) {
    options_.first_block = std::clamp(options.first_block, std::size_t{1}, largest_step);
    if (options_.pages == page_kind::huge && options_.upstream == nullptr)
        options_.first_block = std::max(options_.first_block, huge_page + huge_page / 64);

    std::byte* const memory = next_multiple(options_.buffer.data(), alignof(block));
    std::byte* const end = options_.buffer.data() + options_.buffer.size();
    if (memory == nullptr || options_.buffer.size() < sizeof(block) + alignof(block)) return;
    const std::size_t bytes = std::min(static_cast<std::size_t>(end - memory), bytes_left());
    if (bytes <= sizeof(block)) return;
    buffer_ = new_block(memory, bytes, bytes, memory + sizeof(block));
    keep(buffer_);
}

arena::~arena() {
    reset_for("seg::arena::~arena", std::source_location::current());
    keep_empty();
    unmap_kept();
    if (buffer_ != nullptr) unpoison(buffer_->begin, static_cast<std::size_t>(buffer_->end - buffer_->begin));
}

void* arena::allocate_or_throw(std::size_t bytes, std::size_t alignment, library) {
    if (void* const p = allocate_from_next_block(bytes, alignment, library())) return p;
    throw std::bad_alloc();
}

void arena::expect_request(std::size_t alignment) noexcept {
    watch_.expect_user("seg::arena::allocate");
    expects(std::has_single_bit(alignment), "seg::arena::allocate", "the alignment is a power of two", alignment, 0,
            std::source_location::current());
}

// ---- allocating

/// Bytes before what a block hands out. The header has the first page to itself where the rest is to become
/// inaccessible, or not to be inherited.
std::size_t arena::header_bytes() const noexcept {
    const bool apart = options_.upstream == nullptr && (options_.protect || options_.fork != fork_policy::inherit);
    return apart ? sys::page_size() : sizeof(block);
}

/// Where bytes would lie in an otherwise unused block, or null if they do not fit.
std::byte* arena::place(block* b, std::size_t bytes, std::size_t alignment) noexcept {
    const std::size_t padding = padding_at(b->begin, alignment);
    return padding + bytes <= static_cast<std::size_t>(b->end - b->begin) ? b->begin + padding : nullptr;
}

/// Bytes of the smallest block that is sure to hold the request wherever it is mapped, which is at some page.
std::size_t arena::block_bytes_for(std::size_t bytes, std::size_t alignment) const noexcept {
    const std::size_t before = header_bytes() + red_zone;
    const std::size_t page = sys::page_size();
    const std::size_t first =
        alignment <= page ? round_up(before, alignment) : whole_pages(before) + alignment - page;
    return whole_pages(first + bytes);
}

void* arena::allocate_from_next_block(std::size_t bytes, std::size_t alignment, library) noexcept {
    if (bytes > max_request || alignment > max_request) return nullptr;
    if (void* const p = allocate_from_rest(bytes, alignment)) return p;
    keep_empty(); // so that it gives way like every block that reset has handed back

    block* b = take_kept(bytes, alignment);
    if (b == nullptr) b = map_block(block_bytes_for(bytes, alignment));
    if (b == nullptr) return nullptr;
    std::byte* const p = place(b, bytes, alignment);
    if (!make_usable_up_to(b, p + bytes)) {
        keep(b);
        return nullptr;
    }

    use(b);
    std::byte* const rest = p + bytes;
    unpoison(p, bytes);
    // The block with more room left is the one to go on with, so a large request in a block of its own does not waste
    // what the block before it had left. Blocks used again in the same order lead to the same choice.
    if (current_ == nullptr || b->end - rest >= current_->end - cursor_) {
        used_elsewhere_ = used();
        if (current_ != nullptr) current_->cursor = cursor_;
        current_ = b;
        cursor_ = rest;
        limit_ = b->usable;
    } else {
        b->cursor = rest;
        used_elsewhere_ += b->used_to(rest);
    }
    return p;
}

/// From what the current block has behind its usable part; null if that is not enough, or not to be had.
void* arena::allocate_from_rest(std::size_t bytes, std::size_t alignment) noexcept {
    if (current_ == nullptr || current_->usable == current_->end) return nullptr;
    const std::size_t padding = padding_at(cursor_, alignment);
    if (padding + bytes > static_cast<std::size_t>(current_->end - cursor_)) return nullptr;
    std::byte* const p = cursor_ + padding;
    if (!make_usable_up_to(current_, p + bytes)) return nullptr;
    limit_ = current_->usable;
    cursor_ = p + bytes;
    unpoison(p, bytes);
    return p;
}

bool arena::try_extend(void* p, std::size_t old_bytes, std::size_t new_bytes) noexcept {
    std::byte* const first = static_cast<std::byte*>(p);
    std::byte* const old_end = first + std::max(old_bytes, std::size_t{1});
    new_bytes = std::max(new_bytes, std::size_t{1});
    if (current_ == nullptr || new_bytes > max_request) return false;

    block* b = nullptr;
    if (old_end == cursor_) b = current_;
    else if (newest_ != current_ && old_end == newest_->cursor) b = newest_;
    if (b == nullptr || new_bytes > static_cast<std::size_t>(b->end - first)) return false;

    std::byte* const end = first + new_bytes;
    if (!make_usable_up_to(b, end)) return false;
    note_peak();
    poison(first, static_cast<std::size_t>(old_end - first));
    unpoison(first, new_bytes);
    if (b == current_) {
        limit_ = b->usable;
        cursor_ = end;
    } else {
        used_elsewhere_ = used_elsewhere_ - b->used_to(b->cursor) + b->used_to(end);
        b->cursor = end;
    }
    return true;
}

/// deallocate's answer where the newest block is not the current one: it holds one allocation.
void arena::take_back_whole_block(std::byte* first, std::size_t bytes) noexcept {
    if (first + bytes != newest_->cursor) return;
    note_peak();
    pop_newest();
}

// ---- blocks

/// Puts a block on the stack of those in use.
void arena::use(block* b) noexcept {
    b->next = std::exchange(newest_, b);
    b->serial = ++serial_;
}

/// Unlinks the first kept block that holds the request; null if none does.
arena::block* arena::take_kept(std::size_t bytes, std::size_t alignment) noexcept {
    for (block** link = &kept_; *link != nullptr; link = &(*link)->next)
        if (place(*link, bytes, alignment) != nullptr) return std::exchange(*link, (*link)->next);
    return nullptr;
}

/// Bytes that max_bytes leaves for new memory.
std::size_t arena::bytes_left() const noexcept {
    return options_.max_bytes == 0 ? largest_step : options_.max_bytes - std::min(options_.max_bytes, allocated_);
}

/// Bytes of the next block, or of the next part of the reserve, if no request needs more: as many as growth has made.
std::size_t arena::next_step() const noexcept {
    const std::size_t step = std::max(options_.first_block, grown_);
    return whole_pages(options_.largest_block == 0 ? step : std::min(step, options_.largest_block));
}

/// A block, or a part of the reserve, has come, and one has gone.
void arena::note_step() noexcept {
    grown_ = grown_ == 0 ? options_.first_block : std::min(grown_ * 2, largest_step);
}
void arena::forget_step() noexcept { grown_ = grown_ > options_.first_block ? grown_ / 2 : 0; }

/// Makes a block of the next size, or of the needed one where that is larger or the next size is not to be had.
/// Blocks waiting for reuse give way when max_bytes leaves no room beside them.
arena::block* arena::map_block(std::size_t needed) noexcept {
    if (options_.reserve != 0 && options_.upstream == nullptr) return map_reserve(needed);

    std::size_t kept_bytes = 0; // that could give way
    for (block* b = kept_; b != nullptr; b = b->next)
        if (b != buffer_) kept_bytes += b->bytes();
    std::size_t left = bytes_left();
    const bool makes_room = needed > left;
    if (makes_room) left += kept_bytes;
    if (needed > left) return nullptr;
    std::size_t bytes = std::clamp(left & ~(sys::page_size() - 1), needed, std::max(needed, next_step()));

    std::byte* memory = map_memory(options_, bytes, bytes);
    if (memory == nullptr && bytes > needed) memory = map_memory(options_, bytes = needed, needed);
    if (memory == nullptr) return nullptr;
    if (makes_room) unmap_kept(); // only now, so that a refusal leaves the arena as it was
    note_step();
    scan_for_owners(memory, bytes);
    return new_block(memory, bytes, bytes, memory + header_bytes());
}

/// Sets the address space aside and makes the first part of it memory; null if it is there already and full.
arena::block* arena::map_reserve(std::size_t needed) noexcept {
    const std::size_t bytes = whole_pages(std::min(options_.reserve, largest_step));
    if (reserve_ != nullptr || needed > bytes || needed > bytes_left()) return nullptr;
    std::size_t usable = std::max(needed, next_step());
    if (options_.prefault == prefault_policy::all) usable = bytes;
    usable = std::clamp(bytes_left() & ~(sys::page_size() - 1), needed, std::min(usable, bytes));
    std::byte* memory = map_memory(options_, bytes, usable);
    if (memory == nullptr && usable > needed) memory = map_memory(options_, bytes, usable = needed);
    if (memory == nullptr) return nullptr;
    note_step();
    scan_for_owners(memory, bytes);
    return reserve_ = new_block(memory, bytes, usable, memory + header_bytes());
}

/// A block in memory of the arena's, of which the first part is committed.
arena::block* arena::new_block(std::byte* memory, std::size_t bytes, std::size_t committed, std::byte* begin) noexcept {
    allocated_ += committed;
    ++blocks_;
    // Memory that came and went behind the sanitizer's back may still be marked.
    unpoison(memory, sizeof(block));
    std::byte* const usable = memory + committed;
    poison(begin, static_cast<std::size_t>(usable - begin));
    return ::new (static_cast<void*>(memory)) block{.next = nullptr,
                                                    .begin = begin,
                                                    .cursor = begin,
                                                    .usable = usable,
                                                    .committed = usable,
                                                    .end = memory + bytes,
                                                    .number = mapped_++,
                                                    .serial = 0};
}

/// Makes sure that the block can be accessed up to that place of it; false, and nothing changed, if that is refused.
bool arena::make_usable_up_to(block* b, std::byte* end) noexcept {
    if (end <= b->usable) return true;
    if (end > b->committed) {
        // What protect made inaccessible in front of it has to be usable, too; and does not stay so for nothing.
        std::byte* const usable = b->usable;
        if (usable != b->committed) {
            if (!make_usable(usable, b->committed)) return false;
            b->usable = b->committed;
        }
        if (commit_up_to(b, end)) return true;
        if (usable != b->committed && make_unusable(usable, b->committed)) b->usable = usable;
        return false;
    }
    std::byte* const whole = std::min(next_multiple(end, sys::page_size()), b->committed);
    if (!make_usable(b->usable, whole)) return false;
    b->usable = whole;
    return true;
}

/// Makes memory of reserved address space, doubling what is committed where there is room for that.
bool arena::commit_up_to(block* b, std::byte* end) noexcept {
    const std::size_t needed = whole_pages(static_cast<std::size_t>(end - b->committed));
    if (needed > bytes_left()) return false;
    const std::size_t reserved = static_cast<std::size_t>(b->end - b->committed);
    const std::size_t most = std::min(bytes_left() & ~(sys::page_size() - 1), reserved);
    std::size_t step = next_step();
    if (wants_huge_pages(options_, step)) // one that is committed in part only is none
        step = static_cast<std::size_t>(next_multiple(b->committed + step, huge_page) - b->committed);
    std::size_t bytes = std::clamp(step, needed, std::max(needed, most));
    if (!make_usable(b->committed, b->committed + bytes)) {
        if (bytes == needed || !make_usable(b->committed, b->committed + needed)) return false;
        bytes = needed;
    }
    if (options_.prefault != prefault_policy::none) fault_in(b->committed, b->committed + bytes);
    poison(b->committed, bytes);
    allocated_ += bytes;
    b->usable = b->committed += bytes;
    note_step();
    return true;
}

/// From here on nobody has the bytes from first up to last of the block; what lies behind them is free already.
void arena::hand_back(block* b, std::byte* first, std::byte* last) noexcept {
    if constexpr (checked) overwrite(b, first, last);
    poison(first, static_cast<std::size_t>(last - first));
    if (options_.protect) protect_from(b, first, last);
}

/// Fills what was handed back with what nobody stored there; for checked builds.
void arena::overwrite(block* b, std::byte* first, std::byte* last) noexcept {
    if (first == last || (b != buffer_ && !is_here(options_, b->memory()))) return;
    // AddressSanitizer marks bytes by eights; those before first that share its eight may be withheld already.
    std::byte* const from = poisons ? std::min(next_multiple(first, 8), last) : first;
    unpoison(from, static_cast<std::size_t>(last - from));
    std::memset(from, dead, static_cast<std::size_t>(last - from));
}

/// Makes the whole pages of what was handed back inaccessible.
void arena::protect_from(block* b, std::byte* first, const std::byte* last) noexcept {
    if (first == last || b == buffer_ || options_.upstream != nullptr || !is_here(options_, b->memory())) return;
    std::byte* const from = next_multiple(first, sys::page_size());
    if (from < b->usable && make_unusable(from, b->usable)) b->usable = from;
}

/// Puts a block that is no longer in use where its number belongs.
void arena::keep(block* b) noexcept {
    hand_back(b, b->begin, b->cursor);
    b->cursor = b->begin;
    block** link = &kept_;
    while (*link != nullptr && (*link)->number < b->number) link = &(*link)->next;
    b->next = std::exchange(*link, b);
}

/// Takes the newest block out of use. It is not the current one, or nothing is any more.
void arena::pop_newest() noexcept {
    block* const b = std::exchange(newest_, newest_->next);
    used_elsewhere_ -= b->used_to(b->cursor);
    keep(b);
}

void arena::unmap(block* b) noexcept {
    const std::size_t bytes = static_cast<std::size_t>(b->end - b->memory());
    allocated_ -= b->bytes();
    --blocks_;
    forget_step();
    if (b == reserve_) reserve_ = nullptr;
    unpoison(b, b->bytes());
    stop_scanning(b, bytes);
    unmap_memory(options_, b->memory(), bytes);
}

/// Unmaps all blocks that are kept but for the caller's buffer.
void arena::unmap_kept() noexcept {
    for (block** link = &kept_; *link != nullptr;) {
        if (*link == buffer_) link = &(*link)->next;
        else unmap(std::exchange(*link, (*link)->next));
    }
}

// ---- handing back

void arena::rewind(const marker& to, caller where) noexcept { rewind_for("seg::arena::rewind", to, where); }

void arena::rewind_for(const char* call, const marker& to, const caller& where) noexcept {
    watch_.rewind(to.origin_, call, where);
    if (to.current_ == nullptr) return hand_back_all(); // marks that named a block are younger
    note_peak();
    if (current_ != to.current_) { // the current block is younger than the mark: it goes, and the mark's takes over
        current_->cursor = cursor_;
        used_elsewhere_ += current_->used_to(cursor_);
        current_ = nullptr;
    }
    while (newest_ != nullptr && newest_->serial > to.serial_) pop_newest();
    if (current_ == nullptr) {
        current_ = to.current_;
        used_elsewhere_ -= current_->used_to(current_->cursor);
        cursor_ = current_->cursor;
    }
    // What was allocated before the mark may have been taken back since, or extended in a block of its own.
    std::byte* const first = std::min(cursor_, to.cursor_);
    hand_back(current_, first, cursor_);
    cursor_ = first;
    limit_ = current_->usable;
    if (newest_ == to.newest_ && newest_ != current_ && newest_->cursor > to.newest_cursor_) {
        hand_back(newest_, to.newest_cursor_, newest_->cursor);
        used_elsewhere_ -= static_cast<std::size_t>(newest_->cursor - to.newest_cursor_);
        newest_->cursor = to.newest_cursor_;
    }
}

void arena::reset(caller where) noexcept { reset_for("seg::arena::reset", where); }

void arena::reset_for(const char* call, const caller& where) noexcept {
    watch_.reset(call, where);
    hand_back_all();
}

void arena::hand_back_all() noexcept {
    marked_ = false;
    note_peak();
    // The usual case costs next to nothing: the first block is the only one in use, and stays so.
    if (only_first_in_use()) {
        hand_back(current_, current_->begin, cursor_);
        cursor_ = current_->begin;
        limit_ = current_->usable;
    } else {
        keep_all();
    }
}

/// Takes all blocks out of use.
void arena::keep_all() noexcept {
    if (current_ != nullptr) {
        current_->cursor = cursor_;
        used_elsewhere_ = used();
        current_ = nullptr;
    }
    cursor_ = limit_ = nullptr;
    while (newest_ != nullptr) pop_newest();
}

/// Puts the block that reset left in use, with nothing in it, where the other ones are. Not while a mark may name it.
void arena::keep_empty() noexcept {
    if (marked_ || current_ == nullptr || !is_empty()) return;
    current_->cursor = cursor_;
    keep(std::exchange(newest_, nullptr));
    current_ = nullptr;
    cursor_ = limit_ = nullptr;
}

void arena::release(caller where) noexcept {
    reset_for("seg::arena::release", where);
    keep_empty();
    unmap_kept();
    grown_ = 0;
}

std::size_t arena::trim(std::size_t keep_bytes) noexcept {
    if (reserve_ != nullptr) return trim_reserve(keep_bytes);
    keep_empty();
    std::size_t unmapped = 0;
    for (block** link = &kept_; *link != nullptr;) {
        block* const b = *link;
        if (b == buffer_ || b->bytes() <= keep_bytes) {
            if (b != buffer_) keep_bytes -= b->bytes();
            link = &b->next;
        } else {
            unmapped += b->bytes();
            *link = b->next;
            unmap(b);
            keep_bytes = 0; // the later ones are younger, not better
        }
    }
    return unmapped;
}

/// Turns memory that nothing is allocated in back into address space that is set aside.
std::size_t arena::trim_reserve(std::size_t keep_bytes) noexcept {
    block* const b = reserve_;
    std::byte* const first_free = b == current_ ? cursor_ : b->cursor;
    const auto free = static_cast<std::size_t>(b->committed - next_multiple(first_free, sys::page_size()));
    if (free <= keep_bytes) return 0;
    const std::size_t bytes = (free - keep_bytes) & ~(sys::page_size() - 1);
    std::byte* const from = b->committed - bytes;
    if (bytes == 0 || !make_unusable(from, b->committed)) return 0;
    static_cast<void>(sys::madvise(from, bytes, sys::advice::dontneed));
    unpoison(from, bytes);
    allocated_ -= bytes;
    b->committed = from;
    b->usable = std::min(b->usable, from);
    if (b == current_) limit_ = b->usable;
    grown_ = b->bytes(); // doubling goes on from here
    return bytes;
}

bool arena::owns(const void* p) const noexcept {
    const auto in_one_of = [address = reinterpret_cast<std::uintptr_t>(p)](block* b) {
        for (; b != nullptr; b = b->next)
            if (address - reinterpret_cast<std::uintptr_t>(b) < b->bytes()) return true;
        return false;
    };
    return in_one_of(newest_) || in_one_of(kept_);
}

// ---- as a std::pmr::memory_resource

void* arena::do_allocate(std::size_t bytes, std::size_t alignment) { return allocate(bytes, alignment); }

void arena::do_deallocate(void* p, std::size_t bytes, std::size_t alignment) { deallocate(p, bytes, alignment); }

bool arena::do_is_equal(const std::pmr::memory_resource& other) const noexcept { return this == &other; }

} // namespace seg
