// The arena's slow paths: whatever happens once a block and not once an allocation.
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
import :poison;

namespace seg {

arena::arena(const arena_options& options) noexcept : blocks_(options) { take_up_current(); }

arena::~arena() {
    watch_.reset("seg::arena::~arena", std::source_location::current());
    if constexpr (checked) hand_back_blocks(); // which writes over it
    else destroy_until(nullptr);
    blocks_.give_up_all();
}

// ---- allocating

void* arena::allocate_or_throw(std::size_t bytes, std::size_t alignment, library) {
    if (void* const p = allocate_elsewhere(bytes, alignment)) return p;
    throw_or_abort(std::bad_alloc(), "an arena has no memory left");
}

void* arena::allocate_or_null(std::size_t bytes, std::size_t alignment, library) noexcept {
    return unless_thrown([&] { return allocate_elsewhere(bytes, alignment); });
}

void arena::expect_request(std::size_t alignment) noexcept {
    watch_.expect_user("seg::arena::allocate");
    expects(std::has_single_bit(alignment), "seg::arena::allocate", "the alignment is a power of two", alignment, 0,
            std::source_location::current());
}

/// Where the accessible part of the current block has no room. Null if there is none to be had.
void* arena::allocate_elsewhere(std::size_t bytes, std::size_t alignment) {
    if (blocks_.begins_small(bytes, alignment))
        if (block* const b = blocks_.begin_small()) return allocate_from(b->begin + red_zone, bytes);
    return allocate_further(bytes, alignment);
}

/// The same, whatever the request is and the arena.
void* arena::allocate_further(std::size_t bytes, std::size_t alignment) {
    if (bytes > max_request || alignment > max_request) return nullptr;
    block* const current = blocks_.current();
    bytes += bytes == 0;
    if (current != nullptr) {
        std::byte* const p = blocks::place(current, cursor_, bytes, alignment);
        if (p != nullptr && blocks_.make_usable_up_to(current, p + rounded(bytes))) return allocate_from(p, bytes);
    }
    give_way();

    block* const before = blocks_.current();
    block* const b = blocks_.take(bytes, alignment);
    if (b == nullptr) return nullptr;
    if (b != blocks_.current()) {
        used_elsewhere_ += b->capacity();
        unpoison(b->cursor, bytes);
        return b->cursor;
    }
    if (before != nullptr) {
        before->cursor = cursor_;
        used_elsewhere_ += before->used_to(cursor_);
    }
    return allocate_from(blocks::place(b, b->begin, bytes, alignment), bytes);
}

/// From a place of the current block behind which there is room.
void* arena::allocate_from(std::byte* p, std::size_t bytes) noexcept {
    cursor_ = p + rounded(bytes);
    end_ = blocks_.current()->usable;
    unpoison(p, bytes);
    return p;
}

/// Lets go of a first block that is in use with nothing in it, so that it gives way like every free one.
void arena::give_way() noexcept {
    if (!blocks_.is_empty(cursor_)) return;
    blocks_.let_first_give_way();
    take_up_current();
}

bool arena::try_extend(void* p, std::size_t old_bytes, std::size_t new_bytes) noexcept {
    if (p == nullptr || new_bytes > max_request || old_bytes > max_request) return false;
    auto* const first = static_cast<std::byte*>(p);
    block* const large = blocks_.newest_large();
    const bool is_newest = number(p) + rounded(old_bytes) == number(cursor_);
    if (!is_newest && (large == nullptr || large->cursor != first)) return false;
    block* const b = is_newest ? blocks_.current() : large;
    if (rounded(new_bytes) > static_cast<std::size_t>(b->end - first)) return false;
    if (!blocks_.make_usable_up_to(b, first + rounded(new_bytes))) return false;
    note_peak();
    // What the bytes hold that stay is kept, and whether they hold anything.
    new_bytes = std::max(new_bytes, std::size_t{1});
    if (new_bytes < old_bytes) poison(first + new_bytes, rounded(old_bytes) - new_bytes);
    else unpoison(first + old_bytes, new_bytes - old_bytes);
    if (!is_newest) return true;
    cursor_ = first + rounded(new_bytes);
    end_ = b->usable;
    return true;
}

/// deallocate's answer for what is not the newest of the current block.
void arena::deallocate_elsewhere(std::byte* p, std::size_t bytes) noexcept {
    if (const block* const b = blocks_.newest_large(); b != nullptr && b->cursor == p) {
        note_peak();
        used_elsewhere_ -= b->capacity();
        blocks_.free_newest_large();
        return;
    }
    // With an empty current block the newest one is in the block before, unless a mark has to find the current one.
    if (!blocks_.is_begin(cursor_) || blocks_.current()->marked || blocks_.current()->previous == nullptr) return;
    const block* const before = blocks_.current()->previous;
    if (number(p) + bytes != number(before->cursor)) return;
    note_peak();
    used_elsewhere_ -= before->used_to(before->cursor);
    blocks_.step_back();
    take_up_current();
    deallocate(p, bytes);
}

// ---- handing back

/// Runs the destructors of what was made after that.
void arena::destroy_until(const cleanup* older) noexcept {
    if (blocks_.lost_to_fork()) objects_.forget();
    if (objects_.newest() == older) return;
    watch_.destroying(true);
    objects_.run_until(older);
    watch_.destroying(false);
}

/// Back to any mark.
void arena::go_back_further(block* to, std::byte* cursor, std::size_t clock, const cleanup* newest_object) noexcept {
    destroy_until(newest_object);
    note_peak();
    if (blocks_.gave_way_since(clock)) to = nullptr;
    const bool only_regular = blocks_.newest_large() == nullptr;
    used_elsewhere_ -= blocks_.free_large_since(clock);
    block* const current = blocks_.current();
    if (current == nullptr) return;
    current->cursor = cursor_;
    used_elsewhere_ += current->used_to(cursor_);
    used_elsewhere_ -= blocks_.go_back_to(to);
    if (to == nullptr) {
        begin_again(only_regular);
        return;
    }
    // What was allocated before the mark may have been deallocated since.
    std::byte* const end = to->cursor;
    to->cursor = std::min(end, cursor);
    blocks_.hand_back(to, to->cursor, end);
    take_up_current();
}

/// Hands everything back, whatever it is.
void arena::hand_back_blocks() noexcept {
    destroy_until(nullptr);
    note_peak();
    const bool only_regular = blocks_.newest_large() == nullptr;
    blocks_.free_large_since(0);
    if (blocks_.current() != nullptr) blocks_.current()->cursor = cursor_;
    blocks_.go_back_to(nullptr);
    used_elsewhere_ = 0;
    begin_again(only_regular);
}

/// No regular block is in use. The first one may be at once: where there was no large block, it was the first of all,
/// and so it is if the same requests come again.
void arena::begin_again(bool with_first) noexcept {
    blocks_.use_none();
    if (with_first && blocks_.current() == nullptr) blocks_.use_first();
    take_up_current();
}

/// Sets the cursor to where the current block was left.
void arena::take_up_current() noexcept {
    const block* const current = blocks_.current();
    cursor_ = current != nullptr ? current->cursor : nullptr;
    end_ = current != nullptr ? current->usable : nullptr;
}

void arena::release(caller where) noexcept {
    watch_.reset("seg::arena::release", where);
    hand_back_blocks();
    blocks_.go_back_to(nullptr);
    begin_again(false);
    blocks_.trim(0);
}

std::size_t arena::trim(std::size_t keep_bytes) noexcept {
    if (blocks_.has_reserve()) {
        const std::size_t given_up = blocks_.trim_reserve(cursor_, keep_bytes);
        if (block* const current = blocks_.current()) end_ = current->usable;
        return given_up;
    }
    give_way();
    return blocks_.trim(keep_bytes);
}

bool arena::owns(const void* p) const noexcept { return blocks_.owns(p); }

// ---- as a std::pmr::memory_resource

void* arena::do_allocate(std::size_t bytes, std::size_t alignment) { return allocate(bytes, alignment); }

void arena::do_deallocate(void* p, std::size_t bytes, std::size_t alignment) { deallocate(p, bytes, alignment); }

namespace {

/// What every arena says it is equal to, and no other resource: so that arenas are told from others without run-time type
/// information.
class every_arena final : public std::pmr::memory_resource {
    void* do_allocate(std::size_t, std::size_t) override { return nullptr; }
    void do_deallocate(void*, std::size_t, std::size_t) override {}
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override { return this == &other; }
};
constinit const every_arena any;

} // namespace

bool arena::do_is_equal(const std::pmr::memory_resource& other) const noexcept {
    return this == &other || &other == &any;
}

void* try_allocate(std::pmr::memory_resource& resource, std::size_t bytes, std::size_t alignment) {
    if (resource.is_equal(any)) return static_cast<arena&>(resource).try_allocate(bytes, alignment);
    return unless_out_of_memory([&] { return resource.allocate(bytes, alignment); });
}

} // namespace seg
