// Throwing and aborting, outside of the interface: importers need no <cstdio>.
module;

#include <cstdio>
#include <cstdlib>
#include <new>

module seg.arena;

import :failure;

namespace seg::detail {

void abort_with(const char* message) noexcept {
    std::fprintf(stderr, "seg: %s\n", message);
    std::abort();
}

void throw_bad_array_length() {
    throw_or_abort(std::bad_array_new_length(), "an array's size in bytes is more than std::size_t can count");
}

} // namespace seg::detail
