// A resource that reports each request, and forwards it to another resource.
module;

#include <cstdio>

export module seg.arena:tracing;

import seg.standard;
import :failure;
import :resource;

namespace seg {

using namespace detail;

/// A request to a tracing_resource, and its result.
export struct trace_event {
    enum class request { allocate, deallocate };

    request what;
    void* address; ///< of the memory; null if allocate threw
    std::size_t bytes;
    std::size_t alignment;
    std::source_location where; ///< of the call; if an allocator made it, a line of the allocator
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

/// A resource that forwards each request to another resource, and reports it to a function, the sink.
///
///     seg::tracing_resource traced(arena);                                           // prints
///     seg::tracing_resource logged(arena, [&](const seg::trace_event& e) { log.push_back(e); });
export template <memory_resource R> class tracing_resource {
public:
    using resource_type = R;

    /// The sink is called after each request. If it is empty, print is called. Throws what copying the sink throws.
    /// Preconditions: the resource outlives this one; the sink does not throw.
    explicit tracing_resource(R& resource, std::function<void(const trace_event&)> sink = print)
        : resource_(std::addressof(resource)), sink_(std::move(sink)) {
        if (!sink_) sink_ = print;
    }

    /// Calls allocate of the resource, and returns and throws what it does. A call that throws is reported, too. The
    /// complexity is that of the resource and the sink.
    [[nodiscard]] void* allocate(std::size_t bytes, std::size_t alignment = alignof(std::max_align_t),
                                 const std::source_location& where = std::source_location::current()) {
        rollback report_failure([&] { report(trace_event::request::allocate, nullptr, bytes, alignment, where); });
        void* const p = resource_->allocate(bytes, alignment);
        report_failure.done();
        report(trace_event::request::allocate, p, bytes, alignment, where);
        return p;
    }

    /// Calls deallocate of the resource.
    /// Precondition: p was allocated by this resource, with the same size and alignment.
    void deallocate(void* p, std::size_t bytes, std::size_t alignment = alignof(std::max_align_t),
                    const std::source_location& where = std::source_location::current()) noexcept {
        resource_->deallocate(p, bytes, alignment);
        report(trace_event::request::deallocate, p, bytes, alignment, where);
    }

    /// The address of the resource.
    R* resource() const noexcept { return resource_; }

    /// True if both forward to the same resource, or to equal ones.
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
