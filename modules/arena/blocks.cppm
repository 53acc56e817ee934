// The blocks of one arena, and the size of the next one.
//
// Invariant: the regular blocks form a list, in the order in which they are filled. The blocks up to current() are in
// use. The later ones are free, and are filled next. A large block contains one large allocation. The large blocks in
// use form a stack, the newest on top. The free large blocks form another one, the block that was freed last on top.
// (LLVM's BumpPtrAllocator keeps large allocations apart from the others in the same way.)
//
//     regular   first                    current, in use          free
//               +----------------+       +----------------+       +----------------+
//               |################|------>|######          |------>|                |
//               +----------------+       +-----^----------+       +----------------+
//                                              cursor
//     large     newest, in use           in use                   free
//               +----------------+       +----------------+       +----------------+
//               |################|------>|################|       |                |
//               +----------------+       +----------------+       +----------------+
//
// A mark has the current block, its cursor, the value of clock(), and the newest object (see :cleanup). Rewinding to it
// frees the large blocks that were taken since and the regular blocks after the mark's, and deallocates the bytes from
// the mark's cursor on in the mark's block.
//
// The request and the blocks in use decide whether the request gets a regular or a large block and, unless max_bytes
// leaves less, how large a new one is. Free blocks do not matter for that: one with room only takes the place of a new
// one. So if the same requests are repeated, they get the same blocks.
export module seg.arena:blocks;

import seg.standard;
import seg.sys;
import :block;
import :block_cache;
import :mapping;
import :options;
import :reservation;

namespace seg {

using namespace detail;

/// The bytes that remain poisoned before each allocation.
inline constexpr std::size_t red_zone_bytes = poisons ? 16 : 0;

class blocks {
public:
    constexpr blocks() noexcept = default;
    explicit blocks(const arena_options& options) noexcept;
    blocks(const blocks&) = delete;

    /// The current block. Null if no regular block is in use.
    inline block* current() const noexcept { return current_; }
    /// The newest large block in use.
    inline block* newest_large() const noexcept { return large_; }
    /// A logical clock. It advances when a request takes a large block, when the empty first block is freed, and,
    /// without the block cache, when a block is created.
    inline std::size_t clock() const noexcept { return clock_; }
    inline std::size_t allocated() const noexcept { return allocated_; }
    inline std::size_t count() const noexcept { return count_; }
    /// Whether a rewind within the current block only moves the cursor: no option asks for more.
    inline bool rewinds_by_cursor() const noexcept { return fast_paths_ >= fast_paths::rewind; }
    /// Whether the contents of the blocks are lost: this is a child process, and a fork policy is set. True only once
    /// in each child.
    inline bool lost_to_fork() noexcept { return generation_ != 0 && is_new_process(); }
    /// Whether the block is the caller's buffer.
    bool is_buffer(const block* b) const noexcept;

    /// Whether a reset only moves the cursor: no block but the first regular one is in use, and no option asks for
    /// more.
    inline bool resets_by_cursor() const noexcept {
        return current_ != nullptr && current_ == first_ && large_ == nullptr && rewinds_by_cursor();
    }

    // ---- requests

    /// The address of an allocation in the block if the cursor is `from`. Null if the block has no room for it.
    static inline std::byte* address_in(const block* b, std::byte* from, std::size_t bytes,
                                        std::size_t alignment) noexcept {
        const std::size_t padding =
            red_zone_bytes + ((0 - (reinterpret_cast<std::uintptr_t>(from) + red_zone_bytes)) & (alignment - 1));
        const auto room = static_cast<std::size_t>(b->end - from);
        return padding <= room && bytes <= room - padding ? from + padding : nullptr;
    }

    /// Whether the arena has no block, and take would get the smallest block of the cache for the request.
    inline bool can_use_smallest_cached(std::size_t bytes, std::size_t alignment) const noexcept {
        return count_ == 0 && fast_paths_ == fast_paths::unlimited && alignment <= alignof(std::max_align_t) &&
               bytes - 1 < smallest_cached - sizeof(block) - red_zone_bytes;
    }
    /// Does what take would do then, in a fraction of the instructions. Null, without effect, if the cache has no
    /// memory.
    block* use_smallest_cached() noexcept;

    /// Returns a block with room for the request, which is in use from now on. It is a regular block, which becomes the
    /// current one, or a large block, in which the allocation is at the block's `allocation`.
    /// Null if there is no memory; then the blocks in use are the same as before. Throws what upstream throws.
    block* take(std::size_t bytes, std::size_t alignment);

    /// Makes the bytes of the block up to `end` accessible. Returns false, without effect, if the system or max_bytes
    /// refuses that.
    bool make_accessible_up_to(block* b, std::byte* end) noexcept;

    /// Whether there is a current block with nothing allocated in it, if this is its cursor.
    inline bool is_begin(const std::byte* cursor) const noexcept {
        return current_ != nullptr && cursor == current_->begin;
    }
    /// Whether that block is the first one, too.
    inline bool is_empty(const std::byte* cursor) const noexcept { return current_ == first_ && is_begin(cursor); }

    // ---- deallocating

    /// Frees the large blocks that were taken since clock() had this value. Returns the sum of their capacities.
    std::size_t free_large_since(std::size_t clock) noexcept;
    /// Frees the newest large block in use.
    void free_newest_large() noexcept;

    /// Frees the regular blocks in use after `b`, and makes `b` the current block. Null frees all of them. Returns the
    /// bytes before the cursors of these blocks and of `b`. Precondition: the current block's `cursor` is up to date.
    std::size_t free_regular_after(block* b) noexcept;

    /// Frees the current block, and makes the previous one current. Precondition: nothing is allocated in it.
    void free_current() noexcept;

    /// Frees the first regular block. It can then be given up, or another block can be filled before it.
    /// Precondition: it is the current block, and nothing is allocated in it.
    void free_empty_first() noexcept;
    /// Whether that happened since clock() had this value. Nothing that was allocated in a regular block by then is
    /// left.
    inline bool freed_first_since(std::size_t clock) const noexcept { return clock < first_freed_; }

    /// Makes the first regular block, if there is one, the current block. Precondition: no regular block is in use.
    inline void use_first() noexcept {
        if (first_ != nullptr) make_current(first_);
    }

    /// Deallocates the bytes of the block from first up to last: overwrites them in a checked build, poisons them, and
    /// makes them inaccessible under the option protect. Precondition: the bytes after them are free.
    void deallocate(block* b, std::byte* first, std::byte* last) noexcept;

    /// Gives up free blocks, but keeps the first ones while they have at most keep_bytes. Returns the bytes given up.
    std::size_t trim(std::size_t keep_bytes) noexcept;
    /// Decommits the reserved pages that are free, but for keep_bytes. used_end is the cursor of the current block.
    /// Returns the bytes decommitted.
    std::size_t trim_reserve(std::byte* used_end, std::size_t keep_bytes) noexcept;
    inline bool has_reserve() const noexcept { return static_cast<bool>(reserve_); }

    /// Makes the caller's buffer the current block. Without a buffer, there is no current block. Precondition: the
    /// regular blocks are free.
    void use_buffer_or_none() noexcept;
    /// Gives up all blocks, in use or free, and the buffer. Precondition: no member is called afterwards.
    void give_up_all() noexcept;

    /// Whether p points into a block, its header included.
    bool owns(const void* p) const noexcept;

private:
    /// What works without a look at the options. Each value includes those before it.
    enum class fast_paths : char {
        none,
        rewind,   // there is no protect and no fork policy: deallocating only moves the cursor
        cache,    // blocks come from the block cache
        unlimited // there is no max_bytes and no largest_block
    };

    bool is_new_process() noexcept;
    inline bool uses_cache() const noexcept { return fast_paths_ >= fast_paths::cache; }
    std::size_t free_bytes() const noexcept;
    std::size_t header_bytes() const noexcept;
    std::size_t granularity() const noexcept;
    std::size_t bytes_for(std::size_t bytes, std::size_t alignment) const noexcept;
    std::size_t next_size(std::size_t needed) const noexcept;
    std::size_t bytes_left() const noexcept;
    std::size_t bytes_of(const block* b) const noexcept;
    std::byte* committed_end(const block* b) const noexcept;

    block* make_current(block* b) noexcept;
    block* take_regular(std::size_t bytes, std::size_t alignment, std::size_t wanted, std::size_t needed);
    block* take_large(std::size_t bytes, std::size_t alignment, std::size_t needed);
    block* create(std::size_t wanted, std::size_t needed);
    block* obtain(std::size_t bytes);
    block* create_reserved(std::size_t needed) noexcept;
    block* set_up(block* b, std::byte* begin, std::byte* accessible_end, std::byte* end) noexcept;
    bool commit_up_to(std::byte* end) noexcept;
    void overwrite(block* b, std::byte* first, std::byte* last) noexcept;
    void protect_from(block* b, std::byte* first) noexcept;
    void give_up_lists() noexcept;
    std::size_t give_up(block* b) noexcept;

    block* first_ = nullptr; // regular block
    block* current_ = nullptr;
    block* large_ = nullptr; // newest one in use
    block* free_large_ = nullptr;
    std::size_t in_use_ = 0;      // bytes of the blocks in use; of a large block, those that its request needed
    std::size_t allocated_ = 0;   // bytes of all blocks
    std::size_t count_ = 0;       // of all blocks
    std::size_t clock_ = 0;       // see clock()
    std::size_t first_freed_ = 0; // clock_ after the last free_empty_first
    reservation reserve_;         // for the option of that name
    arena_options options_;
    fast_paths fast_paths_ = fast_paths::unlimited;
    unsigned generation_ = 0; // under a fork policy: of the process that used the blocks last; 0 before the first block
};

} // namespace seg
