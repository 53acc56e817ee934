// A fuzzer chooses what is done to two vectors, and where elements and the system's memory fail.
#include <cstddef>
#include <cstdint>
#include <string>

#include "kinds.hpp"
#include "sequence/fuzz.hpp"

using namespace kinds;
using fuzzing::play;

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    fuzz_input from(data, size);
    switch (from.below(7)) {
    case 0: play<sequence<int>>(from, {}); break;
    case 1: play<sequence<tracked>>(from, {.max_size = 4000}); break;
    case 2: play<sequence<std::string>>(from, {.pages = seg::page_kind::normal}); break;
    case 3: play<sequence<wide>>(from, {}); break;
    case 4: play<sequence<wide>>(from, {.max_size = 4000, .prefault = seg::prefault_policy::next_block}, {}); break;
    case 5: play<sequence<page_aligned>>(from, {.fork = seg::fork_policy::wipe}); break;
    case 6: play<sequence<pinned>>(from, {.fork = seg::fork_policy::exclude}); break;
    }
    if (alive != 0) __builtin_trap();
    return 0;
}
