// What a call writes to standard error before it ends the process. It runs in a child process.
#pragma once

#include <string>

#include "child.hpp"
#include "standard_error.hpp"

struct last_words {
    std::string text; ///< what went to standard error
    int status;       ///< 0 if the call returned; otherwise the exit status, or minus the signal that ended the child
};

template <class Call> last_words last_words_of(Call call) {
    last_words words{};
    words.text = printed_by([&] {
        words.status = child::status([&] {
            call();
            return 0;
        });
    });
    return words;
}
