// The kernel's filter of system calls. A filter stays until the process ends, so a child process installs it.
#pragma once

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cstddef>
#include <cstdint>
#include <initializer_list>
#include <vector>

namespace filter {

/// Every call by which an arena changes the address space.
inline constexpr std::initializer_list<long> about_memory = {SYS_mmap, SYS_munmap, SYS_mremap, SYS_mprotect,
                                                             SYS_madvise};

/// From now on the kernel answers the named calls of this process in one way, and all others in another way. The
/// process ends with status 99 if the kernel refuses the filter.
inline void install_filter(std::initializer_list<long> named, std::uint32_t for_named, std::uint32_t for_others) {
    std::vector<::sock_filter> program{BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(::seccomp_data, nr))};
    for (const long call : named) {
        program.push_back(BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, static_cast<std::uint32_t>(call), 0, 1));
        program.push_back(BPF_STMT(BPF_RET | BPF_K, for_named));
    }
    program.push_back(BPF_STMT(BPF_RET | BPF_K, for_others));
    const ::sock_fprog filter{.len = static_cast<unsigned short>(program.size()), .filter = program.data()};
    if (::prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) != 0 || ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &filter) != 0)
        ::_exit(99);
}

/// From now on these calls fail with this error.
inline void refuse(std::initializer_list<long> calls, int error) {
    install_filter(calls, SECCOMP_RET_ERRNO | (static_cast<std::uint32_t>(error) & SECCOMP_RET_DATA),
                   SECCOMP_RET_ALLOW);
}

/// From now on these calls end the process, with SIGSYS.
inline void forbid(std::initializer_list<long> calls) {
    install_filter(calls, SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_ALLOW);
}

/// From now on every call ends the process, except its own end and what a checked build asks about its thread.
inline void forbid_all() { install_filter({SYS_exit_group, SYS_gettid}, SECCOMP_RET_ALLOW, SECCOMP_RET_KILL_PROCESS); }

} // namespace filter
