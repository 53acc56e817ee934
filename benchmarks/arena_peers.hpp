// Arenas of other libraries, each behind the same few members: those whose headers are installed take part.
//
// A peer is constructed and destroyed as its own documentation shows. allocate(n) gives n bytes at a multiple of 8;
// reset(), where there is one, hands everything back and keeps memory; create<T>, where there is one, makes an object
// whose destructor the arena runs.
#pragma once

#include "seed_list.hpp"

#include <obstack.h>

#include <cstddef>
#include <cstdlib>
#include <memory_resource>
#include <string>
#include <utility>
#include <vector>

#ifdef SEG_BENCHMARK_HAS_LLVM
#include <llvm/Support/Allocator.h>
#endif
#ifdef SEG_BENCHMARK_HAS_FOONATHAN
#include <foonathan/memory/memory_stack.hpp>
#endif
#ifdef SEG_BENCHMARK_HAS_APR
#include <apr_general.h>
#include <apr_pools.h>
#endif

import seg.arena;

namespace bench {

struct seg_peer {
    static constexpr const char* name = "seg::arena";
    void* allocate(std::size_t n) { return arena.allocate(n, 8); }
    void reset() { arena.reset(); }
    template <class T, class... A> T& create(A&&... a) { return arena.create<T>(std::forward<A>(a)...); }
    seg::arena arena;
};

/// The same, with a scope between.
struct seg_scope_peer : seg_peer {
    static constexpr const char* name = "seg::arena, scope";
};

/// malloc for each, and free for each.
class malloc_peer {
public:
    static constexpr const char* name = "malloc and free";
    malloc_peer() = default;
    malloc_peer(const malloc_peer&) = delete;
    ~malloc_peer() { reset(); }
    void* allocate(std::size_t n) { return all_.emplace_back(std::malloc(n)); }
    void reset() {
        for (void* const p : all_) std::free(p);
        all_.clear();
    }

private:
    std::vector<void*> all_;
};

/// The seed's allocator, which asks the system for each block.
struct seed_peer : seed_memory {
    static constexpr const char* name = "bump allocator in C";
};

inline const std::vector<std::string> monotonic_peers{"std monotonic", "std monotonic, 4 KiB on the stack"};

struct std_monotonic_peer {
    static constexpr const char* name = "std monotonic";
    void* allocate(std::size_t n) { return resource.allocate(n, 8); }
    void reset() { resource.release(); }
    std::pmr::monotonic_buffer_resource resource;
};

struct std_monotonic_buffer_peer {
    static constexpr const char* name = "std monotonic, 4 KiB on the stack";
    void* allocate(std::size_t n) { return resource.allocate(n, 8); }
    void reset() { resource.release(); }
    std::byte buffer[4096];
    std::pmr::monotonic_buffer_resource resource{buffer, sizeof buffer};
};

class obstack_peer {
public:
    static constexpr const char* name = "obstack";
    obstack_peer() {
        obstack_begin(&stack_, 0);
        obstack_alignment_mask(&stack_) = 7;
        first_ = obstack_alloc(&stack_, 0);
    }
    obstack_peer(const obstack_peer&) = delete;
    ~obstack_peer() { obstack_free(&stack_, nullptr); }
    void* allocate(std::size_t n) { return obstack_alloc(&stack_, static_cast<int>(n)); }
    void reset() { obstack_free(&stack_, first_); }

private:
    static void* obstack_chunk_alloc(std::size_t n) { return std::malloc(n); }
    static void obstack_chunk_free(void* p) { std::free(p); }

    obstack stack_;
    void* first_;
};

#ifdef SEG_BENCHMARK_HAS_LLVM
struct llvm_peer {
    static constexpr const char* name = "LLVM BumpPtrAllocator";
    void* allocate(std::size_t n) { return allocator.Allocate(n, llvm::Align(8)); }
    void reset() { allocator.Reset(); }
    llvm::BumpPtrAllocator allocator;
};
/// Makes objects of one type only, and destroys them without a record of each.
template <class T> struct llvm_specific_peer {
    static constexpr const char* name = "LLVM SpecificBumpPtrAllocator";
    template <class, class... A> T& create(A&&... a) {
        return *::new (static_cast<void*>(allocator.Allocate())) T(std::forward<A>(a)...);
    }
    llvm::SpecificBumpPtrAllocator<T> allocator;
};
#endif

#ifdef SEG_BENCHMARK_HAS_FOONATHAN
struct foonathan_peer {
    static constexpr const char* name = "foonathan memory_stack";
    void* allocate(std::size_t n) { return stack.allocate(n, 8); }
    void reset() { stack.unwind(begin); }
    foonathan::memory::memory_stack<> stack{4096};
    foonathan::memory::memory_stack<>::marker begin = stack.top();
};
#endif

#ifdef SEG_BENCHMARK_HAS_APR
class apr_peer {
public:
    static constexpr const char* name = "apr_pool";
    apr_peer() {
        static const int initialized = apr_initialize();
        static_cast<void>(initialized);
        apr_pool_create(&pool_, nullptr);
    }
    apr_peer(const apr_peer&) = delete;
    ~apr_peer() { apr_pool_destroy(pool_); }
    void* allocate(std::size_t n) { return apr_palloc(pool_, n); }
    void reset() { apr_pool_clear(pool_); }

private:
    apr_pool_t* pool_ = nullptr;
};
#endif

/// Calls use.operator()<Peer>() for each, seg's arena last.
template <class Use> void for_each_arena(Use use) {
    use.template operator()<std_monotonic_peer>();
    use.template operator()<std_monotonic_buffer_peer>();
    use.template operator()<obstack_peer>();
#ifdef SEG_BENCHMARK_HAS_LLVM
    use.template operator()<llvm_peer>();
#endif
#ifdef SEG_BENCHMARK_HAS_FOONATHAN
    use.template operator()<foonathan_peer>();
#endif
#ifdef SEG_BENCHMARK_HAS_APR
    use.template operator()<apr_peer>();
#endif
    use.template operator()<seg_peer>();
}

} // namespace bench
