// What a test says of an exception, for a program without: the statement prints what failed, and aborts. Included before
// all else where the preset no-exceptions compiles a test.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <string>

/// What the call prints to standard error in a child process that it aborts; nothing if it does not.
template <class Call> std::string last_words(Call call) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], 2);
        std::signal(SIGABRT, SIG_DFL);
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
    return WIFSIGNALED(status) && WTERMSIG(status) == SIGABRT ? text : std::string();
}

#undef BOOST_CHECK_THROW
#define BOOST_CHECK_THROW(statement, exception) BOOST_TEST(last_words([&] { statement; }).starts_with("seg: "))
#undef BOOST_CHECK_EXCEPTION
#define BOOST_CHECK_EXCEPTION(statement, exception, holds)                                                             \
    BOOST_TEST((holds)(exception(last_words([&] { statement; }))))
