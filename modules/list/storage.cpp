// What a list says when it throws.
module;

#include <cstddef>
#include <stdexcept>
#include <string>

module seg.list;

import seg.arena;
import :storage;

namespace seg {

using namespace detail;

void throw_too_long() {
    constexpr const char* words = "seg::list: more elements than max_size()";
    throw_or_abort(std::length_error(words), words);
}

void throw_out_of_range(std::size_t index, std::size_t size) {
    const std::string words =
        "seg::list::at: index " + std::to_string(index) + " is not below the size " + std::to_string(size);
    throw_or_abort(std::out_of_range(words), words.c_str());
}

} // namespace seg
