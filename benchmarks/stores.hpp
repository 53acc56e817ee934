// Where a program keeps a collection of objects that point at each other. Each store is one way to do that: the
// interpreter in lisp/ and the document are written once, for any of them. To be included last, since it ends its includes
// with imports.
//
// A store has
//     many<T>      what is appended and pointed at from elsewhere: syntax, names, constants
//     objects<T>   the same for what a running program makes, and nobody goes through
//     array<T>     what a running program appends to and indexes
//     code<T>      what is appended to while compiling, and then read by position: bytecode
//     text         a string that it keeps
//     direct       whether elements of many and objects never move, so that pointers to them last; otherwise they are
//                  numbered
#pragma once

#include "c_list.h"

#include <boost/container/deque.hpp>
#include <boost/container/stable_vector.hpp>

#include <bit>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <deque>
#include <limits>
#include <memory_resource>
#include <new>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

import seg.arena;
import seg.list;
import seg.vector;

namespace bench {

// ---- pointing at elements

/// A pointer to a T, or its number where elements move.
template <class Store, class T> using link = std::conditional_t<Store::direct, T*, std::uint32_t>;

/// The link to nothing.
template <class Link> constexpr Link none() {
    if constexpr (std::is_pointer_v<Link>) return nullptr;
    else return std::numeric_limits<Link>::max();
}

/// Elements that are appended and pointed at. Container is a store's many<T> or objects<T>.
template <class Store, class T, class Container> class pool {
public:
    explicit pool(Store& store) : elements_(store.template make<Container>()) {}

    template <class... Args> link<Store, T> add(Args&&... args) {
        if constexpr (Store::direct) {
            return &elements_.emplace_back(std::forward<Args>(args)...);
        } else {
            elements_.emplace_back(std::forward<Args>(args)...);
            return static_cast<std::uint32_t>(elements_.size() - 1);
        }
    }

    T& operator[](link<Store, T> l) {
        if constexpr (Store::direct) return *l;
        else return elements_[l];
    }

private:
    Container elements_;
};

// ---- the stores

/// One arena for everything, and a vector for bytecode.
struct seg_store {
    static constexpr const char* name = "seg, in an arena";
    static constexpr bool direct = true;

    /// Objects in the arena itself. Nobody destroys them: what they own lies in the same arena.
    template <class T> class objects {
    public:
        explicit objects(seg::arena& memory) : memory_(memory) {}
        template <class... Args> T& emplace_back(Args&&... args) {
            return *::new (memory_.allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
        }

    private:
        seg::arena& memory_;
    };
    template <class T> using many = seg::arena_list<T>;
    template <class T> using array = seg::arena_list<T>;
    template <class T> using code = seg::pinned_vector<T>;
    using text = std::string_view;

    /// With .max_bytes a program can be kept from taking more memory than that.
    explicit seg_store(const seg::arena_options& options = {}) : memory(options) {}

    template <class Container> Container make() {
        if constexpr (std::is_constructible_v<Container, seg::arena&>) return Container(memory);
        else return Container();
    }
    text copy(std::string_view s) { return memory.copy(s); }
    text join(std::string_view a, std::string_view b) {
        char* const both = static_cast<char*>(memory.allocate(a.size() + b.size(), 1));
        a.copy(both, a.size());
        b.copy(both + a.size(), b.size());
        return {both, a.size() + b.size()};
    }
    /// Gives everything back at once.
    void drop() { memory.reset(); }

    seg::arena memory;
};

/// Text where every string has its own memory.
struct strings {
    using text = std::string;
    static text copy(std::string_view s) { return text(s); }
    static text join(std::string_view a, std::string_view b) { return text(a).append(b); }
};

/// malloc's memory, in the standard containers' own portions.
template <template <class> class Container, template <class> class Code> struct heap_store : strings {
    template <class T> using many = Container<T>;
    template <class T> using objects = Container<T>;
    template <class T> using array = Container<T>;
    template <class T> using code = Code<T>;
    template <class C> C make() { return C(); }
    void drop() {}
};

namespace containers {
template <class T> using std_vector = std::vector<T>;
template <class T> using std_deque = std::deque<T>;
template <class T> using boost_deque = boost::container::deque<T>;
template <class T> using boost_stable_vector = boost::container::stable_vector<T>;
template <class T> using seg_list = seg::list<T>;
template <class T> using seg_vector = seg::pinned_vector<T>;
} // namespace containers

struct vector_store : heap_store<containers::std_vector, containers::std_vector> {
    static constexpr const char* name = "std::vector, indices";
    static constexpr bool direct = false;
};
struct deque_store : heap_store<containers::std_deque, containers::std_deque> {
    static constexpr const char* name = "std::deque";
    static constexpr bool direct = true;
};
struct boost_deque_store : heap_store<containers::boost_deque, containers::boost_deque> {
    static constexpr const char* name = "boost deque";
    static constexpr bool direct = true;
};
struct stable_vector_store : heap_store<containers::boost_stable_vector, containers::boost_stable_vector> {
    static constexpr const char* name = "boost stable_vector";
    static constexpr bool direct = true;
};
struct seg_heap_store : heap_store<containers::seg_list, containers::seg_vector> {
    static constexpr const char* name = "seg, on malloc";
    static constexpr bool direct = true;
};

/// std::pmr::deque, and everything in one buffer that is dropped at once.
struct monotonic_store {
    static constexpr const char* name = "std::pmr::deque, monotonic buffer";
    static constexpr bool direct = true;

    /// Objects in the buffer itself, which nobody destroys.
    template <class T> class objects {
    public:
        explicit objects(std::pmr::memory_resource* memory) : memory_(memory) {}
        template <class... Args> T& emplace_back(Args&&... args) {
            return *::new (memory_->allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
        }

    private:
        std::pmr::memory_resource* memory_;
    };
    template <class T> using many = std::pmr::deque<T>;
    template <class T> using array = std::pmr::deque<T>;
    template <class T> using code = std::pmr::vector<T>;
    using text = std::string_view;

    template <class Container> Container make() { return Container(&memory); }
    text copy(std::string_view s) { return join(s, {}); }
    text join(std::string_view a, std::string_view b) {
        char* const both = static_cast<char*>(memory.allocate(a.size() + b.size(), 1));
        a.copy(both, a.size());
        b.copy(both + a.size(), b.size());
        return {both, a.size() + b.size()};
    }
    void drop() { memory.release(); }

    std::pmr::monotonic_buffer_resource memory;
};

/// The C way: malloc for each element, and realloc for arrays.
struct malloc_store : strings {
    static constexpr const char* name = "malloc each, realloc";
    static constexpr bool direct = true;

    /// A chain, so that all can be freed.
    template <class T> class chain {
        struct link_of_chain {
            link_of_chain* before;
            T element;
        };

    public:
        chain() = default;
        chain(chain&& other) noexcept : last_(std::exchange(other.last_, nullptr)) {}
        chain& operator=(chain&&) = delete;
        ~chain() {
            while (last_ != nullptr) {
                link_of_chain* const before = last_->before;
                last_->~link_of_chain();
                std::free(last_);
                last_ = before;
            }
        }
        template <class... Args> T& emplace_back(Args&&... args) {
            void* const memory = std::malloc(sizeof(link_of_chain));
            if (memory == nullptr) throw std::bad_alloc();
            last_ = ::new (memory) link_of_chain{last_, T(std::forward<Args>(args)...)};
            return last_->element;
        }

    private:
        link_of_chain* last_ = nullptr;
    };

    /// An array that realloc doubles.
    template <class T> class growing {
        static_assert(std::is_trivially_copyable_v<T> && alignof(T) <= alignof(std::max_align_t));

    public:
        growing() = default;
        growing(growing&& other) noexcept
            : first_(std::exchange(other.first_, nullptr)), size_(std::exchange(other.size_, 0)),
              capacity_(std::exchange(other.capacity_, 0)) {}
        growing& operator=(growing&&) = delete;
        ~growing() { std::free(first_); }

        void reserve(std::size_t n) {
            if (n <= capacity_) return;
            if (n > std::numeric_limits<std::size_t>::max() / sizeof(T)) throw std::bad_alloc();
            void* const grown = std::realloc(first_, n * sizeof(T));
            if (grown == nullptr) throw std::bad_alloc();
            first_ = static_cast<T*>(grown);
            capacity_ = n;
        }
        template <class... Args> T& emplace_back(Args&&... args) {
            if (size_ == capacity_) reserve(capacity_ == 0 ? 8 : capacity_ * 2);
            return *::new (first_ + size_++) T(std::forward<Args>(args)...);
        }
        void push_back(const T& element) { emplace_back(element); }
        void pop_back() { --size_; }
        T& back() { return first_[size_ - 1]; }
        T& operator[](std::size_t i) { return first_[i]; }
        const T& operator[](std::size_t i) const { return first_[i]; }
        const T* data() const { return first_; }
        std::size_t size() const { return size_; }

    private:
        T* first_ = nullptr;
        std::size_t size_ = 0;
        std::size_t capacity_ = 0;
    };

    template <class T> using many = chain<T>;
    template <class T> using objects = chain<T>;
    template <class T> using array = growing<T>;
    template <class T> using code = growing<T>;
    template <class Container> Container make() { return Container(); }
    void drop() {}
};

/// The article's list of 24 blocks on its bump allocator, for nodes, values and bytecode alike.
struct seed_store {
    static constexpr const char* name = "C list of the seed";
    static constexpr bool direct = true;

    template <class T> class blocks {
    public:
        explicit blocks(c_bump* memory) : memory_(memory) {}
        template <class... Args> T& emplace_back(Args&&... args) {
            if (table_ == nullptr) {
                table_ = static_cast<T**>(c_bump_request(memory_, count * sizeof(T*), alignof(T*)));
                std::memset(table_, 0, count * sizeof(T*));
            }
            const std::size_t shifted = size_ + first;
            const auto k = static_cast<std::size_t>(std::bit_width(shifted) - std::bit_width(first));
            if (k == count) throw std::bad_alloc();
            if (table_[k] == nullptr)
                table_[k] = static_cast<T*>(c_bump_request(memory_, (first << k) * sizeof(T), alignof(T)));
            ++size_;
            return *::new (table_[k] + (shifted - (first << k))) T(std::forward<Args>(args)...);
        }
        void push_back(const T& element) { emplace_back(element); }
        void pop_back() { --size_; }
        T& back() { return (*this)[size_ - 1]; }
        T& operator[](std::size_t i) { return at(i); }
        const T& operator[](std::size_t i) const { return at(i); }
        std::size_t size() const { return size_; }

    private:
        static constexpr std::size_t first = 8;
        static constexpr std::size_t count = 24;

        T& at(std::size_t i) const {
            const std::size_t shifted = i + first;
            const auto k = static_cast<std::size_t>(std::bit_width(shifted) - std::bit_width(first));
            return table_[k][shifted - (first << k)];
        }

        c_bump* memory_;
        T** table_ = nullptr;
        std::size_t size_ = 0;
    };
    template <class T> using many = blocks<T>;
    template <class T> using objects = blocks<T>;
    template <class T> using array = blocks<T>;
    template <class T> using code = blocks<T>;
    using text = std::string_view;

    seed_store() : memory(c_bump_new()) {}
    seed_store(const seed_store&) = delete;
    seed_store& operator=(const seed_store&) = delete;
    ~seed_store() { c_bump_delete(memory); }

    template <class Container> Container make() { return Container(memory); }
    text copy(std::string_view s) { return join(s, {}); }
    text join(std::string_view a, std::string_view b) {
        char* const both = static_cast<char*>(c_bump_request(memory, a.size() + b.size(), 1));
        a.copy(both, a.size());
        b.copy(both + a.size(), b.size());
        return {both, a.size() + b.size()};
    }
    void drop() { c_bump_reset(memory); }

    c_bump* memory;
};

} // namespace bench
