// How a test's own code throws: in a program without exceptions it says so and aborts, as the library does.
#pragma once

#include <cstdio>
#include <cstdlib>

template <class Exception> [[noreturn]] inline void raise([[maybe_unused]] const Exception& exception) {
#ifdef __cpp_exceptions
    throw exception;
#else
    std::fputs("seg: the test's own code raises\n", stderr);
    std::abort();
#endif
}
