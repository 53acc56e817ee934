// What a checked build does where a precondition is broken: it prints which call, where and the values, and traps.
#pragma once

#include <boost/test/unit_test.hpp>

#include <csignal>
#include <source_location>
#include <string>
#include <utility>

#include "last_words.hpp"

/// What the call prints to standard error in a child process, and whether it died of a trap.
template <class Call> std::pair<std::string, bool> trap(Call call) {
    const last_words died = last_words_of(call);
    return {died.text, died.status == -SIGILL || died.status == -SIGTRAP};
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

/// The call prints nothing, and does not trap.
template <class Call> void expect_none(Call call) {
    const auto [text, trapped] = trap(call);
    BOOST_TEST_CONTEXT(text) {
        BOOST_TEST(!trapped);
        BOOST_TEST(text.empty());
    }
}
