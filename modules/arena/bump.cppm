// The arena: memory is bumped out of blocks, each one mapping, each twice as large as the one before.
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

export module seg.arena:bump;

import :poison;

namespace seg {

/// How an arena takes memory from the system.
export struct arena_options {
    /// Bytes of the first block, rounded up to whole pages; each further block is twice as large as the one before.
    /// Raise it where megabytes are sure to be used: fewer blocks, fewer system calls.
    std::size_t first_block = std::size_t{64} * 1024;
    /// The most bytes that may be mapped, block headers included; 0 for no limit. Blocks kept by reset give way to a
    /// new one that finds no room beside them, as soon as that is mapped. Set it where input decides how much is
    /// allocated.
    std::size_t max_bytes = 0;
};

/// What an arena holds, exact at the time of the call.
export struct arena_stats {
    std::size_t used = 0;      ///< bytes handed out and not taken back, alignment padding before them included
    std::size_t allocated = 0; ///< bytes mapped, used or not, block headers included
    std::size_t peak = 0;      ///< the highest value that used ever had, in bytes
    std::size_t blocks = 0;    ///< mappings

    // Written out: gcc 16 crashes in an importer that uses a defaulted one.
    friend constexpr bool operator==(const arena_stats& a, const arena_stats& b) noexcept {
        return a.used == b.used && a.allocated == b.allocated && a.peak == b.peak && a.blocks == b.blocks;
    }
};

/// A segmented bump allocator: memory is handed out by advancing a cursor and handed back all at once.
///
/// Growth: block k is options.first_block << k bytes; a request that needs more gets a block of its own size. A block,
/// once mapped, never moves, so neither does anything in it. No system call is made before the first allocation.
/// Handed-out memory is indeterminate, not zeroed. Not thread-safe: one thread at a time uses an arena.
/// Exception guarantee: strong; an allocation that fails leaves the arena as it was.
///
///     seg::arena arena;
///     std::pmr::vector<int> numbers(&arena);
///     auto* n = new (arena.allocate(sizeof(node), alignof(node))) node();
///     arena.reset();                        // everything is handed back, the memory is kept for the next use
export class arena final : public std::pmr::memory_resource {
public:
    arena() noexcept = default;
    explicit arena(const arena_options& options) noexcept;
    arena(const arena&) = delete;
    arena& operator=(const arena&) = delete;
    ~arena() override;

    /// bytes of memory at a multiple of alignment, which is any power of two; a request for 0 bytes gets 1.
    /// Throws std::bad_alloc when the system refuses or max_bytes would be exceeded. Constant time but for a new block.
    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
        void* const p = try_allocate(bytes, alignment);
        if (p == nullptr) [[unlikely]]
            throw_bad_alloc();
        return p;
    }

    /// As allocate, but a request that cannot be met gives a null pointer.
    [[nodiscard]] void* try_allocate(std::size_t bytes,
                                     std::size_t alignment = alignof(std::max_align_t)) noexcept {
        bytes += bytes == 0;
        const std::size_t padding = (0 - reinterpret_cast<std::uintptr_t>(cursor_)) & (alignment - 1);
        const std::size_t room = static_cast<std::size_t>(limit_ - cursor_);
        // Neither sum below can wrap, and for a constant number of bytes the first test is gone.
        if (bytes <= max_request && alignment <= max_request && padding + bytes <= room) [[likely]] {
            std::byte* const p = cursor_ + padding;
            cursor_ = p + bytes;
            unpoison(p, bytes);
            return p;
        }
        return allocate_from_next_block(bytes, alignment);
    }

    /// Takes back the newest allocation of the current block, so that its bytes are the next to be handed out, or the
    /// newest one that has a block of its own. Does nothing for any other, nor for the padding before it: that memory
    /// comes back with reset or release. bytes is what was asked for.
    void deallocate(void* p, std::size_t bytes,
                    [[maybe_unused]] std::size_t alignment = alignof(std::max_align_t)) noexcept {
        bytes += bytes == 0;
        std::byte* const first = static_cast<std::byte*>(p);
        if (first + bytes == cursor_) {
            note_peak();
            cursor_ = first;
            poison(first, bytes);
        } else if (newest_ != current_) [[unlikely]] {
            take_back_whole_block(first, bytes);
        }
    }

    /// Hands everything back and keeps the memory: the blocks are used again in the same order, so a loop that builds,
    /// uses and resets makes no system call after its first round. Invalidates everything allocated.
    void reset() noexcept;

    /// Hands everything back and unmaps it. Invalidates everything allocated.
    void release() noexcept;

    /// An arena can take back its own memory only. Its own operator, since the base class's may be out of an importer's
    /// sight.
    friend bool operator==(const arena& a, const arena& b) noexcept { return &a == &b; }

    /// What the arena holds. Constant time.
    arena_stats stats() const noexcept {
        const std::size_t now = used();
        return {.used = now, .allocated = allocated_, .peak = now > peak_ ? now : peak_, .blocks = blocks_};
    }

    /// True if p points into a block of this arena. Linear in the number of blocks.
    bool owns(const void* p) const noexcept;

private:
    // The first bytes of every mapping. As a power of two its size keeps the arithmetic of block_bytes_for exact.
    struct alignas(32) block {
        block* next;       // the next older one in use, or the next one kept
        std::byte* cursor; // end of what is handed out, while the block is in use but not the current one
        std::byte* end;
        std::size_t number; // blocks mapped before it

        std::byte* payload() noexcept { return reinterpret_cast<std::byte*>(this + 1); }
        std::size_t bytes() noexcept { return static_cast<std::size_t>(end - reinterpret_cast<std::byte*>(this)); }
    };

    static constexpr std::size_t max_request = std::numeric_limits<std::size_t>::max() / 4;

    [[noreturn]] static void throw_bad_alloc();
    static std::byte* place(block* b, std::size_t bytes, std::size_t alignment) noexcept;
    static std::size_t block_bytes_for(std::size_t bytes, std::size_t alignment) noexcept;

    void* allocate_from_next_block(std::size_t bytes, std::size_t alignment) noexcept;
    void take_back_whole_block(std::byte* first, std::size_t bytes) noexcept;
    block* take_kept(std::size_t bytes, std::size_t alignment) noexcept;
    block* map_block(std::size_t needed) noexcept;
    void keep(block* b) noexcept;
    void unmap_kept() noexcept;

    std::size_t used() const noexcept {
        return current_ == nullptr ? used_elsewhere_
                                   : used_elsewhere_ + static_cast<std::size_t>(cursor_ - current_->payload());
    }
    void note_peak() noexcept {
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
    std::size_t used_elsewhere_ = 0; // handed out from the blocks in use other than the current one
    std::size_t peak_ = 0;           // what used() reached before it last shrank
    std::size_t allocated_ = 0;
    std::size_t blocks_ = 0;
    std::size_t mapped_ = 0; // blocks ever mapped
    std::size_t first_block_ = arena_options{}.first_block;
    std::size_t next_block_ = arena_options{}.first_block;
    std::size_t max_bytes_ = arena_options{}.max_bytes;
};

} // namespace seg
