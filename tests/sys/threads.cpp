// The number of a thread is the kernel's, and no two running ones share it.
#include <pthread.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

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
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) ::_exit(sys::process_id() == ::getpid() && sys::process_id() != ours ? 0 : 1);
    int status = -1;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    BOOST_TEST(status == 0);
}

BOOST_AUTO_TEST_SUITE_END()
