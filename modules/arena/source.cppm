// What elements are constructed from when a list or a vector gets several at once.
//
// A source has construct(alloc, p), which constructs an element, and next(), which goes on to the next one. A source of
// elements that are inserted before others also has assign(to), for the elements that are there already, and skip(n).
export module seg.arena:source;

import seg.standard;
import :sequence;

namespace seg::detail {

export struct value_initialized {
    template <class T, class Allocator> constexpr void construct(Allocator& alloc, T* p) const {
        std::allocator_traits<Allocator>::construct(alloc, p);
    }
    constexpr void next() const noexcept {}
};

export struct default_initialized {
    template <class T, class Allocator> constexpr void construct(Allocator&, T* p) const {
        if (std::is_constant_evaluated()) std::construct_at(p); // constant evaluation has no other way
        else ::new (static_cast<void*>(p)) T;
    }
    constexpr void next() const noexcept {}
};

/// Copies of one value.
export template <class T> struct copies_of {
    const T& value;

    template <class Allocator> constexpr void construct(Allocator& alloc, T* p) const {
        std::allocator_traits<Allocator>::construct(alloc, p, value);
    }
    constexpr void assign(T& to) const { to = value; }
    constexpr void next() const noexcept {}
    constexpr void skip(std::size_t) const noexcept {}
};
export template <class T> copies_of(const T&) -> copies_of<T>;

/// Whether the allocator has a construct of its own.
export template <class Allocator, class T, class... Arguments>
concept constructs_by_allocator = requires(Allocator& alloc, T* p, Arguments&&... arguments) {
    alloc.construct(p, std::forward<Arguments>(arguments)...);
};

/// Whether constructing copies of what an iterator refers to is a copy of bytes.
export template <class Allocator, class T, class It>
concept copies_bytes = refers_to_elements<It, T> && std::contiguous_iterator<It> && __is_trivially_copyable(T) &&
                       std::is_trivially_constructible_v<T, std::iter_reference_t<It>> &&
                       !constructs_by_allocator<Allocator, T, std::iter_reference_t<It>>;

/// Copies of what an iterator refers to.
export template <class It> struct elements_from {
    It at;

    template <class T, class Allocator> constexpr void construct(Allocator& alloc, T* p) const {
        std::allocator_traits<Allocator>::construct(alloc, p, *at);
    }
    /// Constructs n elements, whose memory is contiguous.
    template <class T, class Allocator>
        requires copies_bytes<Allocator, T, It>
    void copy_bytes(Allocator&, T* p, std::size_t n) {
        std::memcpy(p, std::to_address(at), n * sizeof(T));
        skip(n);
    }
    template <class T> constexpr void assign(T& to) const { to = *at; }
    constexpr void next() { ++at; }
    constexpr void skip(std::size_t n) { std::ranges::advance(at, static_cast<std::iter_difference_t<It>>(n)); }
};
export template <class It> elements_from(It) -> elements_from<It>;

/// Copies of elements whose addresses are in a sequence, from `at` on. They are copied as what an It refers to.
export template <class It, class At> struct elements_at {
    using reference = std::iter_reference_t<It>;
    At at;

    template <class T, class Allocator> constexpr void construct(Allocator& alloc, T* p) const {
        std::allocator_traits<Allocator>::construct(alloc, p, static_cast<reference>(**at));
    }
    template <class T> constexpr void assign(T& to) const { to = static_cast<reference>(**at); }
    constexpr void next() noexcept { ++at; }
    constexpr void skip(std::size_t n) noexcept { at += static_cast<std::ptrdiff_t>(n); }
};

} // namespace seg::detail
