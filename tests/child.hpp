// A child process, for steps that end or limit the process that runs them.
#pragma once

#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <algorithm>
#include <csignal>
#include <cstddef>

namespace child {

/// What waitpid says of a child that runs the steps. If they return, they return the exit status. If they throw, the
/// child aborts.
template <class Steps> int wait_status(Steps steps) {
    const pid_t id = ::fork();
    BOOST_REQUIRE(id >= 0);
    if (id == 0) {
        const ::rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        // The test framework has handlers, and would report a signal that the test expects.
        for (const int signal : {SIGABRT, SIGBUS, SIGILL, SIGSEGV, SIGSYS, SIGTRAP}) std::signal(signal, SIG_DFL);
        const auto run = [&steps]() noexcept -> int { return steps(); };
        ::syscall(SYS_exit_group, run()); // past a sanitizer, which would look for leaks first
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(id, &status, 0) == id);
    return status;
}

/// How a child ends that runs the steps: the number that they return, which is 0 or that of the step that failed; or
/// minus the signal that ends the child.
template <class Steps> int status(Steps steps) {
    const int status = wait_status(steps);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// Writes a byte without asking a sanitizer first: what counts is whether the system allows it.
__attribute__((noinline, no_sanitize("address"))) inline void touch(void* p) { *static_cast<volatile char*>(p) = 1; }

/// Whether writing to the byte is a fault.
inline bool faults(void* p) {
    return status([p] {
               touch(p);
               return 0;
           }) == -SIGSEGV;
}

/// What a process may have a limited amount of: RLIMIT_AS, bytes that are mapped, or RLIMIT_DATA, bytes of private
/// memory that is writable.
using resource = decltype(RLIMIT_AS);

/// From now on this process may have at most this many bytes of the resource. Returns whether the system accepts that.
inline bool limit(resource of, std::size_t bytes) {
    ::rlimit limit{};
    if (::getrlimit(of, &limit) != 0) return false;
    limit.rlim_cur = std::min<::rlim_t>(bytes, limit.rlim_max);
    return ::setrlimit(of, &limit) == 0;
}

} // namespace child
