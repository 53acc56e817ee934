// A call of seg::sys::mmap, error handling included, is one instruction that enters the kernel and no function call.
#include "sys/one_instruction.hpp"

import seg.sys;

extern "C" void* map_or_null(std::size_t bytes) noexcept {
    const auto memory = seg::sys::mmap(nullptr, bytes, seg::sys::prot::read | seg::sys::prot::write,
                                       seg::sys::map_flag::private_ | seg::sys::map_flag::anonymous);
    return memory ? *memory : nullptr;
}
