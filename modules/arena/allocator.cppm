// A standard allocator over any memory resource: what a container needs to live in an arena.
export module seg.arena:allocator;

import seg.standard;
import :bump;
import :failure;
import :resource;

namespace seg {

/// A standard allocator that takes its memory from a resource, which must outlive everything allocated from it.
///
/// A copied container keeps using its own resource; on move assignment and swap the allocator goes along, so the memory
/// stays where it is. Two of them are equal when their resources are.
///
///     seg::arena arena;
///     std::vector<int, seg::arena_allocator<int>> v(arena);
export template <class T, memory_resource R = arena> class resource_allocator {
public:
    using value_type = T;
    using resource_type = R;
    using propagate_on_container_copy_assignment = std::false_type;
    using propagate_on_container_move_assignment = std::true_type;
    using propagate_on_container_swap = std::true_type;
    using is_always_equal = std::false_type;
    // Named because a default template argument of R is nothing that std::allocator_traits may rely on.
    template <class U> struct rebind {
        using other = resource_allocator<U, R>;
    };

    resource_allocator(R& resource) noexcept : resource_(std::addressof(resource)) {}
    template <class U>
    resource_allocator(const resource_allocator<U, R>& other) noexcept : resource_(other.resource()) {}

    /// Storage for n objects of type T.
    /// Throws std::bad_array_new_length when that is more bytes than std::size_t counts, and what the resource throws.
    [[nodiscard]] T* allocate(std::size_t n) {
        if (n > most) throw_bad_array_length();
        return static_cast<T*>(resource_->allocate(n * sizeof(T), alignof(T)));
    }
    /// The same, but null where the resource has no memory. For a resource that can say so without throwing.
    [[nodiscard]] T* try_allocate(std::size_t n) noexcept
        requires requires(R& resource) { resource.try_allocate(n, n); }
    {
        return n > most ? nullptr : static_cast<T*>(resource_->try_allocate(n * sizeof(T), alignof(T)));
    }

    /// Hands storage for n objects of type T back to the resource.
    void deallocate(T* p, std::size_t n) noexcept { resource_->deallocate(p, n * sizeof(T), alignof(T)); }

    /// The resource that the memory comes from.
    R* resource() const noexcept { return resource_; }

    template <class U>
    friend bool operator==(const resource_allocator& a, const resource_allocator<U, R>& b) noexcept {
        return a.resource() == b.resource() || *a.resource() == *b.resource();
    }

private:
    static constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / sizeof(T);

    R* resource_;
};

/// A standard allocator over an arena. Constructs implicitly from arena&.
export template <class T> using arena_allocator = resource_allocator<T, arena>;

} // namespace seg
