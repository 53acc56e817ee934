// What BOOST_CHECK_THROW means in a program without exceptions: the statement prints what failed, and aborts. The
// preset no-exceptions includes it before everything else.
#pragma once

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <string>

#include "last_words.hpp"

/// What the call prints to standard error in a child process that it aborts; nothing if it does not.
template <class Call> std::string words_of_abort(Call call) {
    const last_words died = last_words_of(call);
    return died.status == -SIGABRT ? died.text : std::string();
}

#undef BOOST_CHECK_THROW
#define BOOST_CHECK_THROW(statement, exception) BOOST_TEST(words_of_abort([&] { statement; }).starts_with("seg: "))
#undef BOOST_CHECK_EXCEPTION
#define BOOST_CHECK_EXCEPTION(statement, exception, holds)                                                             \
    BOOST_TEST((holds)(exception(words_of_abort([&] { statement; }))))
