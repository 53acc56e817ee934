// Resources over other resources: pmr_adaptor, tracing_resource and counting_resource.
#include <boost/container/pmr/memory_resource.hpp>
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <cstdio>
#include <functional>
#include <memory_resource>
#include <new>
#include <source_location>
#include <string>
#include <vector>

#include "standard_error.hpp"
#include "arena/heap_resource.hpp"

import seg.arena;

namespace {

using request = seg::trace_event::request;

static_assert(seg::memory_resource<seg::tracing_resource<seg::arena>>);
static_assert(seg::memory_resource<seg::counting_resource<seg::arena>>);
static_assert(seg::memory_resource<seg::tracing_resource<seg::counting_resource<std::pmr::memory_resource>>>);
static_assert(seg::memory_resource<seg::pmr_adaptor<seg::arena>>);

} // namespace

BOOST_AUTO_TEST_SUITE(adaptors)

BOOST_AUTO_TEST_CASE(any_resource_serves_polymorphic_containers) {
    heap_resource<boost::container::pmr::memory_resource> boosts;
    seg::counting_resource<boost::container::pmr::memory_resource> counted(boosts);
    seg::pmr_adaptor adaptor(counted);
    static_assert(std::is_same_v<decltype(adaptor)::resource_type, decltype(counted)>);
    BOOST_TEST(adaptor.resource() == &counted);
    {
        std::pmr::vector<std::pmr::string> words(&adaptor);
        for (int n = 0; n != 100; ++n)
            words.emplace_back("a word too long to lie in the string itself, number " + std::to_string(n));
        BOOST_TEST(words.back().ends_with("number 99"));
        BOOST_TEST(words.back().get_allocator().resource() == &adaptor);
        BOOST_TEST(counted.counts().allocations > 100u);
    }
    BOOST_TEST(counted.counts().bytes == 0u);
    BOOST_TEST(counted.counts().deallocations == counted.counts().allocations);
}

BOOST_AUTO_TEST_CASE(adaptors_are_equal_when_their_resources_are) {
    seg::arena a, b;
    const seg::pmr_adaptor on_a(a), on_a_too(a), on_b(b);
    BOOST_TEST(on_a.is_equal(on_a));
    BOOST_TEST(on_a.is_equal(on_a_too));
    BOOST_TEST(!on_a.is_equal(on_b));
    BOOST_TEST(!on_a.is_equal(a)); // another type, whatever it does
    seg::tracing_resource t(a), t_too(a), t_b(b);
    BOOST_TEST((t == t_too && t != t_b));
    seg::counting_resource c(a), c_too(a), c_b(b);
    BOOST_TEST((c == c_too && c != c_b));
}

#ifdef __cpp_exceptions // what was reported before an abort is not in this process
BOOST_AUTO_TEST_CASE(each_request_is_traced_with_its_result_and_place) {
    seg::arena a({.first_block = 4096, .max_bytes = 4096});
    std::vector<seg::trace_event> log;
    seg::tracing_resource traced(a, [&log](const seg::trace_event& e) { log.push_back(e); });
    BOOST_TEST(traced.resource() == &a);

    const unsigned line = std::source_location::current().line();
    void* const p = traced.allocate(24, 8);
    BOOST_CHECK_THROW(static_cast<void>(traced.allocate(5000)), std::bad_alloc);
    traced.deallocate(p, 24, 8);
    BOOST_TEST(a.stats().used == 0u);

    BOOST_REQUIRE(log.size() == 3u);
    BOOST_TEST(
        (log[0].what == request::allocate && log[0].address == p && log[0].bytes == 24 && log[0].alignment == 8));
    BOOST_TEST((log[1].what == request::allocate && log[1].address == nullptr && log[1].bytes == 5000));
    BOOST_TEST(log[1].alignment == alignof(std::max_align_t));
    BOOST_TEST((log[2].what == request::deallocate && log[2].address == p && log[2].bytes == 24));
    for (unsigned i = 0; i != 3; ++i) {
        BOOST_TEST(log[i].where.line() == line + 1 + i);
        BOOST_TEST(std::string(log[i].where.file_name()).ends_with("adaptors.cpp"));
    }
}
#endif

BOOST_AUTO_TEST_CASE(an_empty_function_as_a_sink_prints_and_loses_nothing) {
    seg::arena a;
    seg::tracing_resource traced(a, std::function<void(const seg::trace_event&)>());
    const std::string text = printed_by([&] { traced.deallocate(traced.allocate(24, 8), 24, 8); });
    BOOST_TEST(text.find("allocate(24, 8) -> 0x") != std::string::npos);
    BOOST_TEST(a.stats().used == 0u);
}

BOOST_AUTO_TEST_CASE(without_a_sink_it_prints) {
    seg::arena a;
    seg::tracing_resource traced(a);
    void* p = nullptr;
    const std::string text = printed_by([&] {
        p = traced.allocate(24, 8);
        traced.deallocate(p, 24, 8);
    });
    char address[32];
    std::snprintf(address, sizeof address, "%p", p);
    BOOST_TEST_CONTEXT(text) {
        BOOST_TEST(text.find("adaptors.cpp:") != std::string::npos);
        BOOST_TEST(text.find("allocate(24, 8) -> " + std::string(address) + "\n") != std::string::npos);
        BOOST_TEST(text.find(": deallocate(" + std::string(address) + ", 24, 8)\n") != std::string::npos);
    }
}

BOOST_AUTO_TEST_CASE(a_container_on_a_traced_arena_is_traced) {
    seg::arena a;
    std::size_t requests = 0, bytes = 0;
    seg::tracing_resource traced(a, [&](const seg::trace_event& e) {
        ++requests;
        if (e.what == request::allocate) bytes += e.bytes;
    });
    using allocator = seg::resource_allocator<int, decltype(traced)>;
    {
        std::vector<int, allocator> v(allocator{traced});
        v.reserve(100);
        BOOST_TEST(a.owns(v.data()));
    }
    BOOST_TEST(requests == 2u);
    BOOST_TEST(bytes == 100 * sizeof(int));
}

#ifdef __cpp_exceptions // what was reported before an abort is not in this process
BOOST_AUTO_TEST_CASE(requests_bytes_and_failures_are_counted) {
    seg::arena a({.first_block = 4096, .max_bytes = 4096});
    seg::counting_resource counted(a);
    BOOST_TEST(counted.resource() == &a);
    void* const p = counted.allocate(100);
    void* const q = counted.allocate(50, 1);
    BOOST_CHECK_THROW(static_cast<void>(counted.allocate(5000)), std::bad_alloc);
    counted.deallocate(q, 50, 1);
    const seg::resource_counts& counts = counted.counts();
    BOOST_TEST(counts.allocations == 2u);
    BOOST_TEST(counts.failures == 1u);
    BOOST_TEST(counts.deallocations == 1u);
    BOOST_TEST(counts.bytes == 100u);
    BOOST_TEST(counts.peak == 150u);
    counted.deallocate(p, 100);
    BOOST_TEST(counts.bytes == 0u);
    BOOST_TEST(counts.peak == 150u);
}
#endif

BOOST_AUTO_TEST_SUITE_END()
