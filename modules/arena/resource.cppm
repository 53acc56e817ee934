// The concept of a resource: the interface of std::pmr::memory_resource, without a base class.
export module seg.arena:resource;

import seg.standard;

namespace seg {

/// A type that allocates memory. seg::arena, std::pmr::memory_resource and boost::container::pmr::memory_resource are
/// resources.
///
///     allocate(bytes, alignment)        returns the address of `bytes` bytes, a multiple of alignment, or throws
///     deallocate(p, bytes, alignment)   deallocates what allocate returned for the same arguments
///     a == b                            true if a can deallocate what b allocated, and b what a allocated
export template <class R>
concept memory_resource = requires(R& resource, const R& other, void* p, std::size_t bytes, std::size_t alignment) {
    { resource.allocate(bytes, alignment) } -> std::same_as<void*>;
    resource.deallocate(p, bytes, alignment);
    { other == other } -> std::convertible_to<bool>;
};

} // namespace seg
