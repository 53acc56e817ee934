# Whatever memory holds, the scripts' arithmetic ends, and reports nothing but Invalid.
import os
import random
import sys

sys.path.insert(0, os.path.join(os.path.dirname(os.path.abspath(__file__)), "../../modules/debug"))
import seg_layout

seed = int(os.environ.get("SEG_TEST_SEED") or random.randrange(2**32))
print(f"SEG_TEST_SEED={seed}", flush=True)
numbers = random.Random(seed)


def number():
    return numbers.choice(
        [0, numbers.randrange(4), 1 << numbers.randrange(64), numbers.randrange(2**16), numbers.randrange(2**64)]
    )


def read(address, bytes):
    if not numbers.randrange(50):
        raise seg_layout.Invalid
    return number() % 2 ** (8 * bytes)


ended = 0
for _ in range(100000):
    element_bytes = numbers.choice([0, 1, 4, 8, 24])
    try:
        control = seg_layout.Control(read, element_bytes, number())
        control.begin = control.own_slot_address + 8  # so that some go further
        kind = numbers.randrange(3)
        if kind == 0:
            next = control.begin + element_bytes * number()
            contents = seg_layout.List(control, control.table, next, next + element_bytes * number())
            contents.element(number())
        elif kind == 1:
            seg_layout.index_of_position(control, number(), number(), number())
        else:
            list(seg_layout.runs_of_view(control, number(), number(), numbers.randrange(3), numbers.randrange(5)))
        ended += 1
    except seg_layout.Invalid:
        pass
if ended:
    print(ended, "looked like lists")
