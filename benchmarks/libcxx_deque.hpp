// libc++'s deque, where its headers are installed: libcxx_deque.cpp, compiled with them.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
std::uint64_t libcxx_deque_life_of_numbers(std::size_t n);
std::uint64_t libcxx_deque_life_of_nodes(std::size_t n);
std::uint64_t libcxx_deque_life_of_records(std::size_t n);
}
