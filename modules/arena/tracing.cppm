// A resource that reports each request, and hands it on.
module;

#include <cstdio>

export module seg.arena:tracing;

import seg.standard;
import :failure;
import :resource;

namespace seg {

/// One request to a tracing_resource, and what came of it.
export struct trace_event {
    enum class request { allocate, deallocate };

    request what;
    void* address; ///< of the memory; null where a request for memory was refused
    std::size_t bytes;
    std::size_t alignment;
    std::source_location where; ///< the call; of an allocator's request, the line of the allocator
};

/// Prints an event to standard error: "file:line: function: allocate(24, 8) -> 0x7f2c40". Allocates nothing.
export void print(const trace_event& e) noexcept {
    if (e.what == trace_event::request::allocate)
        std::fprintf(stderr, "%s:%u: %s: allocate(%zu, %zu) -> %p\n", e.where.file_name(),
                     static_cast<unsigned>(e.where.line()), e.where.function_name(), e.bytes, e.alignment, e.address);
    else
        std::fprintf(stderr, "%s:%u: %s: deallocate(%p, %zu, %zu)\n", e.where.file_name(),
                     static_cast<unsigned>(e.where.line()), e.where.function_name(), e.address, e.bytes, e.alignment);
}

/// A resource that reports each request to a sink and hands it on to another resource, which must outlive it.
/// Equal to another one when both hand on to equal resources.
///
///     seg::tracing_resource traced(arena);                                           // prints
///     seg::tracing_resource logged(arena, [&](const seg::trace_event& e) { log.push_back(e); });
export template <memory_resource R> class tracing_resource {
public:
    using resource_type = R;

    /// The sink is called after each request; it must not throw. An empty one is print.
    explicit tracing_resource(R& resource, std::function<void(const trace_event&)> sink = print)
        : resource_(std::addressof(resource)), sink_(std::move(sink)) {
        if (!sink_) sink_ = print;
    }

    /// What the resource gives. Throws what it throws, after that was reported.
    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t),
                                 const std::source_location& where = std::source_location::current()) {
        rollback refused([&] { report(trace_event::request::allocate, nullptr, bytes, alignment, where); });
        void* const p = resource_->allocate(bytes, alignment);
        refused.done();
        report(trace_event::request::allocate, p, bytes, alignment, where);
        return p;
    }

    void deallocate(void* p, std::size_t bytes, std::size_t alignment = alignof(std::max_align_t),
                    const std::source_location& where = std::source_location::current()) noexcept {
        resource_->deallocate(p, bytes, alignment);
        report(trace_event::request::deallocate, p, bytes, alignment, where);
    }

    /// The resource that the memory comes from.
    R* resource() const noexcept { return resource_; }

    friend bool operator==(const tracing_resource& a, const tracing_resource& b) noexcept {
        return a.resource_ == b.resource_ || *a.resource_ == *b.resource_;
    }

private:
    void report(trace_event::request what, void* p, std::size_t bytes, std::size_t alignment,
                const std::source_location& where) {
        sink_({.what = what, .address = p, .bytes = bytes, .alignment = alignment, .where = where});
    }

    R* resource_;
    std::function<void(const trace_event&)> sink_;
};

} // namespace seg
