// Rust's Vec, where rustc is installed: rust_vec.rs as a static library.
#pragma once

#include <cstddef>
#include <cstdint>

extern "C" {
std::uint64_t rust_vec_life_of_numbers(std::size_t n);
std::uint64_t rust_vec_life_of_records(std::size_t n);
std::uint64_t rust_vec_life_of_nodes(std::size_t n);
std::uint64_t rust_vec_life_of_blobs(std::size_t n, const unsigned char* blob, std::size_t bytes);
}
