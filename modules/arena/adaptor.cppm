// Any resource where a std::pmr::memory_resource is asked for.
export module seg.arena:adaptor;

import seg.standard;
import :resource;

namespace seg {

/// A std::pmr::memory_resource that hands everything on to a resource of another type, which must outlive it. Two of
/// them are equal when their resources are.
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
        if (table_of(*this) != table_of(other)) return false;
        const auto& adaptor = static_cast<const pmr_adaptor&>(other);
        return resource_ == adaptor.resource_ || *resource_ == *adaptor.resource_;
    }

    // The table of virtual functions, which an object begins with: it tells classes apart without run-time type
    // information, and this class has none that are derived from it.
    static void* table_of(const std::pmr::memory_resource& resource) noexcept {
        void* table;
        std::memcpy(static_cast<void*>(&table), static_cast<const void*>(&resource), sizeof table);
        return table;
    }

    R* resource_;
};

} // namespace seg
