// Checks for inner loops and for templates that are instantiated for many types: a test framework's macros expand to
// hundreds of lines a use, these to a call. The first one that fails ends the test.
#pragma once

#include <cstdio>
#include <cstdlib>
#include <source_location>
#include <sstream>
#include <stdexcept>
#include <string>

#include "raise.hpp"

/// What a failed check throws; the test framework, or the fuzzer, reports it.
struct check_failed : std::logic_error {
    using std::logic_error::logic_error;
};

[[noreturn]] inline void fail_at(const std::source_location& where, const std::string& what) {
#ifndef __cpp_exceptions
    std::fprintf(stderr, "%s:%u: %s\n", where.file_name(), static_cast<unsigned>(where.line()), what.c_str());
#endif
    raise(check_failed(std::string(where.file_name()) + ":" + std::to_string(where.line()) + ": " + what));
}

inline void require(bool holds, const std::source_location& where = std::source_location::current()) {
    if (!holds) fail_at(where, "does not hold");
}

/// The same where nothing may be thrown: it ends the program.
inline void insist(bool holds, const char* otherwise) noexcept {
    if (holds) return;
    std::fputs(otherwise, stderr);
    std::abort();
}

template <class A, class B>
void require_equal(const A& a, const B& b, const std::source_location& where = std::source_location::current()) {
    if (a == b) return;
    std::ostringstream text;
    text << a << " is not " << b;
    fail_at(where, text.str());
}
