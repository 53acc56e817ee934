// A polymorphic resource that takes memory from the heap and counts it, as std's or as Boost's.
#pragma once

#include <cstddef>
#include <memory_resource>

/// Base is std::pmr::memory_resource or boost::container::pmr::memory_resource, which are two class hierarchies.
template <class Base> class heap_resource final : public Base {
public:
    std::size_t allocations = 0; ///< that it made
    std::size_t bytes = 0;       ///< that are allocated now

private:
    void* do_allocate(std::size_t n, std::size_t alignment) override {
        ++allocations;
        bytes += n;
        return std::pmr::new_delete_resource()->allocate(n, alignment);
    }
    void do_deallocate(void* p, std::size_t n, std::size_t alignment) override {
        bytes -= n;
        std::pmr::new_delete_resource()->deallocate(p, n, alignment);
    }
    bool do_is_equal(const Base& other) const noexcept override { return this == &other; }
};
