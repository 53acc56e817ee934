// bumpalo, where rustc and its crate are installed: rust_bumpalo.rs.
#pragma once

#include <cstddef>

extern "C" {
struct rust_bumpalo;
void rust_bumpalo_arenas(std::size_t arenas, const unsigned char* sizes, std::size_t n);
void rust_bumpalo_resets(rust_bumpalo* bump, std::size_t rounds, const unsigned char* sizes, std::size_t n);
void rust_bumpalo_constant(rust_bumpalo* bump, std::size_t rounds, std::size_t n);
rust_bumpalo* rust_bumpalo_new();
}
