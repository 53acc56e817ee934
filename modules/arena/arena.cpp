// The slow paths of an arena: what is needed once a block, and not once an allocation.
module;

#include <algorithm>
#include <bit>
#include <cstddef>
#include <cstdint>
#include <memory_resource>
#include <new>
#include <source_location>
#include <utility>

module seg.arena;

import seg.sys;
import :block;
import :blocks;
import :cleanup;
import :failure;

namespace seg {

using namespace detail;

arena::arena(const arena_options& options) noexcept : blocks_(options) { load_cursor(); }

arena::~arena() {
    watch_.reset("seg::arena::~arena", std::source_location::current());
    if constexpr (checked) deallocate_all_slow(); // which overwrites the memory
    else destroy_until(nullptr);
    blocks_.give_up_all();
}

// ---- allocating

void* arena::allocate_or_throw(std::size_t bytes, std::size_t alignment, library) {
    if (void* const p = allocate_slow(bytes, alignment)) return p;
    throw_or_abort(std::bad_alloc(), "an arena has no memory left");
}

void* arena::allocate_or_null(std::size_t bytes, std::size_t alignment, library) noexcept {
    return unless_thrown([&] { return allocate_slow(bytes, alignment); });
}

void arena::expect_request(std::size_t alignment) noexcept {
    watch_.expect_user("seg::arena::allocate");
    expects(std::has_single_bit(alignment), "seg::arena::allocate", "the alignment is a power of two", alignment, 0,
            std::source_location::current());
}

/// What allocate does if bump does not: the current block has no accessible room, or the request is for 0 bytes or more
/// than max_fast_request. Null if there is no memory.
void* arena::allocate_slow(std::size_t bytes, std::size_t alignment) {
    if (blocks_.can_use_smallest_cached(bytes, alignment))
        if (block* const b = blocks_.use_smallest_cached()) return allocate_at(b->begin + red_zone, bytes);
    return allocate_any(bytes, alignment);
}

/// The same, for any request and any arena.
void* arena::allocate_any(std::size_t bytes, std::size_t alignment) {
    if (bytes > max_request || alignment > max_request) return nullptr;
    block* const current = blocks_.current();
    bytes += bytes == 0;
    if (current != nullptr) {
        std::byte* const p = blocks::address_in(current, cursor_, bytes, alignment);
        if (p != nullptr && blocks_.make_accessible_up_to(current, p + rounded(bytes))) return allocate_at(p, bytes);
    }
    free_first_if_empty();

    block* const before = blocks_.current();
    block* const b = blocks_.take(bytes, alignment);
    if (b == nullptr) return nullptr;
    if (b != blocks_.current()) {
        used_elsewhere_ += b->capacity();
        unpoison(b->allocation, bytes);
        return b->allocation;
    }
    if (before != nullptr) {
        before->cursor = cursor_;
        used_elsewhere_ += before->used_to(cursor_);
    }
    return allocate_at(blocks::address_in(b, b->begin, bytes, alignment), bytes);
}

/// Allocates at p. Precondition: p is in the current block, and there is room from there on.
void* arena::allocate_at(std::byte* p, std::size_t bytes) noexcept {
    cursor_ = p + rounded(bytes);
    end_ = blocks_.current()->accessible_end;
    unpoison(p, bytes);
    return p;
}

/// Makes the first block a free block if nothing is allocated in a regular block. It may then be used for any request,
/// or be given up.
void arena::free_first_if_empty() noexcept {
    if (!blocks_.is_empty(cursor_)) return;
    blocks_.free_empty_first();
    load_cursor();
}

bool arena::try_extend(void* p, std::size_t old_bytes, std::size_t new_bytes) noexcept {
    if (p == nullptr || new_bytes > max_request || old_bytes > max_request) return false;
    auto* const first = static_cast<std::byte*>(p);
    block* const large = blocks_.newest_large();
    const bool is_newest = address(p) + rounded(old_bytes) == address(cursor_);
    if (!is_newest && (large == nullptr || large->allocation != first)) return false;
    block* const b = is_newest ? blocks_.current() : large;
    if (rounded(new_bytes) > static_cast<std::size_t>(b->end - first)) return false;
    if (!blocks_.make_accessible_up_to(b, first + rounded(new_bytes))) return false;
    update_peak();
    // Only the bytes that are removed or added: MemorySanitizer still knows which of the others were written to.
    new_bytes = std::max(new_bytes, std::size_t{1});
    if (new_bytes < old_bytes) poison(first + new_bytes, rounded(old_bytes) - new_bytes);
    else unpoison(first + old_bytes, new_bytes - old_bytes);
    if (!is_newest) return true;
    cursor_ = first + rounded(new_bytes);
    end_ = b->accessible_end;
    return true;
}

/// What deallocate does if p is not the newest allocation of the current block: deallocates p if it is the newest large
/// block, or if the current block is empty and p is the newest allocation of the block before it.
void arena::deallocate_slow(std::byte* p, std::size_t bytes) noexcept {
    if (const block* const b = blocks_.newest_large(); b != nullptr && b->allocation == p) {
        update_peak();
        used_elsewhere_ -= b->capacity();
        blocks_.free_newest_large();
        return;
    }
    // If the current block is empty, the newest allocation is in the block before it. But if a mark was set while this
    // block was current, the block remains in use: the mark refers to it.
    if (!blocks_.is_begin(cursor_) || blocks_.current()->marked || blocks_.current()->previous == nullptr) return;
    const block* const before = blocks_.current()->previous;
    if (address(p) + bytes != address(before->cursor)) return;
    update_peak();
    used_elsewhere_ -= before->used_to(before->cursor);
    blocks_.free_current();
    load_cursor();
    deallocate(p, bytes);
}

// ---- deallocating

/// Destroys the objects that are newer than `older`; all objects if that is null or does not exist any more; none in a
/// child process that does not have them.
void arena::destroy_until(const cleanup* older) noexcept {
    if (blocks_.lost_to_fork()) objects_.clear();
    if (objects_.newest() == older) return;
    watch_.set_destroying(true);
    objects_.destroy_until(older);
    watch_.set_destroying(false);
}

/// What rewind does unless it only moves the cursor. The parameters are the members of the mark: newest_object tells
/// which objects are destroyed, clock which large blocks become free, mark_block and cursor which regular blocks become
/// free, and which bytes of mark_block are deallocated.
void arena::rewind_slow(block* mark_block, std::byte* cursor, std::size_t clock,
                        const cleanup* newest_object) noexcept {
    destroy_until(newest_object);
    update_peak();
    if (blocks_.freed_first_since(clock)) mark_block = nullptr;  // it may have been given up since
    const bool only_regular = blocks_.newest_large() == nullptr; // before the next line frees them
    used_elsewhere_ -= blocks_.free_large_since(clock);
    block* const current = blocks_.current();
    if (current == nullptr) return;
    current->cursor = cursor_;
    used_elsewhere_ += current->used_to(cursor_); // which the next line subtracts, too
    used_elsewhere_ -= blocks_.free_regular_after(mark_block);
    if (mark_block == nullptr) {
        restart(only_regular);
        return;
    }
    // The block's cursor is before the mark's if older allocations were deallocated since.
    std::byte* const old_cursor = mark_block->cursor;
    mark_block->cursor = std::min(old_cursor, cursor);
    blocks_.deallocate(mark_block, mark_block->cursor, old_cursor);
    load_cursor();
}

/// Deallocates everything, whatever the options and the blocks in use are.
void arena::deallocate_all_slow() noexcept {
    destroy_until(nullptr);
    update_peak();
    const bool only_regular = blocks_.newest_large() == nullptr;
    blocks_.free_large_since(0);
    if (blocks_.current() != nullptr) blocks_.current()->cursor = cursor_;
    blocks_.free_regular_after(nullptr);
    used_elsewhere_ = 0;
    restart(only_regular);
}

/// Chooses the current block when all regular blocks are free: the caller's buffer or, without one, the first block if
/// only_regular, otherwise none. only_regular: no large block was in use. The first request was then allocated in the
/// first block, and will be again if the same requests are made again.
void arena::restart(bool only_regular) noexcept {
    blocks_.use_buffer_or_none();
    if (only_regular && blocks_.current() == nullptr) blocks_.use_first();
    load_cursor();
}

/// Sets cursor_ and end_ to the cursor and the accessible end of the current block, or to null if there is none.
void arena::load_cursor() noexcept {
    const block* const current = blocks_.current();
    cursor_ = current != nullptr ? current->cursor : nullptr;
    end_ = current != nullptr ? current->accessible_end : nullptr;
}

void arena::release(caller where) noexcept {
    watch_.reset("seg::arena::release", where);
    deallocate_all_slow();
    free_first_if_empty();
    blocks_.trim(0);
}

std::size_t arena::trim(std::size_t keep_bytes) noexcept {
    if (blocks_.has_reserve()) {
        const std::size_t given_up = blocks_.trim_reserve(cursor_, keep_bytes);
        if (block* const current = blocks_.current()) end_ = current->accessible_end;
        return given_up;
    }
    free_first_if_empty();
    return blocks_.trim(keep_bytes);
}

bool arena::owns(const void* p) const noexcept { return blocks_.owns(p); }

// ---- as a std::pmr::memory_resource

void* arena::do_allocate(std::size_t bytes, std::size_t alignment) { return allocate(bytes, alignment); }

void arena::do_deallocate(void* p, std::size_t bytes, std::size_t alignment) { deallocate(p, bytes, alignment); }

namespace {

/// A resource that every arena claims to be equal to, and no other resource does. So is_equal tells whether a resource
/// is an arena, without run-time type information.
class arena_tag final : public std::pmr::memory_resource {
    void* do_allocate(std::size_t, std::size_t) override { return nullptr; }
    void do_deallocate(void*, std::size_t, std::size_t) override {}
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }
};
constinit const arena_tag tag;

} // namespace

bool arena::do_is_equal(const std::pmr::memory_resource& other) const noexcept {
    return this == &other || &other == &tag;
}

void* try_allocate(std::pmr::memory_resource& resource, std::size_t bytes, std::size_t alignment) {
    if (resource.is_equal(tag)) return static_cast<arena&>(resource).try_allocate(bytes, alignment);
    return unless_out_of_memory([&] { return resource.allocate(bytes, alignment); });
}

} // namespace seg
