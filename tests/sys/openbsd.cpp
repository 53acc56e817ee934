// What seg.sys is for OpenBSD: compiled for it, with the numbers of its <sys/mman.h>, and never run.
#include <cstddef>
#include <type_traits>

#include "sys/number.hpp"

import seg.sys;

namespace {

using seg::sys::advice;
using seg::sys::map_flag;
using seg::sys::prot;

static_assert(number(prot::none) == 0 && number(prot::read) == 1 && number(prot::write) == 2 &&
              number(prot::exec) == 4);
static_assert(number(map_flag::shared) == 0x0001 && number(map_flag::private_) == 0x0002);
static_assert(number(map_flag::fixed) == 0x0010 && number(map_flag::fixed_noreplace) == (0x0010 | 0x0800));
static_assert(number(map_flag::anonymous) == 0x1000 && number(map_flag::noreserve) == 0);
static_assert(number(map_flag::stack) == 0x4000 && number(map_flag::conceal) == 0x8000);
static_assert(number(advice::normal) == 0 && number(advice::random) == 1 && number(advice::sequential) == 2);
static_assert(number(advice::willneed) == 3 && number(advice::dontneed) == 4 && number(advice::free) == 6);

// Linux's alone. Bits of its own here would be another flag's.
template <class E>
concept knows_linux_flags = requires { E::populate; } || requires { E::hugetlb; };
template <class E>
concept knows_linux_advice = requires { E::hugepage; } || requires { E::dontfork; } || requires {
    E::dontdump;
} || requires { E::wipeonfork; } || requires { E::populate_read; } || requires { E::populate_write; };
static_assert(!knows_linux_flags<map_flag> && !knows_linux_advice<advice>);

static_assert(seg::sys::bitmask<prot> && seg::sys::bitmask<map_flag> && !seg::sys::bitmask<advice>);
static_assert(!std::is_invocable_v<decltype(seg::sys::mmap), void*, std::size_t, map_flag, prot, int, long>);

} // namespace

// Every call, with nothing of it to be left out.
extern "C" int every_call(void* hint, std::size_t length, seg::sys::result<void*>& memory) noexcept {
    memory = seg::sys::mmap(hint, length + seg::sys::page_size(), prot::read | prot::write,
                            map_flag::private_ | map_flag::anonymous | map_flag::conceal);
    if (!memory) return memory.error();
    if (const auto done = seg::sys::mprotect(*memory, length, prot::read); !done) return done.error();
    if (const auto done = seg::sys::madvise(*memory, length, advice::free); !done) return done.error();
    if (const auto done = seg::sys::munmap(*memory, length); !done) return done.error();
    return seg::sys::thread_id();
}
