; Puts strings together.
(define (verse n)
  (string-append (number->string n)
                 (string-append (if (= n 1) " bottle" " bottles") " of beer on the wall")))

(define (line-of n)
  (string-append (verse n) (string-append ", " (string-append (verse n) "."))))

(define lines (array))
(let sing ((n 4000))
  (when (> n 0)
    (array-push! lines (line-of n))
    (sing (- n 1))))

(let count ((i 0) (characters 0))
  (if (< i (array-length lines))
      (count (+ i 1) (+ characters (string-length (array-ref lines i))))
      (begin
        (display characters)
        (display " characters, and at last ")
        (display (array-ref lines (- i 1))))))
(newline)
