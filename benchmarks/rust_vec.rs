//! Rust's Vec behind a C interface: each function is the life of one Vec, and returns what every contestant has to.

use std::hint::black_box;

#[cfg(has_bumpalo)]
mod rust_bumpalo;

fn key_at(i: usize) -> u64 {
    (i as u64).wrapping_mul(0x9E3779B97F4A7C15).wrapping_add(1)
}

#[derive(Clone, Copy)]
#[repr(C)]
struct Record<const REST: usize> {
    key: u64,
    rest: [u64; REST],
}

fn life<T>(n: usize, make: impl Fn(u64) -> T, key: impl Fn(&T) -> u64) -> u64 {
    let mut v = Vec::new();
    for i in 0..n {
        v.push(make(key_at(i)));
    }
    black_box(v.as_ptr());
    key(&v[v.len() - 1]).wrapping_add(v.len() as u64)
}

fn life_of_records<const REST: usize>(n: usize) -> u64 {
    life(n, |key| Record { key, rest: [0; REST] }, |record| record.key)
}

#[no_mangle]
pub extern "C" fn rust_vec_life_of_numbers(n: usize) -> u64 {
    life(n, |key| key, |number| *number)
}

#[no_mangle]
pub extern "C" fn rust_vec_life_of_nodes(n: usize) -> u64 {
    life_of_records::<4>(n)
}

#[no_mangle]
pub extern "C" fn rust_vec_life_of_records(n: usize) -> u64 {
    life_of_records::<12>(n)
}

/// # Safety
/// blob points to so many bytes.
#[no_mangle]
pub unsafe extern "C" fn rust_vec_life_of_blobs(n: usize, blob: *const u8, bytes: usize) -> u64 {
    let template = unsafe { std::slice::from_raw_parts(blob, bytes) };
    let mut v: Vec<Box<[u8]>> = Vec::new();
    for _ in 0..n {
        v.push(Box::from(template));
    }
    v.iter().map(|b| u64::from(b[bytes - 1]) + b.len() as u64).sum()
}
