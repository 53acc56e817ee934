// A child process that the kernel refuses system calls, or that it ends for making them.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <cerrno>
#include <csignal>
#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace filter {

/// Every call by which an arena changes the address space.
inline constexpr std::initializer_list<long> calls_about_memory = {SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect,
                                                                   SYS_madvise};

inline std::uint32_t with_error(int number) {
    return SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(number) & SECCOMP_RET_DATA);
}
inline constexpr std::uint32_t with_death = SECCOMP_RET_KILL_PROCESS;

/// From here on these calls of this process are answered so, and no others are. For good: a child's business.
inline void answer(std::initializer_list<long> calls, std::uint32_t action) {
    std::vector<::sock_filter> program;
    program.push_back(BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(::seccomp_data, nr)));
    for (const long call : calls) {
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
        program.push_back(BPF_STMT(BPF_RET | BPF_K, action));
    }
    program.push_back(BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW));
    const ::sock_fprog whole{.len = static_cast<unsigned short>(program.size()), .filter = program.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &whole) != 0)
        ::_exit(99);
}

/// How a child ended in which the steps ran: with the number that they returned, 99 where it cannot have a filter, or
/// with minus the signal that ended it.
template <class Steps> int end_of_child(Steps steps) {
    const pid_t child = ::fork();
    BOOST_REQUIRE(child >= 0);
    if (child == 0) ::_exit(steps());
    int status = 0;
    BOOST_REQUIRE(::waitpid(child, &status, 0) == child);
    return WIFEXITED(status) ? WEXITSTATUS(status) : -WTERMSIG(status);
}

} // namespace filter
