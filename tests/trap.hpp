// What a checked build does where a precondition is broken: it prints which call, where and the values, and traps.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <cstddef>
#include <source_location>
#include <string>
#include <utility>

/// What the call prints to standard error in a child process, and whether it died of a trap.
template <class Call> std::pair<std::string, bool> trap(Call call) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], 2);
        std::signal(SIGILL, SIG_DFL);
        std::signal(SIGTRAP, SIG_DFL);
        call();
        ::_exit(0);
    }
    ::close(ends[1]);
    std::string text;
    char part[256];
    for (ssize_t n; (n = ::read(ends[0], part, sizeof part)) > 0;) text.append(part, static_cast<std::size_t>(n));
    ::close(ends[0]);
    int status = 0;
    ::waitpid(child, &status, 0);
    return {text, WIFSIGNALED(status) && (WTERMSIG(status) == SIGILL || WTERMSIG(status) == SIGTRAP)};
}

/// The call traps with a message that names it, these values, and the test's file if it is known there.
template <class Call>
void expect_trap(const std::string& name, const std::string& values, bool located, Call call,
                 const std::source_location& test = std::source_location::current()) {
    const auto [text, trapped] = trap(call);
    BOOST_TEST_CONTEXT(text) {
        BOOST_TEST(trapped);
        BOOST_TEST(text.find(name + ": precondition broken: ") != std::string::npos);
        BOOST_TEST(text.find(values) != std::string::npos);
        if (located) BOOST_TEST(text.find(test.file_name() + std::string(":")) != std::string::npos);
    }
}
