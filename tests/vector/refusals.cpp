// A vector is as it was after the kernel refused to map, unmap, protect or advise.
#include <boost/test/unit_test.hpp>

#include <cstddef>
#include <new>
#include <utility>

#include "address_space.hpp"

#include "kinds.hpp"
#include "refusing_kernel.hpp"

using namespace kinds;

namespace {

using namespace observation;
using kernel::call;
using kernel::refuse;
using kernel::refuse_nothing;
using seg::pinned_options;
using seg::pinned_vector;

} // namespace

BOOST_AUTO_TEST_SUITE(refusals)

BOOST_AUTO_TEST_CASE(a_default_reservation_halves_until_the_system_grants_it_and_max_size_tells,
                     *boost::unit_test::label("kernel")) {
    for (std::size_t refused = 0; refused != 10; ++refused) {
        pinned_vector<long> v;
        const std::size_t most = v.max_size();
        refuse(call::mmap, 0, refused);
        v.push_back(1);
        refuse_nothing();
        // Each refusal halves what is asked for, and half of what is granted then is left to others.
        BOOST_TEST(v.max_size() == (refused == 0 ? most : most >> (refused + 1)));
        const std::size_t granted = v.max_size();
        for (long n = 1; n != 100'000; ++n) v.push_back(n);
        BOOST_TEST(v.max_size() == granted);
        v.clear();
        v.shrink_to_fit();
        BOOST_TEST(v.max_size() == most);
    }
}

BOOST_AUTO_TEST_CASE(without_addresses_there_is_no_element) {
    pinned_vector<long> v, exact(pinned_options{.max_size = 1000});
    refuse(call::mmap);
    BOOST_TEST(v.try_push_back(1) == nullptr);
    BOOST_CHECK_THROW(v.push_back(1), std::bad_alloc);
    BOOST_CHECK_THROW(v.reserve(100), std::bad_alloc);
    BOOST_TEST(exact.try_push_back(1) == nullptr);
    refuse(call::mmap, 0, 4); // what was asked for is exact: nothing less is tried
    BOOST_TEST(exact.try_push_back(1) == nullptr);
    refuse_nothing();
    BOOST_TEST(v.data() == nullptr);
    BOOST_TEST(v.try_push_back(1) != nullptr);
    BOOST_TEST(exact.try_push_back(1) != nullptr);
}

BOOST_AUTO_TEST_CASE(without_memory_the_vector_stays_as_it_is) {
    pinned_vector<long> v;
    for (const std::size_t n : {0u, 1u, 8192u, 500'000u}) {
        v.resize(n, 7);
        v.resize(v.capacity(), 7);
        const std::size_t size = v.size(), capacity = v.capacity();
        const std::size_t mapped = mapped_bytes();
        refuse(call::mprotect);
        BOOST_TEST(v.try_push_back(1) == nullptr);
        BOOST_CHECK_THROW(v.push_back(1), std::bad_alloc);
        BOOST_CHECK_THROW(v.resize(2 * capacity + 1), std::bad_alloc);
        BOOST_CHECK_THROW(v.insert(v.begin(), 3, 1), std::bad_alloc);
        refuse_nothing();
        BOOST_TEST(v.size() == size);
        BOOST_TEST(v.capacity() == capacity);
        BOOST_TEST(mapped_bytes() == mapped);
        BOOST_TEST(v.try_push_back(1) != nullptr);
        v.pop_back();
        for (const long e : v) require_equal(e, 7);
    }
}

BOOST_AUTO_TEST_CASE(where_a_step_is_refused_smaller_ones_are_tried) {
    pinned_vector<char> v;
    v.resize(std::size_t{16} << 20);
    v.resize(v.capacity());
    const std::size_t before = v.capacity();
    refuse(call::mprotect, 0, 2);
    v.push_back('a');
    BOOST_TEST(kernel::refusals() == 2u);
    BOOST_TEST(v.capacity() > before);
    BOOST_TEST(v.capacity() <= before + before / 4 + (std::size_t{2} << 20));
    refuse(call::mprotect, 0, 1000);
    v.resize(v.capacity());
    BOOST_TEST(v.try_push_back('a') == nullptr);
    refuse_nothing();
}

BOOST_AUTO_TEST_CASE(what_is_not_taken_back_stays) {
    for (const call refused : {call::mprotect, call::madvise}) {
        pinned_vector<char> v(std::size_t{1} << 20, 'a');
        const std::size_t capacity = v.capacity();
        v.resize(10);
        refuse(refused);
        v.shrink_to_fit();
        BOOST_TEST(kernel::refusals() == 1u);
        refuse_nothing();
        BOOST_TEST(v.capacity() == capacity);
        BOOST_TEST(v[9] == 'a');
        v.resize(capacity, 'b');
        BOOST_TEST(v.back() == 'b');
    }
}

BOOST_AUTO_TEST_CASE(addresses_that_the_system_does_not_take_back_go_later) {
    // The process keeps a page that tells it from its children, from the first time on that it is asked for.
    { const pinned_vector<char> first(1, 'a', pinned_options{.fork = seg::fork_policy::wipe}); }
    const std::size_t before = mapped_bytes();
    for (const auto policy : {seg::fork_policy::inherit, seg::fork_policy::wipe, seg::fork_policy::exclude}) {
        for (int n = 0; n != 10; ++n) {
            pinned_vector<char> v(100, 'a', pinned_options{.fork = policy});
            refuse(call::munmap);
        }
        BOOST_TEST(kernel::refusals() != 0u);
        refuse_nothing();
        { pinned_vector<char> v(1, 'a'); }
        BOOST_TEST(mapped_bytes() == before);
    }
}

BOOST_AUTO_TEST_CASE(a_fork_policy_that_is_refused_is_memory_that_is_refused) {
    const std::size_t before = mapped_bytes();
    for (const auto policy : {seg::fork_policy::wipe, seg::fork_policy::exclude}) {
        pinned_vector<char> v(pinned_options{.fork = policy});
        refuse(call::madvise);
        BOOST_TEST(v.try_push_back('a') == nullptr);
        BOOST_CHECK_THROW(v.push_back('a'), std::bad_alloc);
        refuse_nothing();
        BOOST_TEST(v.data() == nullptr);
        BOOST_TEST(v.try_push_back('a') != nullptr);
    }
    // Advice about huge pages is only advice.
    pinned_vector<char> v;
    refuse(call::madvise);
    v.push_back('a');
    BOOST_TEST(kernel::refusals() != 0u);
    refuse_nothing();
    v.clear();
    v.shrink_to_fit();
    BOOST_TEST(mapped_bytes() - before < std::size_t{1} << 20);
}

BOOST_AUTO_TEST_SUITE_END()
