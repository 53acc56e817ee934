// libc++'s deque behind a C interface: each function is the life of one, and returns what every contestant has to. Its
// names lie in a namespace of their own, so it can be in one program with libstdc++'s.
#include "libcxx_deque.hpp"

#include <array>
#include <cstdlib>
#include <deque>
#include <memory>

#ifndef _LIBCPP_VERSION
#error "to be compiled with -stdlib=libc++"
#endif

// What it calls where it cannot throw: exceptions are the other library's here. libc++ itself is not linked.
_LIBCPP_BEGIN_NAMESPACE_STD
[[noreturn]] void __libcpp_verbose_abort(const char*, ...) noexcept { std::abort(); }
_LIBCPP_END_NAMESPACE_STD

namespace {

template <int Words> struct record {
    explicit record(std::uint64_t k) noexcept : key(k) {}
    std::uint64_t key;
    std::array<std::uint64_t, Words - 1> rest{};
};

std::uint64_t key_of(std::uint64_t number) { return number; }
template <int Words> std::uint64_t key_of(const record<Words>& r) { return r.key; }

template <class T> std::uint64_t life(std::size_t n) {
    std::deque<T> elements;
    for (std::size_t i = 0; i != n; ++i) elements.push_back(T(i * 0x9E3779B97F4A7C15 + 1));
    T* first = std::addressof(elements.front());
    asm volatile("" : "+r"(first) : : "memory");
    return key_of(elements.back()) + elements.size();
}

} // namespace

std::uint64_t libcxx_deque_life_of_numbers(std::size_t n) { return life<std::uint64_t>(n); }
std::uint64_t libcxx_deque_life_of_nodes(std::size_t n) { return life<record<5>>(n); }
std::uint64_t libcxx_deque_life_of_records(std::size_t n) { return life<record<13>>(n); }
