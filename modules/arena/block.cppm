// The header of a block.
export module seg.arena:block;

import seg.standard;

namespace seg {

/// The first bytes of every block. What a block is to an arena is in :blocks, to the block cache in :block_cache.
struct block {
    block* next; // on the list that the block is on
    union {
        block* previous;     // of a regular block in use: the one that was current before
        std::size_t request; // of a large one: the bytes that its request needed
    };
    std::byte* begin;  // of what can be handed out
    std::byte* cursor; // where the block was left, or where the allocation of a large block begins
    std::byte* usable; // end of what can be accessed; what is behind has to be made usable first
    std::byte* end;    // of the block; a multiple of 16
    union {
        bool marked;       // of a regular block in use: a mark was set while it was current
        std::size_t taken; // of a large one: when it was put to use, by the clock of its arena
    };
    union {
        void* home;       // in an arena that uses the cache: see :block_cache
        std::size_t made; // in any other: when it was made, by the same clock
    };

    inline std::byte* memory() noexcept { return reinterpret_cast<std::byte*>(this); }
    inline std::size_t capacity() const noexcept { return static_cast<std::size_t>(end - begin); }
    inline std::size_t used_to(const std::byte* cursor_now) const noexcept {
        return static_cast<std::size_t>(cursor_now - begin);
    }
};
static_assert(sizeof(block) % 16 == 0);

} // namespace seg
