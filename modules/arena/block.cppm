// The header of a block.
export module seg.arena:block;

import seg.standard;

namespace seg {

/// The first bytes of every block. How an arena uses blocks: see :blocks. How they are cached: see :block_cache.
struct block {
    block* next; // in the list that the block is in
    union {
        block* previous;     // of a regular block in use: the one that was current before it, or null
        std::size_t request; // of a large block: the bytes that its request needed
    };
    std::byte* begin; // after the header
    union {
        std::byte* cursor;     // of a regular block; out of date in the current one
        std::byte* allocation; // of a large block in use
    };
    std::byte* accessible_end; // the bytes from here to `end` must be made accessible first
    std::byte* end;            // a multiple of 16
    union {
        bool marked;          // of a regular block in use: whether a mark was set while it was the current block
        std::size_t taken_at; // of a large block in use: the arena's clock when a request took it
    };
    union {
        void* tagged_region;    // in an arena that uses the block cache: see block_cache.cpp; null without a region
        std::size_t created_at; // in any other arena: its clock when the block was created
    };

    inline std::byte* memory() noexcept { return reinterpret_cast<std::byte*>(this); }
    inline std::size_t capacity() const noexcept { return static_cast<std::size_t>(end - begin); }
    /// The bytes before a cursor of this block.
    inline std::size_t used_to(const std::byte* cursor_now) const noexcept {
        return static_cast<std::size_t>(cursor_now - begin);
    }
};
static_assert(sizeof(block) % 16 == 0);

} // namespace seg
