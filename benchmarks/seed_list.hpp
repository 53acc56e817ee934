// The article's bump allocator and segmented list, after its C and without its defects: the first block is unmapped
// with its size, a request larger than the next block gets one that fits, a request that fits exactly fits, the
// alignment asked for is kept, and a reset keeps the blocks for the next round.
#pragma once

#include <array>
#include <bit>
#include <cstddef>
#include <cstring>
#include <new>
#include <utility>

#include <sys/mman.h>

namespace bench {

/// Blocks of 4096 << k bytes, each one mapping.
class seed_memory {
public:
    seed_memory() { add_block(first_block); }
    seed_memory(const seed_memory&) = delete;
    seed_memory& operator=(const seed_memory&) = delete;
    ~seed_memory() {
        for (std::size_t i = 0; i != count_; ++i) munmap(blocks_[i].memory, blocks_[i].bytes);
    }

    void* allocate(std::size_t bytes, std::size_t alignment = 8) {
        const std::size_t position = (used_ + alignment - 1) & ~(alignment - 1);
        if (position + bytes > blocks_[current_].bytes) return allocate_from_next(bytes);
        used_ = position + bytes;
        return blocks_[current_].memory + position;
    }
    void reset() { current_ = used_ = 0; }

    /// Bytes of the block that allocations come from.
    std::size_t used() const { return used_; }

private:
    static constexpr std::size_t first_block = 4096;

    struct block {
        char* memory;
        std::size_t bytes;
    };

    void add_block(std::size_t least) {
        if (count_ == blocks_.size()) throw std::bad_alloc();
        std::size_t bytes = count_ == 0 ? first_block : 2 * blocks_[count_ - 1].bytes;
        while (bytes < least) bytes *= 2;
        void* const memory = mmap(nullptr, bytes, PROT_READ | PROT_WRITE, MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
        if (memory == MAP_FAILED) throw std::bad_alloc();
        blocks_[count_++] = {static_cast<char*>(memory), bytes};
    }

    /// A block begins at a page, so no alignment within a page needs more room at its beginning.
    [[gnu::noinline, gnu::cold]] void* allocate_from_next(std::size_t bytes) {
        do {
            if (++current_ == count_) add_block(bytes);
        } while (bytes > blocks_[current_].bytes);
        used_ = bytes;
        return blocks_[current_].memory;
    }

    std::size_t current_ = 0;
    std::size_t used_ = 0;
    std::size_t count_ = 0;
    std::array<block, 55> blocks_;
};

/// 24 blocks of 8 << k elements, and a table of them that is allocated with the first element.
template <class T> class seed_list {
public:
    explicit seed_list(seed_memory& memory) : memory_(memory) {}

    template <class... Args> T& emplace_back(Args&&... args) {
        if (table_ == nullptr) make_table();
        const place p = place_of(size_);
        if (p.block == most_blocks) throw std::bad_alloc();
        T*& block = table_[p.block];
        if (block == nullptr) block = static_cast<T*>(memory_.allocate((first << p.block) * sizeof(T), 16));
        T* const made = ::new (block + p.offset) T(std::forward<Args>(args)...);
        ++size_;
        return *made;
    }
    void push_back(const T& element) { emplace_back(element); }
    void pop_back() { --size_; }

    T& front() const { return table_[0][0]; }
    T& back() const { return (*this)[size_ - 1]; }
    T& operator[](std::size_t i) const {
        const place p = place_of(i);
        return table_[p.block][p.offset];
    }
    std::size_t size() const { return size_; }

private:
    static constexpr std::size_t first = 8;
    static constexpr std::size_t most_blocks = 24;

    struct place {
        std::size_t block;
        std::size_t offset;
    };
    /// With 8 added, every block begins at a power of two.
    static place place_of(std::size_t i) {
        const std::size_t shifted = i + first;
        const auto block = static_cast<std::size_t>(std::bit_width(shifted) - std::bit_width(first));
        return {block, shifted - (first << block)};
    }

    /// Of null pointers: the memory may have been used before.
    [[gnu::noinline]] void make_table() {
        table_ = static_cast<T**>(memory_.allocate(most_blocks * sizeof(T*), alignof(T*)));
        std::memset(table_, 0, most_blocks * sizeof(T*));
    }

    seed_memory& memory_;
    T** table_ = nullptr;
    std::size_t size_ = 0;
};

} // namespace bench
