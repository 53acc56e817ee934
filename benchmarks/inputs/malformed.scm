(define (f x)
  (list x "a string
