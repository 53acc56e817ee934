// Steps that end, or limit, a process run in a child of it.
#pragma once

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstddef>
#include <initializer_list>
#include <vector>

namespace child {

/// What waitpid says of a child that runs the steps; if they return, its exit status is what they return.
template <class Steps> int wait_status(Steps steps) {
    const pid_t id = ::fork();
    BOOST_REQUIRE(id >= 0);
    if (id == 0) {
        const ::rlimit no_core{.rlim_cur = 0, .rlim_max = 0};
        ::setrlimit(RLIMIT_CORE, &no_core);
        // The test framework has handlers; what is meant to happen is not for it to report.
        for (const int signal : {SIGSEGV, SIGBUS, SIGSYS}) std::signal(signal, SIG_DFL);
        ::syscall(SYS_exit_group, steps()); // past a sanitizer, which would look for leaks first
    }
    int status = 0;
    BOOST_REQUIRE(::waitpid(id, &status, 0) == id);
    return status;
}

/// The exit status of a child that runs the steps: 0, or the number of the one that failed; minus the signal that it
/// died of.
template <class Steps> int status(Steps steps) {
    const int status = wait_status(steps);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

/// Writes a byte without asking a sanitizer first: what counts is whether the system lets it happen.
__attribute__((noinline, no_sanitize("address"))) inline void touch(void* p) { *static_cast<volatile char*>(p) = 1; }

/// Whether writing to the byte is a fault.
inline bool faults(void* p) {
    return status([p] {
               touch(p);
               return 0;
           }) == -SIGSEGV;
}

/// From here on the process dies of a system call other than the ones named, or the named ones fail with the error.
inline bool filter_calls(std::initializer_list<long> named, bool named_fail, int error) {
    std::vector<::sock_filter> program{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(::seccomp_data, nr))};
    const unsigned for_named = named_fail ? SECCOMP_RET_ERRNO | static_cast<unsigned>(error) : SECCOMP_RET_ALLOW;
    const unsigned for_others = named_fail ? SECCOMP_RET_ALLOW : SECCOMP_RET_KILL_PROCESS;
    for (const long call : named) {
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<unsigned>(call), 0, 1));
        program.push_back(BPF_STMT(BPF_RET | BPF_K, for_named));
    }
    program.push_back(BPF_STMT(BPF_RET | BPF_K, for_others));
    const ::sock_fprog filter{.len = static_cast<unsigned short>(program.size()), .filter = program.data()};
    return ::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) == 0 && ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) == 0;
}

/// From here on the system refuses the calls with this error.
inline bool refuse(std::initializer_list<long> calls, int error) { return filter_calls(calls, true, error); }

/// From here on any system call ends the process, but for its own end, and what a checked build asks of its thread.
inline bool forbid_all_calls() { return filter_calls({SYS_exit_group, SYS_gettid}, false, 0); }

} // namespace child
