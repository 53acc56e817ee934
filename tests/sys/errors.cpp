// A call that fails returns the number that libc's call of the same name leaves in errno, and nothing else happens.
#include <fcntl.h>
#include <sys/mman.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <limits>
#include <type_traits>

#include "sys/emulation.hpp"

#include "sys/private_memory.hpp"

import seg.sys;

namespace {

namespace sys = seg::sys;

const std::size_t page = sys::page_size();
// Page aligned, and more than any address space has.
const std::size_t too_much = std::numeric_limits<std::size_t>::max() / 2 & ~(page - 1);
// Bytes that a program has addresses for.
#ifdef __x86_64__
constexpr std::size_t address_space = std::size_t{1} << 47;
#else
constexpr std::size_t address_space = std::size_t{1} << 48;
#endif

// An address that no page starts at.
void* misaligned(void* p) { return static_cast<std::byte*>(p) + 1; }

struct two_pages {
    void* address;
    two_pages() : address(*sys::mmap(nullptr, 2 * page, readable_and_writable, private_memory)) {
        BOOST_REQUIRE(address != nullptr);
    }
    ~two_pages() { static_cast<void>(sys::munmap(address, 2 * page)); }
    two_pages(const two_pages&) = delete;
    two_pages& operator=(const two_pages&) = delete;
};

struct descriptor {
    int number;
    explicit descriptor(int n) : number(n) { BOOST_REQUIRE(n >= 0); }
    ~descriptor() { ::close(number); }
    descriptor(const descriptor&) = delete;
    descriptor& operator=(const descriptor&) = delete;
};

template <class T> void check_error(const sys::result<T>& ours, bool libc_failed, int expected) {
    const int libcs = libc_failed ? errno : 0;
    if (!emulated) {
        BOOST_TEST(libc_failed);
        BOOST_TEST(libcs == expected);
    }
    BOOST_TEST(ours.has_value() != libc_failed);
    BOOST_TEST(static_cast<bool>(ours) != libc_failed);
    BOOST_TEST(ours.error() == libcs);
    if constexpr (!std::is_void_v<T>)
        if (libc_failed) BOOST_TEST((*ours == nullptr && ours.value() == nullptr));
}

// Both run on the same arguments; ours goes first, and a failing call changes nothing for the second.
void mmap_fails(int expected, void* hint, std::size_t length, sys::prot protection, sys::map_flag flags, int fd = -1,
                std::int64_t offset = 0) {
    errno = 0;
    const auto ours = sys::mmap(hint, length, protection, flags, fd, offset);
    BOOST_TEST(errno == 0);
    const void* const libcs = ::mmap(hint, length, static_cast<int>(protection), static_cast<int>(flags), fd, offset);
    check_error(ours, libcs == MAP_FAILED, expected);
}

void munmap_fails(int expected, void* address, std::size_t length) {
    errno = 0;
    const auto ours = sys::munmap(address, length);
    BOOST_TEST(errno == 0);
    check_error(ours, ::munmap(address, length) == -1, expected);
}

void mprotect_fails(int expected, void* address, std::size_t length, sys::prot protection) {
    errno = 0;
    const auto ours = sys::mprotect(address, length, protection);
    BOOST_TEST(errno == 0);
    check_error(ours, ::mprotect(address, length, static_cast<int>(protection)) == -1, expected);
}

void madvise_fails(int expected, void* address, std::size_t length, sys::advice use) {
    errno = 0;
    const auto ours = sys::madvise(address, length, use);
    BOOST_TEST(errno == 0);
    check_error(ours, ::madvise(address, length, static_cast<int>(use)) == -1, expected);
}

void mremap_fails(int expected, void* address, std::size_t old_length, std::size_t new_length,
                  sys::remap_flag flags = sys::remap_flag::none, void* new_address = nullptr) {
    errno = 0;
    const auto ours = sys::mremap(address, old_length, new_length, flags, new_address);
    BOOST_TEST(errno == 0);
    const void* const libcs = ::mremap(address, old_length, new_length, static_cast<int>(flags), new_address);
    check_error(ours, libcs == MAP_FAILED, expected);
}

} // namespace

BOOST_AUTO_TEST_SUITE(errors)

BOOST_AUTO_TEST_CASE(mmap_refuses_an_invalid_argument) {
    mmap_fails(EINVAL, nullptr, 0, readable_and_writable, private_memory);
    // neither shared nor private_, and a fixed address that is no page's
    mmap_fails(EINVAL, nullptr, page, readable_and_writable, sys::map_flag::anonymous);
    const two_pages memory;
    mmap_fails(EINVAL, misaligned(memory.address), page, readable_and_writable, private_memory | sys::map_flag::fixed);
    const descriptor file(::memfd_create("errors", 0));
    mmap_fails(EINVAL, nullptr, page, sys::prot::read, sys::map_flag::private_, file.number, 1);
}

BOOST_AUTO_TEST_CASE(mmap_refuses_more_than_there_is) {
    mmap_fails(ENOMEM, nullptr, too_much, readable_and_writable, private_memory);
    mmap_fails(ENOMEM, nullptr, std::numeric_limits<std::size_t>::max(), readable_and_writable, private_memory);
    mmap_fails(ENOMEM, nullptr, address_space, sys::prot::none, private_memory);
}

BOOST_AUTO_TEST_CASE(mmap_refuses_a_file_that_is_not_open) {
    mmap_fails(EBADF, nullptr, page, sys::prot::read, sys::map_flag::private_);
    mmap_fails(EBADF, nullptr, page, sys::prot::read, sys::map_flag::private_, std::numeric_limits<int>::max());
    mmap_fails(EBADF, nullptr, page, sys::prot::read, sys::map_flag::shared, std::numeric_limits<int>::min());
}

BOOST_AUTO_TEST_CASE(mmap_refuses_access_that_the_file_was_not_opened_for) {
    const descriptor readable(::open("/proc/self/exe", O_RDONLY));
    mmap_fails(EACCES, nullptr, page, readable_and_writable, sys::map_flag::shared, readable.number);
    const descriptor writable(::open("/dev/null", O_WRONLY));
    mmap_fails(EACCES, nullptr, page, sys::prot::read, sys::map_flag::private_, writable.number);
}

BOOST_AUTO_TEST_CASE(mmap_refuses_a_file_that_cannot_be_mapped) {
    int ends[2] = {};
    BOOST_REQUIRE(::pipe(ends) == 0);
    const descriptor reading(ends[0]);
    const descriptor writing(ends[1]);
    mmap_fails(ENODEV, nullptr, page, sys::prot::read, sys::map_flag::private_, reading.number);
}

BOOST_AUTO_TEST_CASE(mmap_refuses_what_the_file_is_sealed_against_and_an_offset_beyond_any_file) {
    const descriptor file(::memfd_create("errors", MFD_ALLOW_SEALING));
    BOOST_REQUIRE(::ftruncate(file.number, static_cast<off_t>(page)) == 0);
    BOOST_REQUIRE(::fcntl(file.number, F_ADD_SEALS, F_SEAL_WRITE) == 0);
    mmap_fails(EPERM, nullptr, page, readable_and_writable, sys::map_flag::shared, file.number);
    const auto last_page = static_cast<std::int64_t>(too_much);
    mmap_fails(EOVERFLOW, nullptr, 2 * page, sys::prot::read, sys::map_flag::private_, file.number, last_page);
}

BOOST_AUTO_TEST_CASE(mmap_refuses_to_replace_when_asked_not_to) {
    const two_pages memory;
    *static_cast<int*>(memory.address) = 5;
    mmap_fails(EEXIST, memory.address, page, readable_and_writable, private_memory | sys::map_flag::fixed_noreplace);
    mmap_fails(EEXIST, memory.address, 4 * page, readable_and_writable,
               private_memory | sys::map_flag::fixed_noreplace);
    BOOST_TEST(*static_cast<int*>(memory.address) == 5);
}

BOOST_AUTO_TEST_CASE(munmap_refuses_an_invalid_argument) {
    const two_pages memory;
    munmap_fails(EINVAL, memory.address, 0);
    munmap_fails(EINVAL, misaligned(memory.address), page);
    munmap_fails(EINVAL, memory.address, std::numeric_limits<std::size_t>::max());
    *static_cast<int*>(memory.address) = 1;
}

BOOST_AUTO_TEST_CASE(mprotect_refuses_an_invalid_argument_and_memory_that_is_not_mapped) {
    const two_pages memory;
    mprotect_fails(EINVAL, misaligned(memory.address), page, sys::prot::read);
    mprotect_fails(EINVAL, memory.address, page, static_cast<sys::prot>(0x40));
    mprotect_fails(ENOMEM, memory.address, std::numeric_limits<std::size_t>::max(), sys::prot::read);
    void* const second = static_cast<std::byte*>(memory.address) + page;
    BOOST_REQUIRE(sys::munmap(second, page).has_value());
    mprotect_fails(ENOMEM, second, page, sys::prot::read);
}

BOOST_AUTO_TEST_CASE(mprotect_refuses_access_that_the_file_was_not_opened_for) {
    const descriptor readable(::open("/proc/self/exe", O_RDONLY));
    const auto memory = sys::mmap(nullptr, page, sys::prot::read, sys::map_flag::shared, readable.number);
    BOOST_REQUIRE(memory.has_value());
    mprotect_fails(EACCES, *memory, page, readable_and_writable);
    BOOST_TEST(sys::munmap(*memory, page).has_value());
}

BOOST_AUTO_TEST_CASE(madvise_refuses_an_invalid_argument_and_memory_that_is_not_mapped) {
    const two_pages memory;
    madvise_fails(EINVAL, misaligned(memory.address), page, sys::advice::dontneed);
    madvise_fails(EINVAL, memory.address, page, static_cast<sys::advice>(9999));
    void* const second = static_cast<std::byte*>(memory.address) + page;
    BOOST_REQUIRE(sys::munmap(second, page).has_value());
    madvise_fails(ENOMEM, second, page, sys::advice::dontneed);
}

BOOST_AUTO_TEST_CASE(madvise_refuses_advice_that_does_not_suit_the_mapping) {
    const descriptor file(::memfd_create("errors", 0));
    BOOST_REQUIRE(::ftruncate(file.number, static_cast<off_t>(page)) == 0);
    const auto shared = sys::mmap(nullptr, page, readable_and_writable, sys::map_flag::shared, file.number);
    BOOST_REQUIRE(shared.has_value());
    madvise_fails(EINVAL, *shared, page, sys::advice::free);
    madvise_fails(EINVAL, *shared, page, sys::advice::wipeonfork);
    // Nothing can be populated where nothing may be written, or where the file has ended.
    BOOST_REQUIRE(sys::mprotect(*shared, page, sys::prot::read).has_value());
    madvise_fails(EINVAL, *shared, page, sys::advice::populate_write);
    BOOST_REQUIRE(::ftruncate(file.number, 0) == 0);
    madvise_fails(EFAULT, *shared, page, sys::advice::populate_read);
    BOOST_TEST(sys::munmap(*shared, page).has_value());
}

BOOST_AUTO_TEST_CASE(mremap_refuses_an_invalid_argument) {
    const two_pages memory;
    mremap_fails(EINVAL, misaligned(memory.address), page, 2 * page);
    mremap_fails(EINVAL, memory.address, 2 * page, 0);
    mremap_fails(EINVAL, memory.address, page, page, static_cast<sys::remap_flag>(0x100));
    // fixed and dontunmap need maymove, and a new address is a page's and outside the old range
    mremap_fails(EINVAL, memory.address, page, page, sys::remap_flag::fixed, memory.address);
    mremap_fails(EINVAL, memory.address, page, page, sys::remap_flag::dontunmap);
    const auto fixed = sys::remap_flag::maymove | sys::remap_flag::fixed;
    mremap_fails(EINVAL, memory.address, page, page, fixed, misaligned(memory.address));
    mremap_fails(EINVAL, memory.address, 2 * page, 2 * page, fixed, static_cast<std::byte*>(memory.address) + page);
}

BOOST_AUTO_TEST_CASE(mremap_refuses_to_grow_without_room_and_more_than_there_is) {
    const two_pages memory;
    *static_cast<int*>(memory.address) = 5;
    // The second page stands in the way of the first.
    mremap_fails(ENOMEM, memory.address, page, 2 * page);
    // A whole address space, which the two pages themselves are in.
    mremap_fails(ENOMEM, memory.address, 2 * page, address_space - page, sys::remap_flag::maymove);
    BOOST_TEST(*static_cast<int*>(memory.address) == 5);
}

BOOST_AUTO_TEST_CASE(mremap_refuses_memory_that_is_not_mapped) {
    const two_pages memory;
    void* const second = static_cast<std::byte*>(memory.address) + page;
    BOOST_REQUIRE(sys::munmap(second, page).has_value());
    mremap_fails(EFAULT, second, page, 2 * page, sys::remap_flag::maymove);
    mremap_fails(EFAULT, memory.address, 2 * page, 3 * page, sys::remap_flag::maymove);
}

// What does not fail gives what libc's call gives, too.
BOOST_AUTO_TEST_CASE(a_success_is_libcs_success) {
    const two_pages memory;
    const auto again = private_memory | sys::map_flag::fixed;
    const auto ours = sys::mmap(memory.address, page, readable_and_writable, again);
    BOOST_TEST(*ours ==
               ::mmap(memory.address, page, static_cast<int>(readable_and_writable), static_cast<int>(again), -1, 0));
    BOOST_TEST(ours.error() == 0);
    BOOST_TEST(sys::mprotect(memory.address, page, sys::prot::read).has_value());
    BOOST_TEST(::mprotect(memory.address, page, PROT_READ) == 0);
    BOOST_TEST(sys::madvise(memory.address, page, sys::advice::willneed).has_value());
    BOOST_TEST(::madvise(memory.address, page, MADV_WILLNEED) == 0);
    BOOST_TEST(*sys::mremap(memory.address, page, page) == ::mremap(memory.address, page, page, 0));
    // The second time nothing is mapped there any more.
    BOOST_TEST(sys::munmap(memory.address, page).has_value());
    BOOST_TEST(::munmap(memory.address, page) == 0);
    BOOST_TEST(sys::munmap(memory.address, page).has_value());
}

// Whether these succeed is up to the kernel's configuration; libc's call on the same arguments tells.
BOOST_AUTO_TEST_CASE(requests_about_huge_pages_and_stacks_get_the_answer_that_libc_gets) {
    const two_pages memory;
    for (const auto use : {sys::advice::hugepage, sys::advice::nohugepage}) {
        const auto ours = sys::madvise(memory.address, 2 * page, use);
        errno = 0;
        const bool succeeded = ::madvise(memory.address, 2 * page, static_cast<int>(use)) == 0;
        BOOST_TEST(ours.has_value() == succeeded);
        BOOST_TEST(ours.error() == errno);
    }
    constexpr std::size_t huge_page = std::size_t{2} << 20;
    for (const auto kind : {sys::map_flag::hugetlb, sys::map_flag::stack, sys::map_flag::noreserve}) {
        const auto ours = sys::mmap(nullptr, huge_page, readable_and_writable, private_memory | kind);
        if (ours) BOOST_TEST(sys::munmap(*ours, huge_page).has_value());
        errno = 0;
        void* const libcs = ::mmap(nullptr, huge_page, static_cast<int>(readable_and_writable),
                                   static_cast<int>(private_memory | kind), -1, 0);
        BOOST_TEST(ours.has_value() == (libcs != MAP_FAILED));
        BOOST_TEST(ours.error() == errno);
        if (libcs != MAP_FAILED) BOOST_TEST(sys::munmap(libcs, huge_page).has_value());
    }
}

BOOST_AUTO_TEST_CASE(no_call_throws) {
    static_assert(noexcept(sys::mmap(nullptr, page, sys::prot::none, private_memory)));
    static_assert(noexcept(sys::munmap(nullptr, page)));
    static_assert(noexcept(sys::mprotect(nullptr, page, sys::prot::none)));
    static_assert(noexcept(sys::madvise(nullptr, page, sys::advice::normal)));
    static_assert(noexcept(sys::mremap(nullptr, page, page)));
    // One of ours that fails leaves errno as it is, whatever it is.
    errno = EPERM;
    BOOST_TEST(sys::munmap(nullptr, 0).error() == EINVAL);
    BOOST_TEST(errno == EPERM);
}

BOOST_AUTO_TEST_SUITE_END()
