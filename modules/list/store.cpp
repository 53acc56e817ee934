// What a list says when it throws.
module;

#include <cstddef>
#include <stdexcept>
#include <string>

module seg.list;

import :store;

namespace seg {

void throw_too_long() { throw std::length_error("seg::list: more elements than max_size()"); }

void throw_out_of_range(std::size_t index, std::size_t size) {
    throw std::out_of_range("seg::list::at: index " + std::to_string(index) + " is not below the size " +
                            std::to_string(size));
}

} // namespace seg
