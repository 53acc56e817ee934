// Any resource where a std::pmr::memory_resource is asked for.
export module seg.arena:adaptor;

import seg.standard;
import :resource;

namespace seg {

/// A std::pmr::memory_resource that hands everything on to a resource of another type, which must outlive it. Two of
/// them are equal when their resources are; without run-time type information only when they are the same.
///
///     seg::tracing_resource traced(arena);
///     seg::pmr_adaptor adaptor(traced);
///     std::pmr::vector<int> v(&adaptor);
export template <memory_resource R> class pmr_adaptor final : public std::pmr::memory_resource {
public:
    using resource_type = R;

    explicit pmr_adaptor(R& resource) noexcept : resource_(std::addressof(resource)) {}

    /// The resource that the memory comes from.
    R* resource() const noexcept { return resource_; }

private:
    void* do_allocate(std::size_t bytes, std::size_t alignment) override {
        return resource_->allocate(bytes, alignment);
    }
    void do_deallocate(void* p, std::size_t bytes, std::size_t alignment) override {
        resource_->deallocate(p, bytes, alignment);
    }
    bool do_is_equal(const std::pmr::memory_resource& other) const noexcept override {
        if (this == &other) return true;
#ifdef __cpp_rtti
        if (const auto* const adaptor = dynamic_cast<const pmr_adaptor*>(&other))
            return resource_ == adaptor->resource_ || *resource_ == *adaptor->resource_;
#endif
        return false;
    }

    R* resource_;
};

} // namespace seg
