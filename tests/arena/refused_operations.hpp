// An arena and its model on a kernel that refuses system calls. It imports modules, so it is included after every other
// header.
#pragma once

#include <array>
#include <cstddef>

#include "arena/operations.hpp"
#include "refusing_kernel.hpp"

namespace kernel {

/// What the model's arena takes memory from: see operations::undisturbed.
struct system {
    static constexpr bool may_throw = true; // an exception's memory is malloc's, which does not ask this kernel
    struct call {};
    bool refused() {
        const bool any = refusals() != 0;
        seg::sys::refuse.seen = 0;
        return any;
    }
};

/// Chooses calls that the kernel refuses next.
template <class Below> void refuse_any(Below below) {
    const call which = std::array{call::mmap, call::munmap, call::mprotect, call::madvise}[below(4)];
    const std::size_t after = below(3);
    refuse(which, after, below(4));
}

/// The kernel refuses nothing more. What it refused to unmap goes back to it.
inline void settle() {
    refuse_nothing();
    seg::arena a({.first_block = 4096});
    static_cast<void>(a.try_allocate(1));
}

/// Plays on an arena with any options while the kernel refuses calls now and then, also when the arena ends.
template <class Below, class Again> void play(Below below, Again again) {
    settle();
    {
        operations::player player(operations::any_options(below, nullptr), nullptr, below, system());
        while (again()) {
            if (below(10) == 0) refuse_any(below);
            player.step();
        }
        refuse_nothing();
        player.finish();
        if (below(2) == 0) refuse_any(below);
    }
    settle();
}

} // namespace kernel
