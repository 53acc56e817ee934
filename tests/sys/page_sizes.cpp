// page_size() is the kernel's page size, and is asked for once. The argument is the size in KiB.
#include <cstddef>
#include <cstdio>
#include <cstdlib>

import seg.sys;

int main(int, char** argv) {
    const long kib = std::atol(argv[1]);
    seg::sys::page_of_the_kernel = kib * 1024;
    const std::size_t page = seg::sys::page_size();
    const int entries = seg::sys::entries;
    const bool same_again = seg::sys::page_size() == page && seg::sys::entries == entries;
    std::printf("%zu bytes, after %d calls\n", page, entries);
    return page == static_cast<std::size_t>(kib) * 1024 && entries != 0 && same_again ? EXIT_SUCCESS : EXIT_FAILURE;
}
