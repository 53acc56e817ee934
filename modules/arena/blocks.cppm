// The blocks of one arena, and the size of the next one.
//
// Invariant: the regular blocks form a chain in the order in which they are filled. Those up to current() are in use,
// later ones are free and are filled next. A large block holds one large request. Large blocks in use form a stack,
// newest first; free ones form another, last freed first. (LLVM's BumpPtrAllocator keeps its oversized slabs apart in
// the same way.)
//
// Whether a request gets a regular or a large block, and of what size, depends on the request and on the blocks in use,
// not on free blocks. So the same requests find the same blocks again.
export module seg.arena:blocks;

import seg.standard;
import :block;
import :block_cache;
import :mapping;
import :options;
import :poison;
import :reservation;

namespace seg {

/// Bytes to keep free before an allocation at that address or behind it.
inline constexpr std::size_t red_zone_bytes = poisons ? 16 : 0;

class blocks {
public:
    constexpr blocks() noexcept = default;
    explicit blocks(const arena_options& options) noexcept;
    blocks(const blocks&) = delete;

    /// Where allocations are made; null if no regular block is in use.
    inline block* current() const noexcept { return current_; }
    /// The newest large block in use.
    inline block* newest_large() const noexcept { return large_; }
    /// Grows with each large block that is put to use, with each first block that gives way, and, without the cache,
    /// with each block made.
    inline std::size_t clock() const noexcept { return clock_; }
    inline std::size_t allocated() const noexcept { return allocated_; }
    inline std::size_t count() const noexcept { return count_; }
    /// Whether going back is a matter of the cursor alone: no option asks for more.
    inline bool goes_back_at_once() const noexcept { return shortcuts_ >= shortcuts::going_back; }
    /// True, once, in a child process that does not have what the blocks held before the fork.
    inline bool lost_to_fork() noexcept { return maker_ != 0 && has_other_maker(); }
    bool is_buffer(const block* b) const noexcept;

    /// No block but the first regular one is in use, and going back is a matter of the cursor alone.
    inline bool only_first_in_use() const noexcept {
        return current_ != nullptr && current_ == first_ && large_ == nullptr && goes_back_at_once();
    }

    // ---- for a request

    /// Where bytes would lie in a block from there on; null if they do not fit.
    static inline std::byte* place(const block* b, std::byte* from, std::size_t bytes, std::size_t alignment) noexcept {
        const std::size_t padding =
            red_zone_bytes + ((0 - (reinterpret_cast<std::uintptr_t>(from) + red_zone_bytes)) & (alignment - 1));
        const auto room = static_cast<std::size_t>(b->end - from);
        return padding <= room && bytes <= room - padding ? from + padding : nullptr;
    }

    /// Whether the request is the first one, and take would answer it with the smallest block of the cache.
    inline bool begins_small(std::size_t bytes, std::size_t alignment) const noexcept {
        return count_ == 0 && shortcuts_ == shortcuts::taking && alignment <= alignof(std::max_align_t) &&
               bytes - 1 < smallest_cached - sizeof(block) - red_zone_bytes;
    }
    /// That, in a fraction of the instructions. Null, and nothing changed, if the cache has none to give.
    block* begin_small() noexcept;

    /// Puts a block that has room for the request to use: a regular one, which becomes the current one, or a large one,
    /// in which the allocation is where the cursor of the block says. Null, and nothing changed, if there is none to be
    /// had.
    /// Throws what upstream throws.
    block* take(std::size_t bytes, std::size_t alignment);

    /// Makes sure that the block can be accessed up to that place of it; false, and nothing changed, if that is
    /// refused.
    bool make_usable_up_to(block* b, std::byte* end) noexcept;

    /// Whether nothing is allocated in the current block if its cursor is there.
    inline bool is_begin(const std::byte* cursor) const noexcept {
        return current_ != nullptr && cursor == current_->begin;
    }
    /// Whether no regular block has an allocation, though the first one is in use, if the cursor is there.
    inline bool is_empty(const std::byte* cursor) const noexcept { return current_ == first_ && is_begin(cursor); }

    // ---- handing back

    /// Frees the large blocks that were put to use since the clock was there. Returns the sum of their capacities.
    std::size_t free_large_since(std::size_t clock) noexcept;
    /// Frees the newest large block.
    void free_newest_large() noexcept;

    /// Makes a block in use the current one, and frees the regular blocks in use after it; null frees them all. Returns
    /// the bytes up to the cursors of all these, b included.
    std::size_t go_back_to(block* b) noexcept;

    /// Frees the current block, in which nothing is allocated, and makes the one before it current.
    void step_back() noexcept;

    /// Frees the first block, which is in use with nothing in it, so that it gives way like every free one.
    void let_first_give_way() noexcept;
    /// Whether it gave way since the clock was there: nothing is left in a regular block of what there was then.
    inline bool gave_way_since(std::size_t clock) const noexcept { return clock < gave_way_; }

    /// Makes the first regular block, if there is one, the current one. Precondition: none is in use.
    inline void use_first() noexcept {
        if (first_ != nullptr) put_to_use(first_);
    }

    /// Frees the bytes from first up to last of a block: overwrites, poisons, protects. Those behind last are free
    /// already.
    void hand_back(block* b, std::byte* first, std::byte* last) noexcept;

    /// Gives up free blocks, except the first ones that make up at most keep_bytes. Returns the bytes given up.
    std::size_t trim(std::size_t keep_bytes) noexcept;
    /// Decommits the pages of reserved address space behind used_end, except keep_bytes. Returns the bytes decommitted.
    std::size_t trim_reserve(std::byte* used_end, std::size_t keep_bytes) noexcept;
    inline bool has_reserve() const noexcept { return static_cast<bool>(reserve_); }

    /// Makes the caller's buffer the current block, or none if there is none. Precondition: no regular block is in use.
    void use_none() noexcept;
    /// Gives up all blocks, in use or not, and the buffer. Nothing may be called afterwards.
    void give_up_all() noexcept;

    bool owns(const void* p) const noexcept;

private:
    /// What can be done without a look at the options. Each includes those before it.
    enum class shortcuts : char {
        none,
        going_back, // protect and fork ask for nothing
        cache,      // blocks come from the cache
        taking      // and their sizes have no limits
    };

    bool has_other_maker() noexcept;
    inline bool is_cached() const noexcept { return shortcuts_ >= shortcuts::cache; }
    std::size_t free_bytes() const noexcept;
    std::size_t header_bytes() const noexcept;
    std::size_t unit() const noexcept;
    std::size_t bytes_for(std::size_t bytes, std::size_t alignment) const noexcept;
    std::size_t next_size(std::size_t needed) const noexcept;
    std::size_t bytes_left() const noexcept;
    std::size_t bytes_of(const block* b) const noexcept;
    std::byte* committed_end(const block* b) const noexcept;

    block* put_to_use(block* b) noexcept;
    block* take_regular(std::size_t bytes, std::size_t alignment, std::size_t wanted, std::size_t needed);
    block* take_large(std::size_t bytes, std::size_t alignment, std::size_t needed);
    block* make(std::size_t wanted, std::size_t needed);
    block* obtain(std::size_t bytes);
    block* obtain_reserve(std::size_t needed) noexcept;
    block* set_up(block* b, std::byte* begin, std::byte* usable, std::byte* end) noexcept;
    bool commit_up_to(std::byte* end) noexcept;
    void overwrite(block* b, std::byte* first, std::byte* last) noexcept;
    void protect_from(block* b, std::byte* first) noexcept;
    void give_up_lists() noexcept;
    std::size_t unmap(block* b) noexcept;

    block* first_ = nullptr;
    block* current_ = nullptr;
    block* large_ = nullptr;
    block* free_large_ = nullptr;
    std::size_t grown_ = 0;     // bytes of the blocks in use, of large ones what was requested: see next_size
    std::size_t allocated_ = 0; // bytes of all blocks
    std::size_t count_ = 0;     // of all blocks
    std::size_t clock_ = 0;     // see clock()
    std::size_t gave_way_ = 0;  // the clock after the first block last gave way
    reservation reserve_;       // under the option of that name
    arena_options options_;
    shortcuts shortcuts_ = shortcuts::taking;
    unsigned maker_ = 0; // under a fork policy, the process that made the blocks
};

} // namespace seg
