// A standard allocator over any resource: with it, containers of the standard library allocate from an arena.
export module seg.arena:allocator;

import seg.standard;
import :arena;
import :failure;
import :resource;

namespace seg {

using namespace detail;

/// A standard allocator that allocates from a resource.
///
/// It propagates on move assignment and swap: the container takes the memory, which stays in its resource. It does not
/// propagate on copy assignment: each container goes on using its own resource.
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
    /// The allocator for objects of another type, over a resource of the same type.
    template <class U> struct rebind {
        using other = resource_allocator<U, R>;
    };

    /// Precondition: the resource outlives everything that is allocated from it.
    resource_allocator(R& resource) noexcept : resource_(std::addressof(resource)) {}
    /// An allocator for another type over the same resource.
    template <class U>
    resource_allocator(const resource_allocator<U, R>& other) noexcept : resource_(other.resource()) {}

    /// Allocates memory for n objects of type T. The complexity is that of the resource.
    /// Throws std::bad_array_new_length if n * sizeof(T) overflows std::size_t, and what the resource throws.
    [[nodiscard]] T* allocate(std::size_t n) {
        if (n > most) throw_bad_array_length();
        return static_cast<T*>(resource_->allocate(n * sizeof(T), alignof(T)));
    }
    /// The same, but returns null if allocate would throw. For resources that have try_allocate(bytes, alignment).
    [[nodiscard]] T* try_allocate(std::size_t n) noexcept
        requires requires(R& resource) { resource.try_allocate(n, n); }
    {
        return n > most ? nullptr : static_cast<T*>(resource_->try_allocate(n * sizeof(T), alignof(T)));
    }

    /// Deallocates memory for n objects of type T, with the complexity of the resource. An arena only deallocates its
    /// newest allocation: see arena::deallocate. Invalidates the memory.
    /// Precondition: p was allocated for n objects, by this allocator or an equal one.
    void deallocate(T* p, std::size_t n) noexcept { resource_->deallocate(p, n * sizeof(T), alignof(T)); }

    /// The address of the resource.
    R* resource() const noexcept { return resource_; }

    /// True if both have the same resource, or equal ones: then each can deallocate what the other allocated.
    template <class U>
    friend bool operator==(const resource_allocator& a, const resource_allocator<U, R>& b) noexcept {
        return a.resource() == b.resource() || *a.resource() == *b.resource();
    }

private:
    static constexpr std::size_t most = std::numeric_limits<std::size_t>::max() / sizeof(T);

    R* resource_;
};

/// A standard allocator over an arena. Converts implicitly from arena&.
export template <class T> using arena_allocator = resource_allocator<T, arena>;

static_assert(std::is_same_v<std::allocator_traits<arena_allocator<int>>::rebind_alloc<char>, arena_allocator<char>>);
static_assert(std::convertible_to<arena&, arena_allocator<int>>);

} // namespace seg
