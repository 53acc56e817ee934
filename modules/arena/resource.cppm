// What a memory resource is, as a concept: std::pmr::memory_resource's interface without its base class.
export module seg.arena:resource;

import seg.standard;

namespace seg {

/// A type that hands out memory: allocate(bytes, alignment) returns the address of at least that many bytes at a
/// multiple of alignment, or throws; deallocate(p, bytes, alignment) takes it back; equal resources can take back each
/// other's memory. seg::arena, std::pmr::memory_resource and boost::container::pmr::memory_resource are resources.
export template <class R>
concept memory_resource = requires(R& resource, const R& other, void* p, std::size_t bytes, std::size_t alignment) {
    { resource.allocate(bytes, alignment) } -> std::same_as<void*>;
    resource.deallocate(p, bytes, alignment);
    { other == other } -> std::convertible_to<bool>;
};

} // namespace seg
