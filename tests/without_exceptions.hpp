// What a test says of an exception, for a program without: the statement prints what failed, and aborts. Included before
// all else where the preset no-exceptions compiles a test.
#pragma once

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <string>

#include "last_words.hpp"

/// What the call prints to standard error in a child process that it aborts; nothing if it does not.
template <class Call> std::string words_of_abort(Call call) {
    const last_words died = last_words_of(call);
    return died.signal == SIGABRT ? died.text : std::string();
}

#undef BOOST_CHECK_THROW
#define BOOST_CHECK_THROW(statement, exception) BOOST_TEST(words_of_abort([&] { statement; }).starts_with("seg: "))
#undef BOOST_CHECK_EXCEPTION
#define BOOST_CHECK_EXCEPTION(statement, exception, holds)                                                             \
    BOOST_TEST((holds)(exception(words_of_abort([&] { statement; }))))
