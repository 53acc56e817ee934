// The enumerators have the kernel's numbers. Only those of one kind combine, and only if they are bits.
#include <linux/mman.h>
#include <sys/mman.h>

#include <boost/test/unit_test.hpp>

#include <type_traits>

#include "sys/number.hpp"

import seg.sys;

namespace {

using seg::sys::advice;
using seg::sys::map_flag;
using seg::sys::prot;
using seg::sys::remap_flag;

template <class A, class B>
concept combine = requires(A a, B b) { a | b; } || requires(A a, B b) { a & b; } || requires(A a, B b) { a ^ b; };
template <class A, class B>
concept combine_in_place =
    requires(A a, B b) { a |= b; } || requires(A a, B b) { a &= b; } || requires(A a, B b) { a ^= b; };
template <class A>
concept complements = requires(A a) { ~a; };

// As bits, whatever the enumeration: all sixteen combinations of two values of two bits.
template <class E> constexpr bool operators_work_on_bits() {
    for (int i = 0; i != 4; ++i)
        for (int j = 0; j != 4; ++j) {
            const E a = static_cast<E>(i);
            const E b = static_cast<E>(j);
            E or_ = a;
            E and_ = a;
            E xor_ = a;
            if (&(or_ |= b) != &or_ || &(and_ &= b) != &and_ || &(xor_ ^= b) != &xor_) return false;
            if (number(a | b) != (i | j) || number(a & b) != (i & j) || number(a ^ b) != (i ^ j)) return false;
            if (or_ != (a | b) || and_ != (a & b) || xor_ != (a ^ b) || number(~a) != ~i) return false;
        }
    return true;
}

} // namespace

BOOST_AUTO_TEST_SUITE(flags)

BOOST_AUTO_TEST_CASE(protections_are_the_kernels) {
    BOOST_TEST(number(prot::none) == PROT_NONE);
    BOOST_TEST(number(prot::read) == PROT_READ);
    BOOST_TEST(number(prot::write) == PROT_WRITE);
    BOOST_TEST(number(prot::exec) == PROT_EXEC);
}

BOOST_AUTO_TEST_CASE(mapping_flags_are_the_kernels) {
    BOOST_TEST(number(map_flag::shared) == MAP_SHARED);
    BOOST_TEST(number(map_flag::private_) == MAP_PRIVATE);
    BOOST_TEST(number(map_flag::fixed) == MAP_FIXED);
    BOOST_TEST(number(map_flag::fixed_noreplace) == MAP_FIXED_NOREPLACE);
    BOOST_TEST(number(map_flag::anonymous) == MAP_ANONYMOUS);
    BOOST_TEST(number(map_flag::noreserve) == MAP_NORESERVE);
    BOOST_TEST(number(map_flag::populate) == MAP_POPULATE);
    BOOST_TEST(number(map_flag::stack) == MAP_STACK);
    BOOST_TEST(number(map_flag::hugetlb) == MAP_HUGETLB);
}

BOOST_AUTO_TEST_CASE(remapping_flags_are_the_kernels) {
    BOOST_TEST(number(remap_flag::none) == 0);
    BOOST_TEST(number(remap_flag::maymove) == MREMAP_MAYMOVE);
    BOOST_TEST(number(remap_flag::fixed) == MREMAP_FIXED);
    BOOST_TEST(number(remap_flag::dontunmap) == MREMAP_DONTUNMAP);
}

BOOST_AUTO_TEST_CASE(advice_is_the_kernels) {
    BOOST_TEST(number(advice::normal) == MADV_NORMAL);
    BOOST_TEST(number(advice::random) == MADV_RANDOM);
    BOOST_TEST(number(advice::sequential) == MADV_SEQUENTIAL);
    BOOST_TEST(number(advice::willneed) == MADV_WILLNEED);
    BOOST_TEST(number(advice::dontneed) == MADV_DONTNEED);
    BOOST_TEST(number(advice::free) == MADV_FREE);
    BOOST_TEST(number(advice::dontfork) == MADV_DONTFORK);
    BOOST_TEST(number(advice::dofork) == MADV_DOFORK);
    BOOST_TEST(number(advice::hugepage) == MADV_HUGEPAGE);
    BOOST_TEST(number(advice::nohugepage) == MADV_NOHUGEPAGE);
    BOOST_TEST(number(advice::dontdump) == MADV_DONTDUMP);
    BOOST_TEST(number(advice::dodump) == MADV_DODUMP);
    BOOST_TEST(number(advice::wipeonfork) == MADV_WIPEONFORK);
    BOOST_TEST(number(advice::keeponfork) == MADV_KEEPONFORK);
    BOOST_TEST(number(advice::populate_read) == MADV_POPULATE_READ);
    BOOST_TEST(number(advice::populate_write) == MADV_POPULATE_WRITE);
}

BOOST_AUTO_TEST_CASE(flags_of_one_kind_combine_as_bits_and_in_constant_expressions) {
    static_assert(operators_work_on_bits<prot>());
    static_assert(operators_work_on_bits<map_flag>());
    static_assert(operators_work_on_bits<remap_flag>());
    BOOST_TEST(operators_work_on_bits<prot>());
    BOOST_TEST(operators_work_on_bits<map_flag>());
    BOOST_TEST(operators_work_on_bits<remap_flag>());
    static_assert(noexcept(prot::read | prot::write) && noexcept(~map_flag::fixed));
    static_assert((prot::read | prot::write) == static_cast<prot>(3));
    static_assert((map_flag::private_ & ~map_flag::private_) == map_flag{});
    BOOST_TEST(number(map_flag::private_ | map_flag::anonymous) == (MAP_PRIVATE | MAP_ANONYMOUS));
    BOOST_TEST(number((prot::read | prot::exec) & ~prot::exec) == PROT_READ);
}

BOOST_AUTO_TEST_CASE(flags_of_different_kinds_do_not_combine) {
    static_assert(seg::sys::bitmask<prot> && seg::sys::bitmask<map_flag> && seg::sys::bitmask<remap_flag>);
    static_assert(!seg::sys::bitmask<advice> && !seg::sys::bitmask<int>);
    static_assert(combine<prot, prot> && combine_in_place<prot&, prot> && complements<prot>);
    static_assert(combine<map_flag, map_flag> && combine_in_place<map_flag&, map_flag> && complements<map_flag>);
    static_assert(!combine<prot, map_flag> && !combine_in_place<prot&, map_flag>);
    static_assert(!combine<map_flag, prot> && !combine_in_place<map_flag&, prot>);
    static_assert(!combine<map_flag, remap_flag> && !combine<remap_flag, map_flag>);
    static_assert(!combine<prot, int> && !combine<int, prot> && !combine_in_place<prot&, int>);
    static_assert(!combine<advice, advice> && !combine_in_place<advice&, advice> && !complements<advice>);
    static_assert(!combine<advice, prot> && !combine<advice, int>);

    // Nothing turns into a number, or a number into a flag, by itself.
    static_assert(!std::is_convertible_v<prot, int> && !std::is_convertible_v<int, prot>);
    static_assert(!std::is_invocable_v<decltype(seg::sys::mprotect), void*, unsigned long, map_flag>);
    static_assert(!std::is_invocable_v<decltype(seg::sys::mprotect), void*, unsigned long, int>);
    static_assert(!std::is_invocable_v<decltype(seg::sys::mmap), void*, unsigned long, map_flag, prot, int, long>);
    static_assert(std::is_invocable_v<decltype(seg::sys::mmap), void*, unsigned long, prot, map_flag, int, long>);
    static_assert(
        !std::is_invocable_v<decltype(seg::sys::mremap), void*, unsigned long, unsigned long, map_flag, void*>);
    BOOST_TEST((sizeof(prot) == sizeof(int) && sizeof(map_flag) == sizeof(int) && sizeof(advice) == sizeof(int)));
}

BOOST_AUTO_TEST_SUITE_END()
