// Numbers that a fuzzer chooses by its input, where a test chooses them at random: see random.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

class fuzz_input {
public:
    fuzz_input(const std::uint8_t* data, std::size_t size) : next_(data), end_(data + size) {}
    bool at_end() const { return next_ == end_; }

    /// A number from 0 to n - 1, made of as many bytes as that takes. After the end of the input all bytes are 0.
    std::size_t below(std::size_t n) {
        std::size_t number = 0;
        for (std::size_t most = n - 1; most != 0; most >>= 8) number = number << 8 | byte();
        return number % n;
    }

private:
    std::size_t byte() { return next_ == end_ ? 0 : *next_++; }

    const std::uint8_t* next_;
    const std::uint8_t* end_;
};
