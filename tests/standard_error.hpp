// What a call writes to standard error.
#pragma once

#include <sys/mman.h>
#include <unistd.h>

#include <boost/test/unit_test.hpp>

#include <string>

/// While it exists, what the process and its new children write to standard error goes to a file in memory.
class standard_error {
public:
    standard_error() : original_(::dup(2)), file_(::memfd_create("standard error", 0)) {
        BOOST_REQUIRE(original_ >= 0);
        BOOST_REQUIRE(::dup2(file_, 2) == 2);
    }
    standard_error(const standard_error&) = delete;
    ~standard_error() {
        ::dup2(original_, 2);
        ::close(original_);
        ::close(file_);
    }

    /// Everything that was written so far.
    std::string text() const {
        std::string text;
        char part[256];
        for (ssize_t n; (n = ::pread(file_, part, sizeof part, static_cast<off_t>(text.size()))) > 0;)
            text.append(part, static_cast<std::size_t>(n));
        return text;
    }

private:
    int original_;
    int file_;
};

/// What the call writes to standard error.
template <class Call> std::string printed_by(Call call) {
    const standard_error error;
    call();
    return error.text();
}
