// The arena: memory is bumped out of blocks, each one mapping, each as large as all before it together.
//
// Invariant: the blocks in use form a stack, newest on top; one of them, current_, is where the next bytes come from,
// and cursor_ and limit_ are its free rest. Blocks handed back wait in kept_, in the order in which they were mapped:
// the first that fits is taken, so the same requests find the same blocks again.
module;

#include <cstddef>
#include <cstdint>
#include <limits>
#include <memory_resource>
#include <new>
#include <source_location>

export module seg.arena:bump;

import seg.sys;
import :options;
import :poison;
import :watch;

namespace seg {

// In a module a member function is not inline because its body is in the class, and clang then inlines it into no
// importer: what is to cost a handful of instructions says so.

/// A segmented bump allocator: memory is handed out by advancing a cursor and handed back all at once.
///
/// Growth: the first two blocks are of options.first_block bytes, and each further one is twice as large as the one
/// before: as large as all before it. A request that needs more gets a block of its own size. A block, once mapped, never
/// moves, so neither does anything in it. No system call is made before the first allocation.
/// Handed-out memory is indeterminate, not zeroed.
/// Exception guarantee: strong; an allocation that fails leaves the arena as it was.
/// Threads: not thread-safe; one thread at a time uses an arena. A checked build traps where a second one allocates.
/// Debugging: AddressSanitizer reports an access to anything that is not handed out, with red_zone bytes before each
/// allocation. A checked build (SEG_CHECKED) fills what is handed back by rewind and reset with 0xDD.
///
///     seg::arena arena;
///     std::pmr::vector<int> numbers(&arena);
///     auto* n = new (arena.allocate(sizeof(node), alignof(node))) node();
///     arena.reset();                        // everything is handed back, the memory is kept for the next use
export class arena final : public std::pmr::memory_resource {
    struct block;
    using watch = arena_watch<checked>;

public:
    /// Bytes that are kept free before each allocation: 16 under AddressSanitizer, otherwise 0. They count as used.
    static constexpr std::size_t red_zone = poisons ? 16 : 0;

    /// A state of an arena to come back to: see mark and rewind.
    class marker {
        friend arena;
        marker(block* current, std::byte* cursor, block* newest, std::byte* newest_cursor, std::size_t serial,
               const watch::origin& origin) noexcept
            : current_(current), cursor_(cursor), newest_(newest), newest_cursor_(newest_cursor), serial_(serial),
              origin_(origin) {}

        block* current_; // null: nothing was in use, whatever blocks there were
        std::byte* cursor_;
        block* newest_;
        std::byte* newest_cursor_; // where the newest block ended, if it was not the current one
        std::size_t serial_;       // blocks put to use before
        [[no_unique_address]] watch::origin origin_;
    };

    arena() noexcept = default;
    explicit arena(const arena_options& options) noexcept;
    arena(const arena&) = delete;
    arena& operator=(const arena&) = delete;
    ~arena() override;

    /// bytes of memory at a multiple of alignment, which is any power of two; a request for 0 bytes gets 1.
    /// Throws std::bad_alloc when the system refuses or max_bytes would be exceeded. Constant time but for a new block.
    [[nodiscard]] inline void* allocate(std::size_t bytes,
                                        std::size_t alignment = alignof(std::max_align_t)) {
        return bump<&arena::allocate_or_throw>(bytes, alignment);
    }

    /// As allocate, but a request that cannot be met gives a null pointer.
    [[nodiscard]] inline void* try_allocate(std::size_t bytes,
                                            std::size_t alignment = alignof(std::max_align_t)) noexcept {
        return bump<&arena::allocate_from_next_block>(bytes, alignment);
    }

    /// Takes back the newest allocation of the current block, so that its bytes are the next to be handed out, or the
    /// newest one that has a block of its own. Does nothing for any other, nor for the padding before it: that memory
    /// comes back with rewind, reset or release. bytes is what was asked for.
    inline void deallocate(void* p, std::size_t bytes,
                    [[maybe_unused]] std::size_t alignment = alignof(std::max_align_t)) noexcept {
        bytes += bytes == 0;
        std::byte* const first = static_cast<std::byte*>(p);
        if (first + bytes == cursor_) {
            note_peak();
            cursor_ = first - red_zone;
            poison(cursor_, bytes + red_zone); // of which some were accessible where first is at no multiple of 8
        } else if (newest_ != current_) [[unlikely]] {
            take_back_whole_block(first, bytes);
        }
    }

    /// Makes the newest allocation of a block larger, or smaller, where it is: from old_bytes, what was asked for, to
    /// new_bytes. False, and nothing changed, if p is not such an allocation or its block has no room for that.
    /// Constant time; invalidates nothing.
    ///
    /// For buffers of one's own. std::vector cannot benefit: the standard's allocators have no way to be asked, and when
    /// it grows, old and new elements exist side by side.
    [[nodiscard]] bool try_extend(void* p, std::size_t old_bytes, std::size_t new_bytes) noexcept;

    // ---- going back

    /// The arena as it is now. Constant time, no memory, no system call.
    inline marker mark() noexcept { return mark_as(false); }

    /// Hands back everything allocated since the mark was set, and keeps the memory: the blocks are used again in the
    /// same order. What was taken back of older allocations stays so, but for a part of it that is in use again, in the
    /// block that the mark points into: that goes when an older mark is rewound to.
    /// Linear in the blocks handed back. Invalidates everything allocated since, and the marks set since.
    /// Precondition: the mark is of this arena and is still good.
    void rewind(const marker& to, caller where = std::source_location::current()) noexcept;

    /// Hands everything back and keeps the memory: the blocks are used again in the same order, so a loop that builds,
    /// uses and resets makes no system call after its first round. Invalidates everything allocated, and all marks.
    /// Precondition: no arena_scope is open.
    void reset(caller where = std::source_location::current()) noexcept;

    /// Hands everything back and unmaps it. Invalidates everything allocated, and all marks.
    /// Precondition: no arena_scope is open.
    void release(caller where = std::source_location::current()) noexcept;

    /// Unmaps blocks that are kept and not in use, but for the first of them that make up no more than keep_bytes; of
    /// reserved address space, the pages behind the last one in use, but for keep_bytes.
    /// Returns the bytes unmapped. Linear in the number of blocks kept. Invalidates nothing.
    std::size_t trim(std::size_t keep_bytes = 0) noexcept;

    /// Makes the calling thread the one that uses the arena: for one that is handed over with something in it. After
    /// reset and release that is not needed, and only checked builds ask.
    inline void adopt() noexcept { watch_.adopt(); }

    /// An arena can take back its own memory only. Its own operator, since the base class's may be out of an importer's
    /// sight.
    friend inline bool operator==(const arena& a, const arena& b) noexcept { return &a == &b; }

    /// What the arena holds. Constant time.
    inline arena_stats stats() const noexcept {
        const std::size_t now = used();
        return {.used = now, .allocated = allocated_, .peak = now > peak_ ? now : peak_, .blocks = blocks_};
    }

    /// True if p points into a block of this arena. Linear in the number of blocks.
    bool owns(const void* p) const noexcept;

private:
    friend class arena_scope;

    // The first bytes of every block.
    struct block {
        block* next;          // the next older one in use, or the next one kept
        std::byte* begin;     // of what is handed out
        std::byte* cursor;    // end of what is handed out, while the block is in use but not the current one
        std::byte* usable;    // end of what can be accessed; what is behind has to be made usable first
        std::byte* committed; // end of what is memory; what is behind is address space that was set aside
        std::byte* end;
        std::size_t number; // blocks mapped before it
        std::size_t serial; // blocks put to use before it

        inline std::byte* memory() noexcept { return reinterpret_cast<std::byte*>(this); }
        inline std::size_t bytes() noexcept { return static_cast<std::size_t>(committed - memory()); }
        inline std::size_t used_to(const std::byte* c) noexcept { return static_cast<std::size_t>(c - begin); }
    };

    static constexpr std::size_t max_request = std::numeric_limits<std::size_t>::max() / 4;

    // Bytes between the end of one allocation and the beginning of the next.
    static inline std::size_t padding_at(const std::byte* p, std::size_t alignment) noexcept {
        return red_zone + ((0 - (reinterpret_cast<std::uintptr_t>(p) + red_zone)) & (alignment - 1));
    }

    // From the rest of the current block, or what Otherwise gives where that has no room.
    template <auto Otherwise> inline void* bump(std::size_t bytes, std::size_t alignment) {
        if constexpr (checked) expect_request(alignment);
        bytes += bytes == 0;
        const std::uintptr_t cursor = reinterpret_cast<std::uintptr_t>(cursor_);
        const std::uintptr_t first = (cursor + red_zone + (alignment - 1)) & (0 - alignment);
        // Addresses are far below max_request, so nothing here can wrap; for a constant number of bytes the first test is
        // gone. All in all 8 instructions then; with the padding as a number of its own it takes 13.
        if (bytes <= max_request && alignment <= max_request &&
            first + bytes <= reinterpret_cast<std::uintptr_t>(limit_)) [[likely]] {
            std::byte* const p = reinterpret_cast<std::byte*>(first);
            cursor_ = p + bytes;
            unpoison(p, bytes);
            return p;
        }
        return (this->*Otherwise)(bytes, alignment, library());
    }

    void* allocate_or_throw(std::size_t bytes, std::size_t alignment, library);
    static std::byte* place(block* b, std::size_t bytes, std::size_t alignment) noexcept;
    std::size_t block_bytes_for(std::size_t bytes, std::size_t alignment) const noexcept;
    std::size_t header_bytes() const noexcept;

    void* allocate_from_next_block(std::size_t bytes, std::size_t alignment, library) noexcept;
    void* allocate_from_rest(std::size_t bytes, std::size_t alignment) noexcept;
    void take_back_whole_block(std::byte* first, std::size_t bytes) noexcept;
    block* take_kept(std::size_t bytes, std::size_t alignment) noexcept;
    block* map_block(std::size_t needed) noexcept;
    block* map_reserve(std::size_t needed) noexcept;
    block* new_block(std::byte* memory, std::size_t bytes, std::size_t committed, std::byte* begin) noexcept;
    bool make_usable_up_to(block* b, std::byte* end) noexcept;
    bool commit_up_to(block* b, std::byte* end) noexcept;
    std::size_t bytes_left() const noexcept;
    std::size_t next_step() const noexcept;
    void note_step() noexcept;
    void forget_step() noexcept;
    void use(block* b) noexcept;
    void hand_back(block* b, std::byte* first, std::byte* last) noexcept;
    void overwrite(block* b, std::byte* first, std::byte* last) noexcept;
    void protect_from(block* b, std::byte* first, const std::byte* last) noexcept;
    void keep(block* b) noexcept;
    void hand_back_all() noexcept;
    [[gnu::noinline]] void keep_all() noexcept;
    void keep_empty() noexcept;
    void pop_newest() noexcept;
    void unmap(block* b) noexcept;
    void unmap_kept() noexcept;
    std::size_t trim_reserve(std::size_t keep_bytes) noexcept;

    inline marker mark_as(bool scope) noexcept {
        const auto origin = watch_.mark(scope, cursor_, newest_);
        // A mark in an empty arena names no block, so that one may still give way to another.
        if (current_ == nullptr || (!marked_ && is_empty())) return {nullptr, nullptr, nullptr, nullptr, 0, origin};
        marked_ = true;
        return {current_, cursor_, newest_, newest_->cursor, serial_, origin};
    }
    /// The only block in use has nothing in it.
    inline bool is_empty() const noexcept {
        return cursor_ == current_->begin && newest_ == current_ && current_->next == nullptr;
    }
    /// The only block in use is the first of all, which the same requests as before begin with.
    inline bool only_first_in_use() const noexcept {
        return newest_ == current_ && current_ != nullptr && current_->next == nullptr &&
               (kept_ == nullptr || kept_->number > current_->number);
    }
    void rewind_for(const char* call, const marker& to, const caller& where) noexcept;
    void reset_for(const char* call, const caller& where) noexcept;
    void expect_request(std::size_t alignment) noexcept;

    inline std::size_t used() const noexcept {
        return current_ == nullptr ? used_elsewhere_ : used_elsewhere_ + current_->used_to(cursor_);
    }
    inline void note_peak() noexcept {
        if (const std::size_t now = used(); now > peak_) peak_ = now;
    }

    void* do_allocate(std::size_t bytes, std::size_t alignment) override;
    void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override;
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override;

    std::byte* cursor_ = nullptr;
    std::byte* limit_ = nullptr;
    block* current_ = nullptr;
    block* newest_ = nullptr; // the stack of blocks in use
    block* kept_ = nullptr;
    block* buffer_ = nullptr;  // the block in the caller's buffer, if there is one
    block* reserve_ = nullptr; // the block in reserved address space, if there is one
    std::size_t used_elsewhere_ = 0; // handed out from the blocks in use other than the current one
    std::size_t peak_ = 0;           // what used() reached before it last shrank
    std::size_t allocated_ = 0;
    std::size_t blocks_ = 0;
    std::size_t mapped_ = 0; // blocks ever made
    std::size_t serial_ = 0; // blocks ever put to use
    std::size_t grown_ = 0;  // bytes of the blocks there are as growth would have made them, requests' own sizes apart
    bool marked_ = false; // a mark that names a block may be good
    arena_options options_;
    [[no_unique_address]] watch watch_;
};

/// Hands back, at the end of its life, everything allocated from the arena since its beginning. Scopes nest; a checked
/// build traps where one that was opened later is still open, and names the line where this one was opened.
///
///     for (const request& r : requests) {
///         seg::arena_scope scope(arena);
///         answer(r, arena);
///     }
export class [[nodiscard]] arena_scope {
public:
    inline explicit arena_scope(arena& a, caller where = std::source_location::current()) noexcept
        : arena_(a), mark_(a.mark_as(true)), opened_(where) {}
    arena_scope(const arena_scope&) = delete;
    arena_scope& operator=(const arena_scope&) = delete;
    inline ~arena_scope() { arena_.rewind_for("seg::arena_scope::~arena_scope", mark_, opened_); }

private:
    arena& arena_;
    arena::marker mark_;
    [[no_unique_address]] caller opened_;
};

} // namespace seg
