// thread_id() and process_id() are the kernel's numbers.
#include <pthread.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include "child.hpp"

import seg.sys;

namespace {

namespace sys = seg::sys;

struct numbers {
    int ours = 0;
    int libcs = 0;
};

void* ask(void* answer) {
    *static_cast<numbers*>(answer) = {.ours = sys::thread_id(), .libcs = static_cast<int>(::gettid())};
    return nullptr;
}

} // namespace

BOOST_AUTO_TEST_SUITE(threads)

BOOST_AUTO_TEST_CASE(a_thread_has_the_number_that_the_kernel_gave_it) {
    static_assert(noexcept(sys::thread_id()));
    BOOST_TEST(sys::thread_id() == ::gettid());
    BOOST_TEST(sys::thread_id() == sys::thread_id());

    numbers other;
    pthread_t thread;
    BOOST_REQUIRE(::pthread_create(&thread, nullptr, ask, &other) == 0);
    BOOST_REQUIRE(::pthread_join(thread, nullptr) == 0);
    BOOST_TEST(other.ours == other.libcs);
    BOOST_TEST(other.ours != sys::thread_id());
}

BOOST_AUTO_TEST_CASE(a_process_has_the_number_that_the_kernel_gave_it_and_its_child_another) {
    static_assert(noexcept(sys::process_id()));
    BOOST_TEST(sys::process_id() == ::getpid());
    const int ours = sys::process_id();
    const int failed_step = child::status([ours] {
        if (sys::process_id() != ::getpid()) return 1;
        return sys::process_id() != ours ? 0 : 2;
    });
    BOOST_TEST(failed_step == 0);
}

BOOST_AUTO_TEST_SUITE_END()
