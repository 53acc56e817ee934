; Runs until its third line.
(display "so far")
(display (+ 1 (car 2)))
