// The seed's bump allocator as an object.
#pragma once

#include "c_list.h"

#include <cstddef>

namespace bench {

class c_bump_memory {
public:
    c_bump_memory() : bump_(c_bump_new()) {}
    c_bump_memory(const c_bump_memory&) = delete;
    c_bump_memory& operator=(const c_bump_memory&) = delete;
    ~c_bump_memory() { c_bump_delete(bump_); }

    void* allocate(std::size_t bytes, std::size_t alignment = 8) { return c_bump_request(bump_, bytes, alignment); }
    void reset() { c_bump_reset(bump_); }
    c_bump* get() const { return bump_; }

private:
    c_bump* bump_;
};

} // namespace bench
