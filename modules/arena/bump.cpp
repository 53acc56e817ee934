// The arena's slow paths: whatever happens once a block and not once an allocation.
module;

#include <algorithm>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>
#include <utility>

module seg.arena;

import seg.sys;
import :poison;

namespace seg {

namespace {

constexpr std::size_t whole_pages(std::size_t bytes) noexcept {
    const std::size_t page = sys::page_size();
    return (bytes + page - 1) & ~(page - 1);
}

// Doubling stops here, far above what a 64-bit address space has room for, so that sizes never wrap.
constexpr std::size_t largest_step = std::size_t{1} << 60;

} // namespace

arena::arena(const arena_options& options) noexcept
    : first_block_(std::clamp(options.first_block, std::size_t{1}, largest_step)), next_block_(first_block_),
      max_bytes_(options.max_bytes) {}

arena::~arena() { release(); }

void arena::throw_bad_alloc() { throw std::bad_alloc(); }

/// Where bytes would lie in an otherwise unused block, or null if they do not fit.
std::byte* arena::place(block* b, std::size_t bytes, std::size_t alignment) noexcept {
    std::byte* const first = b->payload();
    const std::size_t padding = (0 - reinterpret_cast<std::uintptr_t>(first)) & (alignment - 1);
    return padding + bytes <= static_cast<std::size_t>(b->end - first) ? first + padding : nullptr;
}

/// Bytes of a block that is sure to hold the request wherever the system maps it. Blocks begin at a page and both terms
/// are powers of two, so the first multiple of alignment behind the header is no further away than the larger of them.
std::size_t arena::block_bytes_for(std::size_t bytes, std::size_t alignment) noexcept {
    return whole_pages(std::max(alignment, sizeof(block)) + bytes);
}

void* arena::allocate_from_next_block(std::size_t bytes, std::size_t alignment) noexcept {
    if (bytes > max_request || alignment > max_request) return nullptr;
    block* b = take_kept(bytes, alignment);
    if (b == nullptr) b = map_block(block_bytes_for(bytes, alignment));
    if (b == nullptr) return nullptr;

    b->next = std::exchange(newest_, b);
    std::byte* const p = place(b, bytes, alignment);
    std::byte* const rest = p + bytes;
    unpoison(p, bytes);
    // The block with more room left is the one to go on with, so a large request in a block of its own does not waste
    // what the block before it had left. Blocks used again in the same order lead to the same choice.
    if (b->end - rest >= limit_ - cursor_) {
        used_elsewhere_ = used();
        if (current_ != nullptr) current_->cursor = cursor_;
        current_ = b;
        cursor_ = rest;
        limit_ = b->end;
    } else {
        b->cursor = rest;
        used_elsewhere_ += static_cast<std::size_t>(rest - b->payload());
    }
    return p;
}

/// deallocate's answer where the newest block is not the current one: it holds one allocation.
void arena::take_back_whole_block(std::byte* first, std::size_t bytes) noexcept {
    if (first + bytes != newest_->cursor) return;
    note_peak();
    used_elsewhere_ -= static_cast<std::size_t>(newest_->cursor - newest_->payload());
    block* const b = std::exchange(newest_, newest_->next);
    keep(b);
}

/// Unlinks the first kept block that holds the request; null if none does.
arena::block* arena::take_kept(std::size_t bytes, std::size_t alignment) noexcept {
    for (block** link = &kept_; *link != nullptr; link = &(*link)->next)
        if (place(*link, bytes, alignment) != nullptr) return std::exchange(*link, (*link)->next);
    return nullptr;
}

/// Maps a block of the next size, or of the needed one where that is larger or the next size is not to be had.
/// Blocks waiting for reuse give way when max_bytes leaves no room beside them.
arena::block* arena::map_block(std::size_t needed) noexcept {
    std::size_t preferred = std::max(needed, whole_pages(next_block_));
    bool makes_room = false;
    if (max_bytes_ != 0) {
        std::size_t kept_bytes = 0;
        for (block* b = kept_; b != nullptr; b = b->next) kept_bytes += b->bytes();
        if (needed > max_bytes_ - (allocated_ - kept_bytes)) return nullptr;
        makes_room = needed > max_bytes_ - allocated_;
        const std::size_t left = max_bytes_ - (makes_room ? allocated_ - kept_bytes : allocated_);
        preferred = std::clamp(left & ~(sys::page_size() - 1), needed, preferred);
    }

    const auto map = [](std::size_t bytes) {
        return sys::mmap(nullptr, bytes, sys::prot::read | sys::prot::write,
                         sys::map_flag::private_ | sys::map_flag::anonymous);
    };
    auto memory = map(preferred);
    if (!memory && preferred > needed) memory = map(preferred = needed);
    if (!memory) return nullptr;
    if (makes_room) unmap_kept(); // only now, so that a refusal leaves the arena as it was

    next_block_ = std::min(next_block_ * 2, largest_step);
    allocated_ += preferred;
    ++blocks_;
    // Memory that came and went behind the sanitizer's back may still be marked.
    unpoison(*memory, sizeof(block));
    scan_for_owners(*memory, preferred);
    std::byte* const end = static_cast<std::byte*>(*memory) + preferred;
    block* const b = ::new (*memory) block{.next = nullptr, .cursor = nullptr, .end = end, .number = mapped_++};
    poison(b->payload(), static_cast<std::size_t>(end - b->payload()));
    return b;
}

/// Puts a block that is no longer in use where its number belongs.
void arena::keep(block* b) noexcept {
    poison(b->payload(), static_cast<std::size_t>(b->end - b->payload()));
    block** link = &kept_;
    while (*link != nullptr && (*link)->number < b->number) link = &(*link)->next;
    b->next = std::exchange(*link, b);
}

void arena::unmap_kept() noexcept {
    while (kept_ != nullptr) {
        block* const b = std::exchange(kept_, kept_->next);
        const std::size_t bytes = b->bytes();
        allocated_ -= bytes;
        --blocks_;
        unpoison(b, bytes);
        stop_scanning(b, bytes);
        static_cast<void>(sys::munmap(b, bytes)); // cannot fail: the range is exactly one of our mappings
    }
}

void arena::reset() noexcept {
    note_peak();
    while (newest_ != nullptr) keep(std::exchange(newest_, newest_->next));
    current_ = nullptr;
    cursor_ = limit_ = nullptr;
    used_elsewhere_ = 0;
}

void arena::release() noexcept {
    reset();
    unmap_kept();
    next_block_ = first_block_;
}

bool arena::owns(const void* p) const noexcept {
    const auto in_one_of = [address = reinterpret_cast<std::uintptr_t>(p)](block* b) {
        for (; b != nullptr; b = b->next)
            if (address - reinterpret_cast<std::uintptr_t>(b) < b->bytes()) return true;
        return false;
    };
    return in_one_of(newest_) || in_one_of(kept_);
}

void* arena::do_allocate(std::size_t bytes, std::size_t alignment) { return allocate(bytes, alignment); }

void arena::do_deallocate(void* p, std::size_t bytes, std::size_t alignment) { deallocate(p, bytes, alignment); }

bool arena::do_is_equal(const std::pmr::memory_resource& other) const noexcept { return this == &other; }

} // namespace seg
