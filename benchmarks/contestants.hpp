// Elements, and who competes: each contestant is a name, a type, the memory that it lives in, and how to make an empty
// one. To be included last, since it ends its includes with imports.
//
// A contestant is a local variable and its address is not taken while elements are pushed, so a compiler may keep it in
// registers, whichever it is.
#pragma once

#include "comparison.hpp"
#include "libcxx_deque.hpp"
#include "process.hpp"
#include "realloc_array.hpp"
#include "rust_vec.hpp"
#include "seed_list.hpp"

#include <boost/container/deque.hpp>
#include <boost/container/stable_vector.hpp>
#if __has_include(<boost/container/segtor.hpp>)
#include <boost/container/segtor.hpp>
#define SEG_BENCHMARK_HAS_SEGTOR 1
#endif
#if __has_include(<boost/container/hub.hpp>)
#include <boost/container/hub.hpp>
#define SEG_BENCHMARK_HAS_HUB 1
#endif

#include <algorithm>
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <deque>
#include <initializer_list>
#include <iterator>
#include <memory>
#include <new>
#include <optional>
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

import seg.arena;
import seg.list;
import seg.vector;

namespace bench {

// ---- elements

/// Of 8 bytes: a number. Of more: a record with a key.
using small = std::uint64_t;
template <std::size_t Bytes> struct record {
    explicit record(std::uint64_t k) noexcept : key(k) {}
    std::uint64_t key;
    std::array<std::uint64_t, Bytes / 8 - 1> rest{};
};
/// About the size of a syntax tree's node.
using large = record<104>;
static_assert(sizeof(small) == 8 && sizeof(large) == 104);

inline std::uint64_t key_of(const small& element) { return element; }
inline std::uint64_t& key_of(small& element) { return element; }
template <std::size_t Bytes> std::uint64_t key_of(const record<Bytes>& element) { return element.key; }
template <std::size_t Bytes> std::uint64_t& key_of(record<Bytes>& element) { return element.key; }

/// The key of element i.
constexpr std::uint64_t key_at(std::size_t i) { return i * 0x9E3779B97F4A7C15 + 1; }

// ---- memory

/// malloc's memory.
struct heap {
    void again() {}
};

/// Memory that is deallocated and used again.
struct arena {
    void again() { resource.reset(); }
    seg::arena resource;
};

/// What an arena is given that is used once, for much.
inline seg::arena_options fresh_arena_options() { return {.pages = seg::page_kind::huge}; }

struct tuned_arena {
    void again() { resource.reset(); }
    seg::arena resource{fresh_arena_options()};
};

/// For programs that count the longest wait: no page takes long to come, and the one block is mapped beforehand.
struct steady_arena {
    steady_arena() : resource({.first_block = std::size_t{256} << 20, .pages = seg::page_kind::normal}) {
        static_cast<void>(resource.allocate(1));
    }
    void again() { resource.reset(); }
    seg::arena resource;
};

/// One mapping with huge pages: the least that memory can cost.
class mapping {
public:
    mapping() = default;
    mapping(const mapping&) = delete;
    mapping& operator=(const mapping&) = delete;
    ~mapping() {
        if (mapped_ != nullptr) (void)seg::sys::munmap(mapped_, length_);
    }
    void again() {}
    /// So many bytes, the same in every round.
    void* bytes(std::size_t n) {
        if (mapped_ == nullptr) map(n);
        const auto address = reinterpret_cast<std::uintptr_t>(mapped_);
        return reinterpret_cast<void*>((address + huge - 1) / huge * huge);
    }

private:
    static constexpr std::size_t huge = std::size_t{2} << 20;

    void map(std::size_t n) {
        using namespace seg::sys;
        length_ = n + huge;
        mapped_ = mmap(nullptr, length_, prot::read | prot::write, map_flag::private_ | map_flag::anonymous).value();
        (void)madvise(mapped_, length_, advice::hugepage);
    }

    void* mapped_ = nullptr;
    std::size_t length_ = 0;
};

// ---- arrays without any container

/// Memory that is there: writing into it is the limit.
template <class T> class written_array {
public:
    explicit written_array(void* memory) : first_(static_cast<T*>(memory)), last_(first_) {}
    void push_back(const T& element) { new (last_++) T(element); }
    T& front() const { return *first_; }
    T& back() const { return last_[-1]; }
    std::size_t size() const { return static_cast<std::size_t>(last_ - first_); }

protected:
    T* first_;
    T* last_;
};

// ---- contestants

template <class Container> struct on_heap {
    using type = Container;
    using memory = heap;
    static Container make(memory&, std::size_t) { return Container(); }
};
template <class Container, class Memory = arena> struct on_arena {
    using type = Container;
    using memory = Memory;
    static type make(memory& m, std::size_t) { return type(typename type::allocator_type(m.resource)); }
};

template <class T> struct std_vector : on_heap<std::vector<T>> {
    static constexpr const char* name = "std::vector";
};
template <class T> struct std_vector_reserved : on_heap<std::vector<T>> {
    static constexpr const char* name = "std::vector, reserved";
    static std::vector<T> make(heap&, std::size_t n) {
        std::vector<T> v;
        v.reserve(n);
        return v;
    }
};
template <class T, class Memory> struct std_vector_reserved_in
    : on_arena<std::vector<T, seg::arena_allocator<T>>, Memory> {
    static auto make(Memory& m, std::size_t n) {
        std::vector<T, seg::arena_allocator<T>> v(m.resource);
        v.reserve(n);
        return v;
    }
};
template <class T> struct std_vector_reserved_arena : std_vector_reserved_in<T, arena> {
    static constexpr const char* name = "std::vector, reserved, arena";
};
template <class T> struct std_vector_reserved_tuned_arena : std_vector_reserved_in<T, tuned_arena> {
    static constexpr const char* name = "std::vector, reserved, arena, huge pages";
};
template <class T> struct c_array : on_heap<realloc_array<T>> {
    static constexpr const char* name = "C array, realloc";
};
template <class T> struct mapped_at_once {
    static constexpr const char* name = "(one mapping, huge pages)";
    using type = written_array<T>;
    using memory = mapping;
    static type make(memory& m, std::size_t n) { return type(m.bytes(n * sizeof(T))); }
};

/// The same with a store for each element, as every push has: a compiler cannot make one of several.
template <class T> struct mapped_one_by_one {
    static constexpr const char* name = "(one mapping, huge pages, one by one)";
    class type : public written_array<T> {
    public:
        using written_array<T>::written_array;
        void push_back(const T& element) {
            written_array<T>::push_back(element);
            hide(this->last_);
        }
    };
    using memory = mapping;
    static type make(memory& m, std::size_t n) { return type(m.bytes(n * sizeof(T))); }
};

template <class T> struct std_deque : on_heap<std::deque<T>> {
    static constexpr const char* name = "std::deque";
};
template <class T> struct std_deque_arena : on_arena<std::deque<T, seg::arena_allocator<T>>> {
    static constexpr const char* name = "std::deque, arena";
};
template <class T> struct boost_deque : on_heap<boost::container::deque<T>> {
    static constexpr const char* name = "boost deque";
};
template <class T> struct boost_deque_arena : on_arena<boost::container::deque<T, seg::arena_allocator<T>>> {
    static constexpr const char* name = "boost deque, arena";
};
template <class T> struct boost_stable_vector : on_heap<boost::container::stable_vector<T>> {
    static constexpr const char* name = "boost stable_vector";
};
template <class T>
struct boost_stable_vector_arena : on_arena<boost::container::stable_vector<T, seg::arena_allocator<T>>> {
    static constexpr const char* name = "boost stable_vector, arena";
};
#ifdef SEG_BENCHMARK_HAS_SEGTOR
template <class T> struct boost_segtor : on_heap<boost::container::segtor<T>> {
    static constexpr const char* name = "boost segtor";
};
template <class T> struct boost_segtor_arena : on_arena<boost::container::segtor<T, seg::arena_allocator<T>>> {
    static constexpr const char* name = "boost segtor, arena";
};
#endif
#ifdef SEG_BENCHMARK_HAS_HUB
template <class T> struct boost_hub : on_heap<boost::container::hub<T>> {
    static constexpr const char* name = "boost hub";
};
#endif

template <class T> struct seg_list : on_heap<seg::list<T>> {
    static constexpr const char* name = "seg::list";
};
template <class T> struct seg_arena_list : on_arena<seg::arena_list<T>> {
    static constexpr const char* name = "seg::arena_list";
};
template <class T> struct seg_tuned_arena_list : on_arena<seg::arena_list<T>, tuned_arena> {
    static constexpr const char* name = "seg::arena_list, huge pages";
};

template <class T> struct seg_pinned_vector : on_heap<seg::pinned_vector<T>> {
    static constexpr const char* name = "seg::pinned_vector";
};
/// For programs that count the longest wait.
template <class T> struct seg_steady_vector : on_heap<seg::pinned_vector<T>> {
    static constexpr const char* name = "seg::pinned_vector, small pages";
    static seg::pinned_vector<T> make(heap&, std::size_t) {
        return seg::pinned_vector<T>({.pages = seg::page_kind::normal});
    }
};

/// The article's list on its allocator.
template <class T> struct c_list {
    static constexpr const char* name = "segmented list in C";
    using type = seed_list<T>;
    struct memory : seed_memory {
        void again() { reset(); }
    };
    static type make(memory& m, std::size_t) { return type(m); }
};

/// A vector that is filled again: it leaves its memory to the next one.
template <class Vector> struct kept {
    struct memory {
        void again() { vector.clear(); }
        Vector vector;
    };
    class type : public Vector {
    public:
        explicit type(memory& m) : Vector(std::move(m.vector)), memory_(&m) {}
        type(const type&) = delete;
        [[gnu::always_inline]] inline ~type() { this->swap(memory_->vector); }

    private:
        memory* memory_;
    };
    static type make(memory& m, std::size_t) { return type(m); }
};
template <class T> struct std_vector_kept : kept<std::vector<T>> {
    static constexpr const char* name = "std::vector, cleared";
};
template <class T> struct seg_kept_vector : kept<seg::pinned_vector<T>> {
    static constexpr const char* name = "seg::pinned_vector, cleared";
};

template <class T> struct seg_steady_arena_list : on_arena<seg::arena_list<T>, steady_arena> {
    static constexpr const char* name = "seg::arena_list, small pages";
};

/// Containers whose elements never move, seg's apart.
inline const std::vector<std::string> segmented_peers{"std::deque",          "std::deque of libc++", "boost deque",
                                                      "boost stable_vector", "boost segtor",         "boost hub"};
/// Those of them that a compiler can be given a seg::arena for.
inline const std::vector<std::string> arena_peers{"std::deque, arena", "boost deque, arena",
                                                  "boost stable_vector, arena", "boost segtor, arena"};

// ---- contestants of other compilers: a whole life is all that is known of them

/// The function for elements of T's size: a number, a node of 40 bytes, or a record of 104.
template <class T, class Life> constexpr Life* by_size(Life* of_numbers, Life* of_nodes, Life* of_records) {
    return sizeof(T) == 8 ? of_numbers : sizeof(T) == 40 ? of_nodes : of_records;
}

template <class T> struct rust_vec : on_heap<void> {
    static constexpr const char* name = "Rust's Vec";
    static std::uint64_t live(heap&, std::size_t n) {
        return by_size<T>(rust_vec_life_of_numbers, rust_vec_life_of_nodes, rust_vec_life_of_records)(n);
    }
};
template <class T> struct libcxx_deque : on_heap<void> {
    static constexpr const char* name = "std::deque of libc++";
    static std::uint64_t live(heap&, std::size_t n) {
        return by_size<T>(libcxx_deque_life_of_numbers, libcxx_deque_life_of_nodes, libcxx_deque_life_of_records)(n);
    }
};

// ---- lists of contestants

/// Each is a template of the element's type.
template <template <class> class... Each> struct contestants {
    template <template <class> class... More> constexpr auto operator+(contestants<More...>) const {
        return contestants<Each..., More...>();
    }
};

/// Those of them that are not installed are left out.
inline constexpr auto segmented = contestants<std_deque, boost_deque>()
#ifdef SEG_BENCHMARK_HAS_SEGTOR
                                  + contestants<boost_segtor>()
#endif
    ;
inline constexpr auto segmented_on_arena = contestants<std_deque_arena, boost_deque_arena>()
#ifdef SEG_BENCHMARK_HAS_SEGTOR
                                           + contestants<boost_segtor_arena>()
#endif
    ;
inline constexpr auto foreign = contestants<>()
#ifdef SEG_BENCHMARK_HAS_RUST
                                + contestants<rust_vec>()
#endif
#ifdef SEG_BENCHMARK_HAS_LIBCXX
                                + contestants<libcxx_deque>()
#endif
    ;
/// Containers that have no index in constant time.
inline constexpr auto special = contestants<>()
#ifdef SEG_BENCHMARK_HAS_HUB
                                + contestants<boost_hub>()
#endif
    ;
inline constexpr auto ours = contestants<seg_list, seg_arena_list, seg_pinned_vector>();

/// Adds a row for each contestant C, whose function calls run.template operator()<C>(state).
template <class T, template <class> class... Each, class Run> void add_rows(column& k, contestants<Each...>, Run run) {
    (k.rows.push_back({Each<T>::name, [run](benchmark::State& s) { run.template operator()<Each<T>>(s); }}), ...);
}

// ---- filling

template <class Container, class T> [[gnu::always_inline]] inline void push(Container& container, T element) {
    if constexpr (requires { container.push_back(element); }) container.push_back(element);
    else container.insert(element);
}

/// Pushes n elements. Inlined, so that the container stays a local variable of the caller.
template <class T, class Container> [[gnu::always_inline]] inline void fill(Container& container, std::size_t n) {
    for (std::size_t i = 0; i != n; ++i) push(container, T(key_at(i)));
    // Whoever holds a pointer to an element might look at it, so none of the stores can be left out.
    T* first = nullptr;
    if constexpr (requires { container.front(); }) first = std::addressof(container.front());
    else first = std::addressof(*container.begin());
    hide(first);
}

/// The key of the last element, and how many there are.
template <class Container> std::uint64_t fingerprint(const Container& container) {
    if constexpr (requires { container.back(); }) return key_of(container.back()) + container.size();
    else return key_of(*std::prev(container.end())) + container.size();
}
inline std::uint64_t expected_fingerprint(std::size_t n) { return key_at(n - 1) + n; }

/// A container is made, filled and dropped.
template <class T, class Contestant>
[[gnu::always_inline]] inline std::uint64_t live(typename Contestant::memory& memory, std::size_t n) {
    if constexpr (requires { Contestant::live(memory, n); }) {
        return Contestant::live(memory, n);
    } else {
        typename Contestant::type container = Contestant::make(memory, n);
        fill<T>(container, n);
        return fingerprint(container);
    }
}

/// The same, and the memory is for the next one.
template <class T, class Contestant>
[[gnu::always_inline]] inline std::uint64_t life(typename Contestant::memory& memory, std::size_t n) {
    const std::uint64_t last = live<T, Contestant>(memory, n);
    memory.again();
    return last;
}

} // namespace bench
