// Where a program keeps a collection of objects that point at each other. Each store is one way to do that: the
// interpreter in lisp/ and the document are written once, for any of them. To be included last, since it ends its
// includes with imports.
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

#include "realloc_array.hpp"
#include "seed_list.hpp"

#include <boost/container/deque.hpp>
#include <boost/container/stable_vector.hpp>

#include <cstddef>
#include <cstdint>
#include <cstdlib>
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

// ---- parts of stores

/// Text where every string has its own memory.
struct own_texts {
    using text = std::string;
    static text copy(std::string_view s) { return text(s); }
    static text join(std::string_view a, std::string_view b) { return text(a).append(b); }
};

/// Text in memory that is dropped at once: Memory has allocate(bytes, alignment).
template <class Memory> struct texts_in {
    using text = std::string_view;

    template <class... Args> explicit texts_in(const Args&... args) : memory(args...) {}

    text copy(std::string_view s) { return join(s, {}); }
    text join(std::string_view a, std::string_view b) {
        char* const both = static_cast<char*>(memory.allocate(a.size() + b.size(), 1));
        a.copy(both, a.size());
        b.copy(both + a.size(), b.size());
        return {both, a.size() + b.size()};
    }

    Memory memory;
};

/// Objects in such memory itself. Nobody destroys them: what they own lies in the same memory.
template <class T, class Memory> class placed {
public:
    explicit placed(Memory& memory) : memory_(memory) {}
    template <class... Args> T& emplace_back(Args&&... args) {
        return *::new (memory_.allocate(sizeof(T), alignof(T))) T(std::forward<Args>(args)...);
    }

private:
    Memory& memory_;
};

/// Containers on malloc, in their own portions.
template <template <class> class Container, template <class> class Code> struct heap_store : own_texts {
    static constexpr bool direct = true;
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

/// malloc for each element, in a chain, so that all can be freed.
template <class T> class chain {
    struct piece {
        piece* before;
        T element;
    };

public:
    chain() = default;
    chain(chain&& other) noexcept : last_(std::exchange(other.last_, nullptr)) {}
    chain& operator=(chain&&) = delete;
    ~chain() {
        while (last_ != nullptr) {
            piece* const before = last_->before;
            last_->~piece();
            std::free(last_);
            last_ = before;
        }
    }
    template <class... Args> T& emplace_back(Args&&... args) {
        void* const memory = std::malloc(sizeof(piece));
        if (memory == nullptr) throw std::bad_alloc();
        last_ = ::new (memory) piece{last_, T(std::forward<Args>(args)...)};
        return last_->element;
    }

private:
    piece* last_ = nullptr;
};
} // namespace containers

// ---- the stores

/// One arena for everything, and a vector for bytecode.
struct seg_store : texts_in<seg::arena> {
    static constexpr const char* name = "seg, in an arena";
    static constexpr bool direct = true;
    template <class T> using many = seg::arena_list<T>;
    template <class T> using objects = placed<T, seg::arena>;
    template <class T> using array = seg::arena_list<T>;
    template <class T> using code = seg::pinned_vector<T>;

    /// With .max_bytes a program can be kept from taking more memory than that.
    explicit seg_store(const seg::arena_options& options = {}) : texts_in(options) {}

    template <class Container> Container make() {
        if constexpr (std::is_constructible_v<Container, seg::arena&>) return Container(memory);
        else return Container();
    }
    void drop() { memory.reset(); }
};
struct seg_heap_store : heap_store<containers::seg_list, containers::seg_vector> {
    static constexpr const char* name = "seg, on malloc";
};

struct vector_store : heap_store<containers::std_vector, containers::std_vector> {
    static constexpr const char* name = "std::vector, indices";
    static constexpr bool direct = false;
};
struct deque_store : heap_store<containers::std_deque, containers::std_vector> {
    static constexpr const char* name = "std::deque";
};
struct boost_deque_store : heap_store<containers::boost_deque, containers::std_vector> {
    static constexpr const char* name = "boost deque";
};
struct stable_vector_store : heap_store<containers::boost_stable_vector, containers::std_vector> {
    static constexpr const char* name = "boost stable_vector";
};

/// The C way: malloc for each element, and realloc for arrays.
struct malloc_store : heap_store<containers::chain, realloc_array> {
    static constexpr const char* name = "malloc each, realloc";
    template <class T> using array = realloc_array<T>;
};

/// std::pmr::deque, and everything in one buffer that is dropped at once.
struct monotonic_store : texts_in<std::pmr::monotonic_buffer_resource> {
    static constexpr const char* name = "std::pmr::deque, monotonic buffer";
    static constexpr bool direct = true;
    template <class T> using many = std::pmr::deque<T>;
    template <class T> using objects = placed<T, std::pmr::monotonic_buffer_resource>;
    template <class T> using array = std::pmr::deque<T>;
    template <class T> using code = std::pmr::vector<T>;

    template <class Container> Container make() {
        if constexpr (std::is_constructible_v<Container, std::pmr::memory_resource*>) return Container(&memory);
        else return Container(memory);
    }
    void drop() { memory.release(); }
};

/// The article's own: its lists on its bump allocator, for bytecode too. What a running program makes is allocated from
/// that directly.
struct seed_store : texts_in<seed_memory> {
    static constexpr const char* name = "segmented list in C";
    static constexpr bool direct = true;
    template <class T> using many = seed_list<T>;
    template <class T> using objects = placed<T, seed_memory>;
    template <class T> using array = seed_list<T>;
    template <class T> using code = seed_list<T>;

    template <class Container> Container make() { return Container(memory); }
    void drop() { memory.reset(); }
};

/// Calls add.template operator()<Store>() for each. The first is what the others are compared with.
template <class Add> void for_each_store(Add add) {
    add.template operator()<deque_store>();
    add.template operator()<monotonic_store>();
    add.template operator()<vector_store>();
    add.template operator()<boost_deque_store>();
    add.template operator()<stable_vector_store>();
    add.template operator()<malloc_store>();
    add.template operator()<seed_store>();
    add.template operator()<seg_heap_store>();
    add.template operator()<seg_store>();
}

} // namespace bench
