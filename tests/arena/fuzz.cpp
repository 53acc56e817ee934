// A fuzzer chooses the operations of the model test: each byte or more of its input one choice.
#include <array>
#include <cstddef>
#include <cstdint>

#include "arena/refusals.hpp"

namespace {

/// Numbers out of the fuzzer's input; zeros after its end.
class input {
public:
    input(const std::uint8_t* data, std::size_t size) : next_(data), end_(data + size) {}
    bool at_end() const { return next_ == end_; }
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

alignas(64) std::array<std::byte, 11'000> buffer;

} // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
    input from(data, size);
    const auto below = [&from](std::size_t n) { return from.below(n); };
    if (from.below(2) == 0) {
        operations::player player(operations::any_options(below, buffer, nullptr), nullptr, below, refusals::kernel());
        for (int step = 0; step != 200 && !from.at_end(); ++step) {
            if (below(20) == 0) refusals::schedule(below);
            player.step();
        }
        refusals::settle();
        player.finish();
        return 0;
    }
    operations::upstream upstream;
    {
        operations::player player(operations::any_options(below, buffer, &upstream), &upstream, below,
                                  operations::refusing_upstream(upstream));
        for (int step = 0; step != 200 && !from.at_end(); ++step) {
            if (below(20) == 0) upstream.refuse(below(4), below(3));
            player.step();
        }
        upstream.refuse(0, 0);
        player.finish();
    }
    if (upstream.blocks != 0) __builtin_trap();
    return 0;
}
