// A resource that counts the requests, and hands them on.
export module seg.arena:counting;

import seg.standard;
import :resource;

namespace seg {

/// What a counting_resource has seen.
export struct resource_counts {
    std::size_t allocations = 0;   ///< requests for memory that were met
    std::size_t failures = 0;      ///< those that were refused
    std::size_t deallocations = 0; ///< requests to take memory back
    std::size_t bytes = 0;         ///< handed out and not given back, as asked for
    std::size_t peak = 0;          ///< the highest value that bytes ever had
};

/// A resource that counts the requests and hands them on to another resource, which must outlive it. Equal to another
/// one when both hand on to equal resources.
export template <memory_resource R> class counting_resource {
public:
    using resource_type = R;

    explicit counting_resource(R& resource) noexcept : resource_(std::addressof(resource)) {}

    /// What the resource gives. Throws what it throws.
    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) {
        ++counts_.failures; // until it is met
        void* const p = resource_->allocate(bytes, alignment);
        --counts_.failures;
        ++counts_.allocations;
        counts_.bytes += bytes;
        if (counts_.bytes > counts_.peak) counts_.peak = counts_.bytes;
        return p;
    }

    void deallocate(void* p, std::size_t bytes, std::size_t alignment = alignof(std::max_align_t)) noexcept {
        resource_->deallocate(p, bytes, alignment);
        ++counts_.deallocations;
        counts_.bytes -= bytes;
    }

    /// The counts up to now.
    const resource_counts& counts() const noexcept { return counts_; }

    /// The resource that the memory comes from.
    R* resource() const noexcept { return resource_; }

    friend bool operator==(const counting_resource& a, const counting_resource& b) noexcept {
        return a.resource_ == b.resource_ || *a.resource_ == *b.resource_;
    }

private:
    R* resource_;
    resource_counts counts_;
};

} // namespace seg
