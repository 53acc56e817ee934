// bumpalo, for benchmarks/arenas.cpp: whole loops, since a call from C++ is inlined nowhere.
use bumpalo::Bump;
use std::alloc::Layout;

fn fill(bump: &Bump, sizes: &[u8]) {
    for &n in sizes {
        let p = bump.alloc_layout(unsafe { Layout::from_size_align_unchecked(n as usize, 8) });
        unsafe { std::ptr::write_volatile(p.as_ptr(), n) };
    }
}

/// So many arenas, one after the other, each with allocations of these sizes.
#[no_mangle]
pub unsafe extern "C" fn rust_bumpalo_arenas(arenas: usize, sizes: *const u8, n: usize) {
    let sizes = std::slice::from_raw_parts(sizes, n);
    for _ in 0..arenas {
        let bump = Bump::new();
        fill(&bump, sizes);
    }
}

/// The same in one that is reset each time, which an earlier call may have filled.
#[no_mangle]
pub unsafe extern "C" fn rust_bumpalo_resets(bump: *mut Bump, rounds: usize, sizes: *const u8, n: usize) {
    let sizes = std::slice::from_raw_parts(sizes, n);
    for _ in 0..rounds {
        (*bump).reset();
        fill(&*bump, sizes);
    }
}

/// The same with a size that the compiler knows.
#[no_mangle]
pub unsafe extern "C" fn rust_bumpalo_constant(bump: *mut Bump, rounds: usize, n: usize) {
    for _ in 0..rounds {
        (*bump).reset();
        for _ in 0..n {
            let p = (*bump).alloc_layout(Layout::new::<[u64; 3]>());
            std::ptr::write_volatile(p.as_ptr(), 1);
        }
    }
}

#[no_mangle]
pub extern "C" fn rust_bumpalo_new() -> *mut Bump {
    Box::into_raw(Box::new(Bump::new()))
}
