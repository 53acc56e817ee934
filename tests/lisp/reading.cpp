// What the reader makes of a text, and what it says of one that is malformed.
#include "lisp.hpp"

using namespace lisp;

BOOST_AUTO_TEST_SUITE(reading)

template <class Store> std::string read(std::string_view source) {
    try {
        return written<Store>(source).text();
    } catch (const error& e) {
        return place_in(source, e.offset) + ": " + e.what();
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(data_of_all_kinds, Store, stores) {
    BOOST_TEST(read<Store>("") == "");
    BOOST_TEST(read<Store>(" ; nothing\n\t") == "");
    BOOST_TEST(read<Store>("a b") == "a\nb");
    BOOST_TEST(read<Store>("(define (f x) [list x 1])") == "(define (f x) (list x 1))");
    BOOST_TEST(read<Store>("(a . b) (a b . (c))") == "(a . b)\n(a b . (c))");
    BOOST_TEST(read<Store>("() #() #(1 #(2)) #vu8(1 2)") == "()\n#()\n#(1 #(2))\n#vu8(1 2)");
    BOOST_TEST(read<Store>("#t #f #true #false #:key #!eof") == "#t\n#f\n#t\n#f\n#:key\n#!eof");
    BOOST_TEST(read<Store>("(f #t(g)#f)") == "(f #t (g) #f)"); // a boolean is no vector
}

BOOST_AUTO_TEST_CASE_TEMPLATE(numbers, Store, stores) {
    BOOST_TEST(read<Store>("0 -1 +2 9223372036854775807 -9223372036854775808") ==
               "0\n-1\n2\n9223372036854775807\n-9223372036854775808");
    // what is no 64-bit integer stays as it is written
    BOOST_TEST(read<Store>("9223372036854775808 1.5 .5 1. -1e10 2/3 #xFF") ==
               "9223372036854775808\n1.5\n.5\n1.\n-1e10\n2/3\n#xFF");
    Store store;
    syntax<Store> s(store);
    for (const char* const number : {"1.5", ".5", "1.", "-1e10", "+1E+10", "2/3", "#xFF", "18446744073709551616"}) {
        const auto list = reader<Store>(s).read(number);
        BOOST_TEST((s[s[list].first_child].what == kind::number), number);
    }
    for (const char* const name : {"+", "-", "...", "1+", "-1+", "1e", "1/", "/2", "1.2.3", "+a", "a.b"}) {
        const auto list = reader<Store>(s).read(name);
        BOOST_TEST((s[s[list].first_child].what == kind::name), name);
    }
}

BOOST_AUTO_TEST_CASE_TEMPLATE(quotes, Store, stores) {
    BOOST_TEST(read<Store>("'a `(b ,c ,@d)") == "(quote a)\n(quasiquote (b (unquote c) (unquote-splicing d)))");
    BOOST_TEST(read<Store>("''a '#(1)") == "(quote (quote a))\n(quote #(1))");
    BOOST_TEST(read<Store>("#'a #`b #,c #,@d") == "(syntax a)\n(quasisyntax b)\n(unsyntax c)\n(unsyntax-splicing d)");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(comments, Store, stores) {
    BOOST_TEST(read<Store>("a ; b\nc") == "a\nc");
    BOOST_TEST(read<Store>("a #| b #| c |# d ||# e") == "a\ne");
    BOOST_TEST(read<Store>("#!/usr/bin/guile\n!# a") == "a");
    BOOST_TEST(read<Store>("#!r6rs a #!fold-case b") == "a\nb");
    BOOST_TEST(read<Store>("(a #;(b #;c d) e #;f)") == "(a e)");
    BOOST_TEST(read<Store>("#;#;a b c") == "c");
    BOOST_TEST(read<Store>("'#;a b") == "(quote b)");
    BOOST_TEST(read<Store>("a ; to the end") == "a");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(strings_and_characters, Store, stores) {
    BOOST_TEST(read<Store>(R"("plain" "" "a;b(c")") == "\"plain\"\n\"\"\n\"a;b(c\"");
    BOOST_TEST(read<Store>(R"("\"\\\n\t\a")") == "\"\"\\\n\t\a\"");
    BOOST_TEST(read<Store>("\"on\\\n   e\"") == "\"one\"");
    BOOST_TEST(read<Store>(R"("\x41\x3bb;\u00e9\U01F600")") == "\"A\u03bb\u00e9\U0001F600\"");
    BOOST_TEST(read<Store>(R"(#\a #\space #\( #\" #\x41)") == "#\\a\n#\\space\n#\\(\n#\\\"\n#\\x41");
    BOOST_TEST(read<Store>("#{a name}#") == "a name");
    BOOST_TEST(read<Store>("\xce\xbb") == "\xce\xbb");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(nesting_of_any_depth, Store, stores) {
    constexpr std::size_t depth = 300'000;
    Store store;
    syntax<Store> s(store);
    auto at = reader<Store>(s).read(std::string(depth, '(') + std::string(depth, ')'));
    std::size_t found = 0;
    for (; s[at].first_child != none<decltype(at)>(); at = s[at].first_child) ++found;
    BOOST_TEST(found == depth);
}

BOOST_AUTO_TEST_CASE_TEMPLATE(a_name_is_the_same_each_time, Store, stores) {
    Store store;
    syntax<Store> s(store);
    std::vector<typename syntax<Store>::name_link> names;
    for (int i = 0; i != 5000; ++i) names.push_back(s.intern("name " + std::to_string(i)));
    for (int i = 0; i != 5000; ++i)
        BOOST_TEST((s.intern("name " + std::to_string(i)) == names[static_cast<std::size_t>(i)]));
    BOOST_TEST(s.names() == 5000u);
    BOOST_TEST(std::string_view(s.named(names[4321]).text) == "name 4321");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(malformed, Store, stores) {
    BOOST_TEST(read<Store>("(a\n (b)") == "1:1: this is not closed");
    BOOST_TEST(read<Store>("a)") == "1:2: there is nothing to close");
    BOOST_TEST(read<Store>("(a]") == "1:3: it was opened with the other bracket than ]");
    BOOST_TEST(read<Store>("[a)") == "1:3: it was opened with the other bracket than )");
    BOOST_TEST(read<Store>("#(a]") == "1:4: it was opened with the other bracket than ]");
    BOOST_TEST(read<Store>("a\n  '") == "2:3: nothing follows that belongs to this");
    BOOST_TEST(read<Store>("(a ')") == "1:4: nothing follows that belongs to this");
    BOOST_TEST(read<Store>("(#;)") == "1:2: nothing follows that belongs to this");
    BOOST_TEST(read<Store>("(. a)") == "1:2: a dot may not stand here");
    BOOST_TEST(read<Store>(". a") == "1:1: a dot may not stand here");
    BOOST_TEST(read<Store>("#(a . b)") == "1:5: a dot may not stand here");
    BOOST_TEST(read<Store>("(a . )") == "1:6: nothing stands behind the dot");
    BOOST_TEST(read<Store>("(a . b c)") == "1:8: only one may stand behind the dot");
    BOOST_TEST(read<Store>("(a . b . c)") == "1:8: a dot may not stand here");
    BOOST_TEST(read<Store>("\"a\nb") == "1:1: the string does not end");
    BOOST_TEST(read<Store>("\"a\\") == "1:1: the string does not end");
    BOOST_TEST(read<Store>("\n\"\\xg\"") == "2:2: the escape lacks a digit");
    BOOST_TEST(read<Store>("\"\\u00\"") == "1:2: the escape lacks a digit");
    BOOST_TEST(read<Store>("\"\\x") == "1:2: the escape lacks a digit");
    BOOST_TEST(read<Store>("\"\\x110000;\"") == "1:2: there is no such character");
    BOOST_TEST(read<Store>("\"\\ud800\"") == "1:2: there is no such character");
    BOOST_TEST(read<Store>("\"\\xfffffffffff;\"") == "1:2: there is no such character");
    BOOST_TEST(read<Store>("#| a #| b |#") == "1:1: the comment does not end");
    BOOST_TEST(read<Store>("#|") == "1:1: the comment does not end");
    BOOST_TEST(read<Store>("a #! b") == "1:3: the comment does not end");
    BOOST_TEST(read<Store>("#{a") == "1:1: the name does not end");
    BOOST_TEST(read<Store>("#\\") == "1:1: #\\ is followed by no character");
    BOOST_TEST(read<Store>(std::string_view("#\0", 2)) == "1:1: # is followed by nothing that is known");
    BOOST_TEST(read<Store>("\"\\U12") == "1:2: the escape lacks a digit");
    BOOST_TEST(read<Store>("#") == "1:1: # is followed by nothing that is known");
    BOOST_TEST(read<Store>("#<undefined>") == "1:1: # is followed by nothing that is known");
}

BOOST_AUTO_TEST_SUITE_END()
