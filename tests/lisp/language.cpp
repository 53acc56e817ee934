// What programs of the small Lisp write, and what is said of those that are wrong.
#include "lisp.hpp"

using namespace lisp;

BOOST_AUTO_TEST_SUITE(language)

BOOST_AUTO_TEST_CASE_TEMPLATE(arithmetic, Store, stores) {
    BOOST_TEST(run<Store>("(display (+ 1 (* 2 3) (- 10 4 1)))") == "12");
    BOOST_TEST(run<Store>("(display (quotient -7 2)) (display (remainder -7 2))") == "-3-1");
    BOOST_TEST(run<Store>("(display (quotient 7 -1)) (display (remainder (- 0 9223372036854775807 1) -1))") == "-70");
    BOOST_TEST(
        run<Store>("(display (= 1 1)) (display (< 1 1)) (display (> 2 1)) (display (<= 1 1)) (display (>= 0 1))") ==
        "#t#f#t#t#f");
    BOOST_TEST(run<Store>("(display 3000000000) (display (- 0 9223372036854775807 1))") ==
               "3000000000-9223372036854775808");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(conditions, Store, stores) {
    BOOST_TEST(run<Store>("(display (if #f 1 2)) (display (if 0 1 2)) (display (if #f 1))") == "21()");
    BOOST_TEST(run<Store>("(display (and)) (display (and 1 2)) (display (and #f (car 1)))") == "#t2#f");
    BOOST_TEST(run<Store>("(display (or)) (display (or #f 2)) (display (or 1 (car 1)))") == "#f21");
    BOOST_TEST(run<Store>("(display (not 1)) (display (not #f))") == "#f#t");
    BOOST_TEST(run<Store>("(define (f x) (cond ((< x 0) 'less) ((= x 0) 'none) (else 1 'more)))"
                          "(display (f -1)) (display (f 0)) (display (f 1))") == "lessnonemore");
    BOOST_TEST(run<Store>("(display (cond (#f 1)))") == "()");
    BOOST_TEST(
        run<Store>("(display (when #t 1 2)) (display (when #f 1)) (display (unless #f 3)) (display (unless 1 4))") ==
        "2()3()");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(variables, Store, stores) {
    BOOST_TEST(run<Store>("(define a 1) (set! a (+ a 1)) (display a)") == "2");
    BOOST_TEST(run<Store>("(let ((a 1) (b 2)) (display (+ a b)))") == "3");
    BOOST_TEST(run<Store>("(define a 1) (let ((a 2) (b a)) (display b))") == "1");
    BOOST_TEST(run<Store>("(define a 1) (let* ((a 2) (b a)) (display b))") == "2");
    BOOST_TEST(run<Store>("(let ((a 1)) (let ((a 2)) (set! a 3)) (display a))") == "1");
    BOOST_TEST(run<Store>("(define (f) (define a 1) (define (g x) (* x 2)) (+ a (g 4))) (display (f))") == "9");
    BOOST_TEST(run<Store>("(display (+ 1 (let ((a 2)) (let ((b 3)) (+ a b))) 4))") == "10");
    BOOST_TEST(run<Store>("(begin (define a 1) (define b 2)) (display (+ a b))") == "3");
    BOOST_TEST(
        run<Store>("(let ((i 0) (sum 0)) (while (< i 5) (set! sum (+ sum i)) (set! i (+ i 1))) (display sum))") ==
        "10");
    BOOST_TEST(run<Store>("(define (f car) (+ car 1)) (display (f 1))") == "1:12: car is built in");
    BOOST_TEST(run<Store>("(define a 1) (let () (define a 2) a) (display a)") == "1");
    BOOST_TEST(run<Store>("(let () (define (helper) 7) (helper)) (helper)") == "1:40: nothing is called helper");
    BOOST_TEST(run<Store>("(define x 1) (define (f) (define (g) x) (define x 2) (g)) (display (f))") ==
               "1"); // from there on
}

BOOST_AUTO_TEST_CASE_TEMPLATE(functions, Store, stores) {
    BOOST_TEST(run<Store>("(define (even n) (or (= n 0) (odd (- n 1)))) (define (odd n) (and (> n 0) (even (- n 1))))"
                          "(display (even 100001))") == "#f"); // calls in the place of the value need no stack
    BOOST_TEST(run<Store>("(display ((lambda (a b) (- a b)) 5 3))") == "2");
    BOOST_TEST(run<Store>("(define (twice f x) (f (f x))) (display (twice (lambda (x) (* x x)) 3))") == "81");
    BOOST_TEST(run<Store>("(display (let loop ((i 0) (sum 0)) (if (= i 10) sum (loop (+ i 1) (+ sum i)))))") == "45");
    BOOST_TEST(run<Store>("(display car)") == "1:10: car is built in, and no value");
    BOOST_TEST(run<Store>("(define (f) 1) (display f)") == "#<procedure>");
    // a global function is what its global is
    BOOST_TEST(run<Store>("(define (f n) (if (= n 0) 'old (f (- n 1)))) (define g f) (set! f (lambda (n) 'new))"
                          "(display (g 3))") == "new");
    BOOST_TEST(run<Store>("(define (f) (set! f 1)) (f) (display f)") == "1");
    // a local one knows itself
    BOOST_TEST(
        run<Store>("(define (g n) 'global) (define (f) (define g (lambda (n) (if (= n 0) 'local (g (- n 1))))) (g 3))"
                   "(display (f))") == "local");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(closures, Store, stores) {
    BOOST_TEST(run<Store>("(define (adder n) (lambda (x) (+ x n))) (display ((adder 3) 4)) (display ((adder 5) 4))") ==
               "79");
    BOOST_TEST(run<Store>("(define (f a) (lambda (b) (lambda (c) (+ a (* b c))))) (display (((f 1) 2) 3))") == "7");
    BOOST_TEST(run<Store>("(define (f n) (let count ((i 0)) (if (< i n) (count (+ i 1)) (* i n)))) (display (f 6))") ==
               "36");
    // the inner function copies the outer one by its name
    BOOST_TEST(run<Store>("(display (let f ((n 3)) (if (= n 0) 0 (+ n ((lambda (m) (f m)) (- n 1))))))") == "6");
    BOOST_TEST(run<Store>("(let ((a 1)) (display ((lambda () a))))") == "1");
    BOOST_TEST(run<Store>("(let ((a 1)) (lambda () (set! a 2)))") == "1:31: a is a copy, and so cannot be set!");
    BOOST_TEST(run<Store>("(let ((a 1)) (lambda () a) (set! a 2))") ==
               "1:34: a has been copied into a function, and so cannot be set!");
    BOOST_TEST(run<Store>("(let ((a 1)) (set! a 2) (lambda () a))") ==
               "1:36: a is set!, and so cannot be copied into a function");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(pairs_and_names, Store, stores) {
    BOOST_TEST(run<Store>("(display '(1 (a \"b\") . ()))") == "1:11: the language has no such values");
    BOOST_TEST(run<Store>("(display '(1 (a \"b\") #t ()))") == "(1 (a b) #t ())");
    BOOST_TEST(run<Store>("(display (cons 1 (cons 2 3)))") == "(1 2 . 3)");
    BOOST_TEST(run<Store>("(define p (cons 1 2)) (set-car! p 3) (set-cdr! p '()) (display p)") == "(3)");
    BOOST_TEST(run<Store>("(display (null? '())) (display (pair? '())) (display (pair? '(1)))") == "#t#f#t");
    BOOST_TEST(run<Store>("(display (eq? 'a 'a)) (display (eq? 'a 'b)) (display (eq? (cons 1 1) (cons 1 1)))") ==
               "#t#f#f");
    BOOST_TEST(run<Store>("(display ())") == "()");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(strings_of_programs, Store, stores) {
    BOOST_TEST(
        run<Store>("(define s (string-append \"ab\" (number->string -12))) (display s) (display (string-length s))"
                   "(newline)") == "ab-125\n");
    BOOST_TEST(
        run<Store>("(define s \"\") (define i 0) (while (< i 100) (set! s (string-append s \"xy\")) (set! i (+ i 1)))"
                   "(display (string-length s))") == "200");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(arrays, Store, stores) {
    for (const char* const hint : {"", "0", "3", "1000"}) {
        const std::string source = "(define a (array " + std::string(hint) + "))" + R"(
            (let fill ((i 0)) (when (< i 100) (array-push! a (* i i)) (fill (+ i 1))))
            (array-set! a 50 'x)
            (display (array-length a)) (display " ")
            (display (array-ref a 99)) (display " ")
            (display (array-ref a 50)) (display " ")
            (display (array-pop! a)) (display " ")
            (display (array-length a)))";
        BOOST_TEST(run<Store>(source) == "100 9801 x 9801 99");
    }
    BOOST_TEST(run<Store>("(define a (array)) (array-push! a (array)) (array-push! a 1) (display a)") == "#(#() 1)");
    BOOST_TEST(run<Store>("(array-ref (array) 0)") == "1:1: there is no element 0 among 0");
    BOOST_TEST(run<Store>("(define a (array))\n (array-set! a -1 0)") == "2:2: there is no element -1 among 0");
    BOOST_TEST(run<Store>("(array-pop! (array))") == "1:1: the array is empty");
    BOOST_TEST(run<Store>("(array -1)") == "1:1: no array has -1 elements");
    BOOST_TEST(run<Store>("(display (array-length (array 1000000000000)))") == "0"); // no more than a hint
    BOOST_TEST(run<Store>("(array 1 2)") == "1:10: this is one too many");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(wrong_programs, Store, stores) {
    BOOST_TEST(run<Store>("(display 1)\n(display (+ nothing 1))") == "2:13: nothing is called nothing");
    BOOST_TEST(run<Store>("(display 1) (display (f)) (define (f) 1)") == "11:23: this has no value yet");
    BOOST_TEST(run<Store>("(display 1)\n(display (+ 1 'a))") == "12:10: this has to be an integer, and is a name");
    BOOST_TEST(run<Store>("(+ #f 1)") == "1:1: this has to be an integer, and is a boolean");
    BOOST_TEST(run<Store>("(car 1)") == "1:1: this has to be a pair, and is an integer");
    BOOST_TEST(run<Store>("(array-ref 1 1)") == "1:1: this has to be an array, and is an integer");
    BOOST_TEST(run<Store>("(string-length '())") == "1:1: this has to be a string, and is the empty list");
    BOOST_TEST(run<Store>("(1 2)") == "1:1: this has to be a function, and is an integer");
    BOOST_TEST(run<Store>("(define (f a) a)\n(f)") == "2:1: the function takes 1 arguments, and is given 0");
    BOOST_TEST(run<Store>("(display (quotient 1 0))") == "1:10: division by zero");
    BOOST_TEST(run<Store>("(display (remainder 1 0))") == "1:10: division by zero");
    BOOST_TEST(run<Store>("(quotient (- 0 9223372036854775807 1) -1)") == "1:1: the number is too large");
    BOOST_TEST(run<Store>("(* 9223372036854775807 2)") == "1:1: the number is too large");
    BOOST_TEST(run<Store>("(define (f n)\n (+ 1 (f n)))\n(f 1)") == "2:7: functions call each other too deeply");
    BOOST_TEST(run<Store>("(if)") == "1:1: this is not complete");
    BOOST_TEST(run<Store>("(if 1 2 3 4)") == "1:11: this is one too many");
    BOOST_TEST(run<Store>("(let ((1 2)) 3)") == "1:8: here has to be a name");
    BOOST_TEST(run<Store>("(lambda (a a) a)") == "1:12: a is an argument already");
    BOOST_TEST(run<Store>("(define if 1)") == "1:9: if is built in");
    BOOST_TEST(run<Store>("(display (+ 1 (define a 1)))") == "1:15: a definition stands in a body only");
    BOOST_TEST(run<Store>("(display (define a 1))") == "1:10: a definition stands in a body only");
    BOOST_TEST(run<Store>("(let ((x (define y 3))) x)") == "1:10: a definition stands in a body only");
    BOOST_TEST(run<Store>("(if #t (define a 1))") == "1:8: a definition stands in a body only");
    for (const char* const program :
         {"((lambda (a . rest) a) 1 2)", "(lambda args args)", "(lambda 5 1)", "(let 5 1)", "(let ((a . 1)) a)",
          "(let #((a 1)) a)", "(cond #(#t 1))", "(let* foo ((a 1)) a)", "(+ 1 . (2))", "(define (f . a) a)"})
        BOOST_TEST((run<Store>(program).ends_with(": here has to be a list") ||
                    run<Store>(program).ends_with(": here has to be a name") ||
                    run<Store>(program).ends_with(": the language has no such values")),
                   program);
    BOOST_TEST(run<Store>("(let ((a 1) (a 2)) a)") == "1:14: a is bound already");
    BOOST_TEST(run<Store>("(let* ((a 1) (a (+ a 1))) (display a))") == "2");
    BOOST_TEST(run<Store>("(< 'a \"b\")") == "1:1: this has to be an integer, and is a name");
    BOOST_TEST(run<Store>("(define (f) (define a 1))") == "1:13: a definition is not the last in a body");
    BOOST_TEST(run<Store>("(else 1)") == "1:1: else stands in the last clause of cond only");
    BOOST_TEST(run<Store>("(cond (else 1) (#t 2))") == "1:16: this is one too many");
    BOOST_TEST(run<Store>("(car 1 2)") == "1:8: this is one too many");
    BOOST_TEST(run<Store>("(cons 1)") == "1:1: cons takes 2 values");
    BOOST_TEST(run<Store>("(+ 1)") == "1:1: + takes at least 2 values");
    BOOST_TEST(run<Store>("(not)") == "1:1: not takes 1 value");
    BOOST_TEST(run<Store>("(display 1.5)") == "1:10: the language has no such values");
}

BOOST_AUTO_TEST_CASE_TEMPLATE(programs_without_an_end, Store, stores) {
    std::string deep = "1";
    for (int i = 0; i != 2000; ++i) deep = "(+ 1 " + deep + ")";
    BOOST_TEST(run<Store>(deep).ends_with(": this is nested too deeply"));
    std::string definitions;
    for (int i = 0; i != 20'000; ++i) definitions += "(define (f) ";
    definitions += "1";
    for (int i = 0; i != 20'000; ++i) definitions += " 1)";
    BOOST_TEST(run<Store>(definitions).ends_with(": this is nested too deeply"));
    std::string begins = "1";
    for (int i = 0; i != 2000; ++i) begins = "(begin " + begins + ")";
    BOOST_TEST(run<Store>(begins).ends_with(": this is nested too deeply"));
    std::string arguments = "(lambda (";
    for (int i = 0; i != 100'000; ++i) arguments += " a" + std::to_string(i);
    BOOST_TEST(run<Store>(arguments + ") 1)").ends_with(": these are too many values at once"));
    BOOST_TEST(
        run<Store>("(define s \"ab\") (while #t (set! s (string-append s s)))").ends_with(": the string is too long"));
    std::string wide = "(f";
    for (int i = 0; i != 5000; ++i) wide += " 1";
    BOOST_TEST(run<Store>("(define (f) 1)" + wide + ")").ends_with(": these are too many values at once"));
    BOOST_TEST(
        run<Store>("(define p (cons 1 2)) (set-cdr! p p) (display p)").ends_with(": the program writes too much"));
    BOOST_TEST(run<Store>("(define p (cons 1 2)) (set-car! p p) (display p)")
                   .ends_with(": this is nested too deeply to be shown"));
}

BOOST_AUTO_TEST_CASE(no_memory_left) {
    seg_store store({.max_bytes = 1 << 20});
    syntax<seg_store> syntax(store);
    program<seg_store> program(store);
    std::string output;
    const std::string_view source = "(display 'before)\n(define a (array))\n(while #t\n (array-push! a a))";
    compiler<seg_store>(syntax, program).compile(reader<seg_store>(syntax).read(source));
    const auto is_right = [&](const error& e) {
        return std::string_view(e.what()) == "there is no memory left" && place_in(source, e.offset) == "4:2";
    };
    BOOST_CHECK_EXCEPTION((machine<seg_store>(program, syntax, output).run()), error, is_right);
    BOOST_TEST(output == "before");
}

BOOST_AUTO_TEST_SUITE_END()
