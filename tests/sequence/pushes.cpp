// Pushes numbers into a local list or vector, as many as its argument says. pushes.cmake counts the stores that this
// takes.
#include <cstdint>
#include <cstdlib>

import seg;

int main(int, char** argv) {
    const std::uint64_t n = std::strtoull(argv[1], nullptr, 10);
    SEG_TEST_SEQUENCE<std::uint64_t> v;
    for (std::uint64_t i = 0; i != n; ++i) v.push_back(i * 7);
    return v.size() == n && v.back() == (n - 1) * 7 ? EXIT_SUCCESS : EXIT_FAILURE;
}
