; In how many ways can n queens stand on a board so that none attacks another? Lists of pairs.
(define (safe? queen distance others)
  (or (null? others)
      (let ((other (car others)))
        (and (not (= other queen))
             (not (= other (+ queen distance)))
             (not (= other (- queen distance)))
             (safe? queen (+ distance 1) (cdr others))))))

(define (place row n others)
  (if (= row 0)
      1
      (let try ((queen 1) (ways 0))
        (if (> queen n)
            ways
            (try (+ queen 1)
                 (if (safe? queen 1 others)
                     (+ ways (place (- row 1) n (cons queen others)))
                     ways))))))

(display (place 8 8 '()))
(newline)
