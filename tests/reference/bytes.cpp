// Prints the tables of bytes that modules/README.md shows, measured: bytes.cmake compares.
#include <array>
#include <cstddef>
#include <cstdint>
#include <cstdio>
#include <new>
#include <string>

import seg;

namespace {

using number = std::uint64_t;

/// The heap, which counts what is asked of it and not deallocated.
struct heap {
    void* allocate(std::size_t n, std::size_t) {
        bytes += n;
        return ::operator new(n);
    }
    void deallocate(void* p, std::size_t n, std::size_t) {
        bytes -= n;
        ::operator delete(p);
    }
    [[maybe_unused]] friend bool operator==(const heap& a, const heap& b) { return &a == &b; }
    std::size_t bytes = 0;
};

template <class T> using counted_list = seg::list<T, seg::resource_allocator<T, heap>>;

std::string with_commas(std::size_t n) {
    std::string digits = std::to_string(n);
    for (std::size_t i = digits.size(); i > 3; i -= 3) digits.insert(i - 3, ",");
    return digits;
}

void row(const char* what, std::size_t bytes) { std::printf("| %s | %s |\n", what, with_commas(bytes).c_str()); }

/// What a list of n elements has allocated.
template <class T> std::size_t bytes_of_list(std::size_t n) {
    heap memory;
    counted_list<T> l(memory);
    l.resize(n);
    return memory.bytes;
}

/// What a vector of n elements has committed, when they were pushed one by one.
std::size_t bytes_of_vector(std::size_t n) {
    seg::pinned_vector<number> v;
    for (std::size_t i = 0; i != n; ++i) v.push_back(i);
    return v.capacity() * sizeof(number);
}

/// What an arena's figures say that an action takes, without what AddressSanitizer is given.
template <class Action> std::size_t taken(seg::arena& a, Action action) {
    const std::size_t before = a.stats().used;
    action();
    return a.stats().used - before - seg::arena::red_zone;
}

/// The bytes from a block's beginning to the first allocation in it.
std::size_t header_of_block() {
    alignas(16) std::array<std::byte, 512> memory;
    seg::arena a({.buffer = memory});
    const auto* const first = static_cast<std::byte*>(a.allocate(1, 1));
    return static_cast<std::size_t>(first - memory.data()) - seg::arena::red_zone;
}

/// The bytes of an arena's first block.
std::size_t first_block() {
    seg::arena a;
    static_cast<void>(a.allocate(1));
    return a.stats().allocated;
}

struct with_destructor {
    number value = 0;
    ~with_destructor() { value = 1; }
};
struct without_destructor {
    number value = 0;
};

struct large {
    std::array<std::byte, 1000> bytes;
};

constexpr std::size_t sizes[] = {1, 16, 17, 100, 1'000, 10'000, 100'000, 1'000'000, 10'000'000};

} // namespace

int main() {
    std::puts("| what | bytes |");
    std::puts("|---|--:|");
    row("a `seg::list<T>` object", sizeof(seg::list<number>));
    row("a `seg::arena_list<T>` or `seg::pmr::list<T>` object", sizeof(seg::arena_list<number>));
    row("a list's iterator", sizeof(seg::list<number>::iterator));
    row("what a new list has allocated", bytes_of_list<number>(0));
    row("a list of one 1-byte element", bytes_of_list<char>(1));
    row("a list of one 8-byte element", bytes_of_list<number>(1));
    row("a list of one 64-byte element", bytes_of_list<std::array<number, 8>>(1));
    row("a list of one 1,000-byte element", bytes_of_list<large>(1));
    row("a `seg::pinned_vector<T>` object", sizeof(seg::pinned_vector<number>));
    row("a vector's iterator", sizeof(seg::pinned_vector<number>::iterator));
    row("what a new vector has committed", bytes_of_vector(0));
    row("a vector of one 8-byte element", bytes_of_vector(1));
    row("a `seg::arena` object", sizeof(seg::arena));
    row("a `seg::arena::marker` object", sizeof(seg::arena::marker));
    row("a `seg::arena_scope` object", sizeof(seg::arena_scope));
    row("a `seg::arena_allocator<T>` object", sizeof(seg::arena_allocator<number>));
    row("the header of an arena's block", header_of_block());
    row("an arena's first block", first_block());
    seg::arena a;
    static_cast<void>(a.allocate(1));
    row("an allocation of 1 byte", taken(a, [&a] { static_cast<void>(a.allocate(1, 1)); }));
    row("an allocation of 20 bytes, aligned to 4", taken(a, [&a] { static_cast<void>(a.allocate(20, 4)); }));
    row("`create` of an 8-byte object without a destructor",
        taken(a, [&a] { static_cast<void>(a.create<without_destructor>()); }));
    row("`create` of an 8-byte object with a destructor",
        taken(a, [&a] { static_cast<void>(a.create<with_destructor>()); }));

    std::puts("| elements of 8 bytes | a list has allocated | for each element | a vector has committed |");
    std::puts("|--:|--:|--:|--:|");
    for (const std::size_t n : sizes) {
        const std::size_t of_list = bytes_of_list<number>(n);
        std::printf("| %s | %s | %.1f | %s |\n", with_commas(n).c_str(), with_commas(of_list).c_str(),
                    static_cast<double>(of_list) / static_cast<double>(n), with_commas(bytes_of_vector(n)).c_str());
    }
}
