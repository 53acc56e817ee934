// Elements, and who competes: each contestant is a name, a type, the memory that it lives in, and how to make an empty
// one. To be included last, since it ends its includes with imports.
//
// A contestant is a local variable and its address is not taken while elements are pushed, so a compiler may keep it in
// registers, whichever it is.
#pragma once

#include "process.hpp"
#include "realloc_array.hpp"
#include "report.hpp"

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
#if __has_include(<plf_colony.h>)
#include <plf_colony.h>
#define SEG_BENCHMARK_HAS_COLONY 1
#endif
#ifdef SEG_BENCHMARK_HAS_TBB
#include <tbb/concurrent_vector.h>
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
#include <string>
#include <type_traits>
#include <utility>
#include <vector>

import seg.arena;
import seg.list;
import seg.vector;

namespace bench {

// ---- elements

/// Of 8 bytes: a number. Of 104 bytes: a record with a key, about the size of a syntax tree's node.
using small = std::uint64_t;
struct large {
    explicit large(std::uint64_t k) noexcept : key(k) {}
    std::uint64_t key;
    std::array<std::uint64_t, 12> rest{};
};
static_assert(sizeof(small) == 8 && sizeof(large) == 104);

inline std::uint64_t key_of(const small& element) { return element; }
inline std::uint64_t key_of(const large& element) { return element.key; }
inline std::uint64_t& key_of(small& element) { return element; }
inline std::uint64_t& key_of(large& element) { return element.key; }

/// The key of element i.
constexpr std::uint64_t key_at(std::size_t i) { return i * 0x9E3779B97F4A7C15 + 1; }

// ---- memory

/// malloc's memory.
struct heap {
    void again() {}
};

/// Memory that is handed back and used again.
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
    T* begin() const { return first_; }
    T* end() const { return last_; }
    T& back() const { return last_[-1]; }
    T& operator[](std::size_t i) const { return first_[i]; }
    std::size_t size() const { return static_cast<std::size_t>(last_ - first_); }

protected:
    T* first_;
    T* last_;
};

// ---- contestants

template <class Container> struct on_heap {
    using type = Container;
    using memory = heap;
    static type make(memory&, std::size_t) { return type(); }
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
template <class T> struct std_vector_reserved_arena : on_arena<std::vector<T, seg::arena_allocator<T>>> {
    static constexpr const char* name = "std::vector, reserved, arena";
    static auto make(arena& m, std::size_t n) {
        std::vector<T, seg::arena_allocator<T>> v(m.resource);
        v.reserve(n);
        return v;
    }
};
template <class T> struct c_array : on_heap<realloc_array<T>> {
    static constexpr const char* name = "C array, realloc";
};
template <class T> struct mapped_at_once {
    static constexpr const char* name = "one mapping, huge pages";
    using type = written_array<T>;
    using memory = mapping;
    static type make(memory& m, std::size_t n) { return type(m.bytes(n * sizeof(T))); }
};

/// The same with a store for each element, as every push has: a compiler cannot make one of several.
template <class T> struct mapped_one_by_one {
    static constexpr const char* name = "one mapping, huge pages, one by one";
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
#ifdef SEG_BENCHMARK_HAS_COLONY
template <class T> struct plf_colony : on_heap<plf::colony<T>> {
    static constexpr const char* name = "plf::colony";
};
#endif
#ifdef SEG_BENCHMARK_HAS_TBB
template <class T> struct tbb_vector : on_heap<tbb::concurrent_vector<T>> {
    static constexpr const char* name = "tbb::concurrent_vector";
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

/// A vector that is filled again: it leaves its memory to the next one.
template <class T> struct seg_kept_vector {
    static constexpr const char* name = "seg::pinned_vector, cleared";
    struct memory {
        void again() { kept.clear(); }
        seg::pinned_vector<T> kept;
    };
    class type : public seg::pinned_vector<T> {
    public:
        explicit type(memory& m) : seg::pinned_vector<T>(std::move(m.kept)), memory_(&m) {}
        type(const type&) = delete;
        [[gnu::always_inline]] inline ~type() { this->swap(memory_->kept); }

    private:
        memory* memory_;
    };
    static type make(memory& m, std::size_t) { return type(m); }
};

template <class T> struct seg_steady_arena_list : on_arena<seg::arena_list<T>, steady_arena> {
    static constexpr const char* name = "seg::arena_list, small pages";
};

/// Containers whose elements never move, seg's apart.
inline const std::vector<std::string> segmented_peers{
    "std::deque",   "std::deque of libc++", "boost deque", "boost stable_vector",
    "boost segtor", "boost hub",            "plf::colony", "tbb::concurrent_vector"};
/// Those of them that a compiler can be given a seg::arena for.
inline const std::vector<std::string> arena_peers{"std::deque, arena", "boost deque, arena",
                                                  "boost stable_vector, arena", "boost segtor, arena"};

/// A list of contestants, each a template of the element's type.
template <template <class> class...> struct contestants {};

/// Each with its own memory as its users have it by default.
using plain_vectors = contestants<std_vector>;
using reserved_vectors = contestants<std_vector_reserved>;
/// Without an index in constant time.
using unindexed = contestants<
#if defined(SEG_BENCHMARK_HAS_HUB) && defined(SEG_BENCHMARK_HAS_COLONY)
    boost_hub, plf_colony
#elif defined(SEG_BENCHMARK_HAS_HUB)
    boost_hub
#elif defined(SEG_BENCHMARK_HAS_COLONY)
    plf_colony
#endif
    >;
using concurrent = contestants<
#ifdef SEG_BENCHMARK_HAS_TBB
    tbb_vector
#endif
    >;
using ours = contestants<seg_list, seg_arena_list, seg_pinned_vector>;

/// Calls add.template operator()<Contestant>() for each, of which there may be none.
template <class T, class Add, template <class> class... Each>
void for_each_of(contestants<Each...>, [[maybe_unused]] Add add) {
    (add.template operator()<Each<T>>(), ...);
}

/// The segmented ones with an index. boost's stable_vector allocates each element and is never near the best with
/// millions of them: that only the full run shows.
template <class T, class Add> void for_each_segmented(const options& chosen, std::size_t n, Add add) {
    for_each_of<T>(contestants<std_deque, boost_deque>(), add);
    if (n <= 1'000'000 || (chosen.full && n <= 10'000'000)) for_each_of<T>(contestants<boost_stable_vector>(), add);
#ifdef SEG_BENCHMARK_HAS_SEGTOR
    for_each_of<T>(contestants<boost_segtor>(), add);
#endif
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
    T* first = std::addressof(*container.begin());
    hide(first);
}

/// The key of the last element, and how many there are.
template <class Container> std::uint64_t fingerprint(const Container& container) {
    if constexpr (requires { container.back(); }) return key_of(container.back()) + container.size();
    else return key_of(*std::prev(container.end())) + container.size();
}
inline std::uint64_t expected_fingerprint(std::size_t n) { return key_at(n - 1) + n; }

inline std::string elements_of(std::size_t n, std::size_t bytes) {
    return with_commas(n) + (n == 1 ? " element of " : " elements of ") + std::to_string(bytes) + " bytes";
}

} // namespace bench
