// Any resource as a std::pmr::memory_resource.
export module seg.arena:adaptor;

import seg.standard;
import :resource;

namespace seg {

/// A std::pmr::memory_resource that allocates from a resource of another type. Its allocate, deallocate and is_equal
/// are those of std::pmr::memory_resource.
/// allocate throws what the resource throws, and takes the time that the resource takes, as deallocate does. is_equal
/// is true for the same type of adaptor over the same resource or an equal one.
///
///     seg::tracing_resource traced(arena);
///     seg::pmr_adaptor adaptor(traced);
///     std::pmr::vector<int> v(&adaptor);
export template <memory_resource R> class pmr_adaptor final : public std::pmr::memory_resource {
public:
    using resource_type = R;

    /// Precondition: the resource outlives the adaptor, and everything that is allocated through it.
    explicit pmr_adaptor(R& resource) noexcept : resource_(std::addressof(resource)) {}

    /// The address of the resource.
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
        if (vtable_of(*this) != vtable_of(other)) return false;
        const auto& adaptor = static_cast<const pmr_adaptor&>(other);
        return resource_ == adaptor.resource_ || *resource_ == *adaptor.resource_;
    }

    // The address of the virtual table, which is at the beginning of an object. It identifies the class without
    // run-time type information: a final class has no derived ones.
    static void* vtable_of(const std::pmr::memory_resource& resource) noexcept {
        void* vtable;
        std::memcpy(static_cast<void*>(&vtable), static_cast<const void*>(&resource), sizeof vtable);
        return vtable;
    }

    R* resource_;
};

} // namespace seg
