// A resource that counts the requests, and forwards them to another resource.
export module seg.arena:counting;

import seg.standard;
import :resource;

namespace seg {

/// What a counting_resource has counted.
export struct resource_counts {
    std::size_t allocations = 0;   ///< calls of allocate that returned
    std::size_t failures = 0;      ///< calls of allocate that threw
    std::size_t deallocations = 0; ///< calls of deallocate
    std::size_t bytes = 0;         ///< bytes allocated and not deallocated, as requested
    std::size_t peak = 0;          ///< the highest value of bytes so far
};

/// A resource that counts the requests and forwards them to another resource.
export template <memory_resource R> class counting_resource {
public:
    using resource_type = R;

    /// All counts are 0. Precondition: the resource outlives this one.
    explicit counting_resource(R& resource) noexcept : resource_(std::addressof(resource)) {}

    /// Calls allocate of the resource, and returns and throws what it does. Counts whether it threw. The complexity is
    /// that of the resource.
    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
        ++counts_.failures; // undone unless the next line throws
        void* const p = resource_->allocate(bytes, alignment);
        --counts_.failures;
        ++counts_.allocations;
        counts_.bytes += bytes;
        if (counts_.bytes > counts_.peak) counts_.peak = counts_.bytes;
        return p;
    }

    /// Calls deallocate of the resource.
    /// Precondition: p was allocated by this resource, with the same size and alignment.
    void deallocate(void* p, std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) noexcept {
        resource_->deallocate(p, bytes, alignment);
        ++counts_.deallocations;
        counts_.bytes -= bytes;
    }

    /// The counts so far. The reference remains valid as long as this resource exists.
    const resource_counts& counts() const noexcept { return counts_; }

    /// The address of the resource.
    R* resource() const noexcept { return resource_; }

    /// True if both forward to the same resource, or to equal ones.
    friend bool operator==(const counting_resource& a, const counting_resource& b) noexcept {
        return a.resource_ == b.resource_ || *a.resource_ == *b.resource_;
    }

private:
    R* resource_;
    resource_counts counts_;
};

} // namespace seg
