// What C programs do: an array that realloc doubles.
#pragma once

#include <cstddef>
#include <cstdlib>
#include <limits>
#include <new>
#include <type_traits>
#include <utility>

namespace bench {

template <class T> class realloc_array {
    static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(std::max_align_t));

public:
    realloc_array() = default;
    realloc_array(realloc_array&& other) noexcept
        : first_(std::exchange(other.first_, nullptr)),
          size_(std::exchange(other.size_, 0)),
          capacity_(std::exchange(other.capacity_, 0)) {}
    realloc_array& operator=(realloc_array&&) = delete;
    ~realloc_array() { std::free(static_cast<void*>(first_)); }

    void reserve(std::size_t n) {
        if (n <= capacity_) return;
        if (n > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_alloc();
        void* const grown = std::realloc(static_cast<void*>(first_), n * sizeof(T));
        if (grown == nullptr) throw std::bad_alloc();
        first_ = static_cast<T*>(grown);
        capacity_ = n;
    }
    void push_back(const T& element) {
        if (size_ == capacity_) reserve(capacity_ == 0 ? 8 : capacity_ * 2);
        ::new (first_ + size_++) T(element);
    }
    void pop_back() { --size_; }
    T* begin() const { return first_; }
    T* end() const { return first_ + size_; }
    T* data() const { return first_; }
    T& back() const { return first_[size_ - 1]; }
    T& operator[](std::size_t i) const { return first_[i]; }
    std::size_t size() const { return size_; }

private:
    T* first_ = nullptr;
    std::size_t size_ = 0;
    std::size_t capacity_ = 0;
};

} // namespace bench
