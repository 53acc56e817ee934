// A fuzzer chooses the operations of the model test: each byte or two of its input one choice. Included after
// sequence/operations.hpp.
#pragma once

#include <cstddef>
#include <cstdint>

namespace fuzzing {

/// Numbers out of the fuzzer's input; zeros after its end.
class input {
public:
    input(const std::uint8_t* data, std::size_t size) : next_(data), end_(data + size) {}
    bool at_end() const { return next_ == end_; }
    std::size_t below(std::size_t n) {
        std::size_t number = byte();
        if (n > 256) number = number << 8 | byte();
        return number % n;
    }

private:
    std::size_t byte() { return next_ == end_ ? 0 : *next_++; }
    const std::uint8_t* next_;
    const std::uint8_t* end_;
};

template <class Sequence>
void play(input& from, const kinds::memory<Sequence>& a, const kinds::memory<Sequence>& b) {
    const auto below = [&from](std::size_t n) { return from.below(n); };
    operations::players<Sequence, decltype(below)> players(a, b, below);
    for (int step = 0; step != 200 && !from.at_end(); ++step) players.step();
}
template <class Sequence> void play(input& from, const kinds::memory<Sequence>& of_both) {
    play<Sequence>(from, of_both, of_both);
}

} // namespace fuzzing
