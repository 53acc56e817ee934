// What a call that is meant to die says before: it runs in a child process.
#pragma once

#include <sys/wait.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <string>

struct last_words {
    std::string text; ///< what went to standard error
    int signal;       ///< what the child died of; 0 if it did not
};

template <class Call> last_words last_words_of(Call call) {
    int ends[2];
    BOOST_REQUIRE(::pipe(ends) == 0);
    const pid_t child = ::fork();
    if (child == 0) {
        ::dup2(ends[1], 2);
        // The test framework has handlers; what is meant to happen is not for it to report.
        for (const int signal : {SIGABRT, SIGILL, SIGTRAP}) std::signal(signal, SIG_DFL);
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
    return {text, WIFSIGNALED(status) ? WTERMSIG(status) : 0};
}
