// Each call does to real memory what its manual page says.
#include <sys/mman.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <fstream>
#include <iterator>
#include <string>
#include <vector>

#include "address_space.hpp"
#include "sys/emulation.hpp"

#include "sys/private_memory.hpp"

import seg.sys;

namespace {

namespace sys = seg::sys;

using observation::is_mapped;
using observation::is_resident;

const std::size_t page = sys::page_size();

std::byte* pages(std::size_t n) {
    const auto memory = sys::mmap(nullptr, n * page, readable_and_writable, private_memory);
    BOOST_REQUIRE(memory.has_value());
    return static_cast<std::byte*>(*memory);
}

bool all_equal(const std::byte* first, std::size_t bytes, int value) {
    return std::all_of(first, first + bytes, [=](std::byte b) { return b == static_cast<std::byte>(value); });
}

// The kernel copies the byte and reports memory that may not be read or written, where a plain access would be killed.
struct prober {
    std::array<int, 2> pipe{};
    prober() { BOOST_REQUIRE(::pipe(pipe.data()) == 0); }
    ~prober() {
        ::close(pipe[0]);
        ::close(pipe[1]);
    }
    prober(const prober&) = delete;
    prober& operator=(const prober&) = delete;

    bool can_read(const std::byte* address) const {
        if (::write(pipe[1], address, 1) != 1) return false;
        char drained = 0;
        BOOST_REQUIRE(::read(pipe[0], &drained, 1) == 1);
        return true;
    }
    bool can_write(std::byte* address) const {
        const char written = 1;
        BOOST_REQUIRE(::write(pipe[1], &written, 1) == 1);
        if (::read(pipe[0], address, 1) == 1) return true;
        char drained = 0;
        BOOST_REQUIRE(::read(pipe[0], &drained, 1) == 1);
        return false;
    }
};

// A file of n pages, page k filled with k + 1, that nobody else can open.
struct file {
    int descriptor;
    explicit file(std::size_t n) : descriptor(::memfd_create("mappings", 0)) {
        BOOST_REQUIRE(descriptor >= 0);
        for (std::size_t k = 0; k != n; ++k) {
            const std::vector<char> content(page, static_cast<char>(k + 1));
            BOOST_REQUIRE(::write(descriptor, content.data(), page) == static_cast<ssize_t>(page));
        }
    }
    ~file() { ::close(descriptor); }
    file(const file&) = delete;
    file& operator=(const file&) = delete;

    char at(std::size_t offset) const {
        char c = 0;
        BOOST_REQUIRE(::pread(descriptor, &c, 1, static_cast<off_t>(offset)) == 1);
        return c;
    }
};

} // namespace

BOOST_AUTO_TEST_SUITE(mappings)

BOOST_AUTO_TEST_CASE(the_page_size_is_the_kernels) {
    static_assert(noexcept(sys::page_size()));
    BOOST_TEST(sys::page_size() == static_cast<std::size_t>(::sysconf(_SC_PAGESIZE)));
}

BOOST_AUTO_TEST_CASE(an_anonymous_mapping_starts_at_a_page_reads_as_zeroes_and_keeps_what_is_written) {
    std::byte* const p = pages(5);
    BOOST_TEST(reinterpret_cast<std::uintptr_t>(p) % page == 0u);
    BOOST_TEST(all_equal(p, 5 * page, 0));
    std::fill(p, p + 5 * page, std::byte{0xa5});
    BOOST_TEST(all_equal(p, 5 * page, 0xa5));
    BOOST_TEST(sys::munmap(p, 5 * page).has_value());
}

BOOST_AUTO_TEST_CASE(a_length_counts_in_whole_pages) {
    const auto memory = sys::mmap(nullptr, page + 1, readable_and_writable, private_memory);
    BOOST_REQUIRE(memory.has_value());
    std::byte* const p = static_cast<std::byte*>(*memory);
    p[2 * page - 1] = std::byte{1};
    BOOST_TEST(is_mapped(p + page));
    BOOST_TEST(sys::munmap(p, page + 1).has_value());
    BOOST_TEST(!is_mapped(p));
    BOOST_TEST(!is_mapped(p + page));
}

BOOST_AUTO_TEST_CASE(munmap_removes_exactly_the_given_pages) {
    std::byte* const p = pages(3);
    p[0] = p[2 * page] = std::byte{7};
    BOOST_TEST(sys::munmap(p + page, page).has_value());
    BOOST_TEST(is_mapped(p));
    BOOST_TEST(!is_mapped(p + page));
    BOOST_TEST(is_mapped(p + 2 * page));
    BOOST_TEST((p[0] == std::byte{7} && p[2 * page] == std::byte{7}));
    // A range with a hole, or nothing in it at all, is no error.
    BOOST_TEST(sys::munmap(p, 3 * page).has_value());
    BOOST_TEST(sys::munmap(p, 3 * page).has_value());
    BOOST_TEST(!is_mapped(p));
    BOOST_TEST(!is_mapped(p + 2 * page));
}

BOOST_AUTO_TEST_CASE(a_hint_is_taken_where_nothing_is_mapped_and_disregarded_where_something_is) {
    std::byte* const p = pages(4);
    BOOST_REQUIRE(sys::munmap(p + page, page).has_value());
    const auto in_the_gap = sys::mmap(p + page, page, readable_and_writable, private_memory);
    BOOST_REQUIRE(in_the_gap.has_value());
    BOOST_TEST(*in_the_gap == p + page);
    p[2 * page] = std::byte{3};
    const auto elsewhere = sys::mmap(p + 2 * page, page, readable_and_writable, private_memory);
    BOOST_REQUIRE(elsewhere.has_value());
    BOOST_TEST(*elsewhere != p + 2 * page);
    BOOST_TEST((p[2 * page] == std::byte{3}));
    BOOST_TEST(sys::munmap(*elsewhere, page).has_value());
    BOOST_TEST(sys::munmap(p, 4 * page).has_value());
}

BOOST_AUTO_TEST_CASE(fixed_replaces_what_is_mapped_and_fixed_noreplace_takes_only_what_is_free) {
    std::byte* const p = pages(3);
    std::fill(p, p + 3 * page, std::byte{9});
    const auto replaced = sys::mmap(p + page, page, readable_and_writable, private_memory | sys::map_flag::fixed);
    BOOST_REQUIRE(replaced.has_value());
    BOOST_TEST(*replaced == p + page);
    BOOST_TEST(all_equal(p, page, 9));
    BOOST_TEST(all_equal(p + page, page, 0));
    BOOST_TEST(all_equal(p + 2 * page, page, 9));

    BOOST_REQUIRE(sys::munmap(p + page, page).has_value());
    const auto exactly = private_memory | sys::map_flag::fixed_noreplace;
    const auto placed = sys::mmap(p + page, page, readable_and_writable, exactly);
    BOOST_REQUIRE(placed.has_value());
    BOOST_TEST(*placed == p + page);
    BOOST_TEST(sys::munmap(p, 3 * page).has_value());
}

BOOST_AUTO_TEST_CASE(protection_says_what_may_be_done) {
    const prober probe;
    std::byte* const p = pages(2);
    std::fill(p, p + 2 * page, std::byte{4});
    BOOST_TEST(probe.can_read(p));
    BOOST_TEST(probe.can_write(p));
    BOOST_TEST(sys::mprotect(p, page, sys::prot::read).has_value());
    BOOST_TEST(probe.can_read(p));
    BOOST_TEST(!probe.can_write(p));
    BOOST_TEST(probe.can_write(p + page));
    BOOST_TEST(sys::mprotect(p, page, sys::prot::none).has_value());
    BOOST_TEST(!probe.can_read(p));
    BOOST_TEST(!probe.can_write(p));
    BOOST_TEST(sys::mprotect(p, page, readable_and_writable).has_value());
    BOOST_TEST(probe.can_write(p));
    BOOST_TEST(all_equal(p + 1, page - 1, 4));
    BOOST_TEST(sys::munmap(p, 2 * page).has_value());

    const auto unreadable = sys::mmap(nullptr, page, sys::prot::none, private_memory);
    BOOST_REQUIRE(unreadable.has_value());
    BOOST_TEST(!probe.can_read(static_cast<std::byte*>(*unreadable)));
    BOOST_TEST(sys::munmap(*unreadable, page).has_value());
}

BOOST_AUTO_TEST_CASE(dontneed_gives_the_pages_back_and_they_read_as_zeroes) {
    std::byte* const p = pages(3);
    std::fill(p, p + 3 * page, std::byte{8});
    BOOST_TEST(is_resident(p + page));
    BOOST_TEST(sys::madvise(p + page, page, sys::advice::dontneed).has_value());
    BOOST_TEST(!is_resident(p + page));
    BOOST_TEST(all_equal(p, page, 8));
    BOOST_TEST(all_equal(p + page, page, 0));
    BOOST_TEST(all_equal(p + 2 * page, page, 8));
    BOOST_TEST(sys::munmap(p, 3 * page).has_value());
}

BOOST_AUTO_TEST_CASE(populating_makes_pages_resident_before_they_are_touched) {
    std::byte* const lazy = pages(4);
    BOOST_TEST(!is_resident(lazy));
    BOOST_TEST(sys::madvise(lazy, 2 * page, sys::advice::populate_write).has_value());
    BOOST_TEST((emulated || is_resident(lazy)));
    BOOST_TEST((emulated || is_resident(lazy + page)));
    BOOST_TEST(!is_resident(lazy + 2 * page));
    BOOST_TEST(sys::madvise(lazy + 2 * page, page, sys::advice::populate_read).has_value());
    BOOST_TEST(all_equal(lazy, 3 * page, 0));
    BOOST_TEST(sys::munmap(lazy, 4 * page).has_value());

    const auto populated =
        sys::mmap(nullptr, 4 * page, readable_and_writable, private_memory | sys::map_flag::populate);
    BOOST_REQUIRE(populated.has_value());
    for (std::size_t k = 0; k != 4; ++k)
        BOOST_TEST((emulated || is_resident(static_cast<std::byte*>(*populated) + k * page)));
    BOOST_TEST(sys::munmap(*populated, 4 * page).has_value());
}

BOOST_AUTO_TEST_CASE(advice_that_only_hints_leaves_the_content_alone) {
    std::byte* const p = pages(2);
    std::fill(p, p + 2 * page, std::byte{6});
    for (const auto use : {sys::advice::normal, sys::advice::random, sys::advice::sequential, sys::advice::willneed,
                           sys::advice::dontfork, sys::advice::dofork, sys::advice::dontdump, sys::advice::dodump,
                           sys::advice::wipeonfork, sys::advice::keeponfork}) {
        BOOST_TEST_INFO("advice " << static_cast<int>(use));
        BOOST_TEST(sys::madvise(p, 2 * page, use).has_value());
    }
    BOOST_TEST(all_equal(p, 2 * page, 6));
    // The pages may go at any time; what is written afterwards stays.
    BOOST_TEST(sys::madvise(p, 2 * page, sys::advice::free).has_value());
    std::fill(p, p + 2 * page, std::byte{5});
    BOOST_TEST(all_equal(p, 2 * page, 5));
    BOOST_TEST(sys::munmap(p, 2 * page).has_value());
}

BOOST_AUTO_TEST_CASE(mremap_growth_keeps_the_data_and_adds_zeroes) {
    std::byte* const p = pages(3);
    std::fill(p, p + 3 * page, std::byte{2});
    const auto moved = sys::mremap(p, 3 * page, 300 * page, sys::remap_flag::maymove);
    BOOST_REQUIRE(moved.has_value());
    std::byte* const q = static_cast<std::byte*>(*moved);
    BOOST_TEST(all_equal(q, 3 * page, 2));
    BOOST_TEST(all_equal(q + 3 * page, 297 * page, 0));
    std::fill(q, q + 300 * page, std::byte{3});
    BOOST_TEST(all_equal(q, 300 * page, 3));
    if (q != p) BOOST_TEST(!is_mapped(p));
    BOOST_TEST(sys::munmap(q, 300 * page).has_value());
}

BOOST_AUTO_TEST_CASE(mremap_shrinks_and_grows_in_place_without_a_flag) {
    std::byte* const p = pages(4);
    std::fill(p, p + 4 * page, std::byte{2});
    const auto shrunk = sys::mremap(p, 4 * page, page);
    BOOST_REQUIRE(shrunk.has_value());
    BOOST_TEST(*shrunk == p);
    BOOST_TEST(all_equal(p, page, 2));
    BOOST_TEST(!is_mapped(p + page));
    // What was just cut off is free, so there is room to grow into.
    const auto grown = sys::mremap(p, page, 2 * page);
    BOOST_REQUIRE(grown.has_value());
    BOOST_TEST(*grown == p);
    BOOST_TEST(all_equal(p, page, 2));
    BOOST_TEST(all_equal(p + page, page, 0));
    BOOST_TEST(sys::munmap(p, 2 * page).has_value());
}

BOOST_AUTO_TEST_CASE(mremap_moves_to_exactly_the_new_address) {
    std::byte* const from = pages(1);
    std::byte* const to = pages(3);
    from[0] = std::byte{1};
    to[page] = std::byte{2};
    const auto moved = sys::mremap(from, page, page, sys::remap_flag::maymove | sys::remap_flag::fixed, to + page);
    BOOST_REQUIRE(moved.has_value());
    BOOST_TEST(*moved == to + page);
    BOOST_TEST((to[page] == std::byte{1}));
    BOOST_TEST(!is_mapped(from));
    BOOST_TEST(sys::munmap(to, 3 * page).has_value());
}

BOOST_AUTO_TEST_CASE(mremap_with_dontunmap_leaves_zeroes_behind) {
    std::byte* const from = pages(1);
    from[0] = std::byte{1};
    const auto moved = sys::mremap(from, page, page, sys::remap_flag::maymove | sys::remap_flag::dontunmap);
    BOOST_REQUIRE(moved.has_value());
    BOOST_TEST(*moved != from);
    BOOST_TEST((*static_cast<std::byte*>(*moved) == std::byte{1}));
    BOOST_TEST(all_equal(from, page, 0));
    BOOST_TEST(sys::munmap(*moved, page).has_value());
    BOOST_TEST(sys::munmap(from, page).has_value());
}

BOOST_AUTO_TEST_CASE(a_shared_mapping_of_a_file_writes_to_it_and_a_private_one_does_not) {
    const file f(3);
    const auto shared = sys::mmap(nullptr, 3 * page, readable_and_writable, sys::map_flag::shared, f.descriptor);
    const auto own = sys::mmap(nullptr, 3 * page, readable_and_writable, sys::map_flag::private_, f.descriptor);
    BOOST_REQUIRE((shared.has_value() && own.has_value()));
    std::byte* const s = static_cast<std::byte*>(*shared);
    std::byte* const o = static_cast<std::byte*>(*own);
    for (std::size_t k = 0; k != 3; ++k) BOOST_TEST(all_equal(s + k * page, page, static_cast<int>(k + 1)));
    s[page] = std::byte{42};
    o[0] = std::byte{43};
    BOOST_TEST(f.at(page) == 42);
    BOOST_TEST(f.at(0) == 1);
    BOOST_TEST(sys::munmap(s, 3 * page).has_value());
    BOOST_TEST(sys::munmap(o, 3 * page).has_value());
}

BOOST_AUTO_TEST_CASE(the_offset_chooses_the_part_of_the_file) {
    const file f(4);
    const auto part = sys::mmap(nullptr, page, sys::prot::read, sys::map_flag::private_, f.descriptor,
                                static_cast<std::int64_t>(2 * page));
    BOOST_REQUIRE(part.has_value());
    BOOST_TEST(all_equal(static_cast<std::byte*>(*part), page, 3));
    BOOST_TEST(sys::munmap(*part, page).has_value());
}

BOOST_AUTO_TEST_CASE(an_offset_beyond_32_bits_arrives_whole) {
    const file f(1);
    const std::int64_t offset = std::int64_t{1} << 33;
    BOOST_REQUIRE(::pwrite(f.descriptor, "x", 1, offset) == 1);
    const auto part = sys::mmap(nullptr, page, sys::prot::read, sys::map_flag::private_, f.descriptor, offset);
    BOOST_REQUIRE(part.has_value());
    BOOST_TEST((*static_cast<std::byte*>(*part) == std::byte{'x'}));
    BOOST_TEST(sys::munmap(*part, page).has_value());
}

BOOST_AUTO_TEST_CASE(a_length_beyond_32_bits_arrives_whole) {
    // Address space only: nothing is accessible, so nothing is committed.
    const std::size_t bytes = std::size_t{5} << 30;
    const auto memory = sys::mmap(nullptr, bytes, sys::prot::none, private_memory | sys::map_flag::noreserve);
    BOOST_REQUIRE(memory.has_value());
    std::byte* const p = static_cast<std::byte*>(*memory);
    BOOST_TEST((emulated || is_mapped(p)));
    BOOST_TEST((emulated || is_mapped(p + bytes - page)));
    BOOST_TEST(sys::mprotect(p + bytes - page, page, readable_and_writable).has_value());
    p[bytes - 1] = std::byte{1};
    BOOST_TEST(sys::munmap(p, bytes).has_value());
    BOOST_TEST(!is_mapped(p));
    BOOST_TEST(!is_mapped(p + bytes - page));
}

BOOST_AUTO_TEST_CASE(a_mapping_has_the_name_that_it_was_given, *boost::unit_test::label("kernel")) {
    std::byte* const memory = pages(2);
    const auto named = sys::name_mapping(memory, 2 * page, "a name");
    std::ifstream maps("/proc/self/maps");
    const std::string all{std::istreambuf_iterator<char>(maps), {}};
    // Some kernels are built without.
    BOOST_TEST((named ? all.find("[anon:a name]") != all.npos : named.error() == EINVAL));
    BOOST_TEST(!sys::name_mapping(memory + 1, page, "a name")); // not at a page
    BOOST_TEST(sys::munmap(memory, 2 * page).has_value());
}

BOOST_AUTO_TEST_SUITE_END()
