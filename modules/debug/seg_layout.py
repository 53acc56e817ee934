"""What the debuggers' scripts share: the names of seg's types, and where their contents lie, computed on plain numbers.

The arithmetic of a list is that of seg.list:layout and seg.list:control. A debugger may not know the value
of the template argument Growth, so the sizes of segments are found in memory.
"""


class Invalid(Exception):
    """The object cannot be what its type says: it is not initialised, or destroyed, or overwritten."""

    def __init__(self, text="not valid"):
        super().__init__(text)


MEMBERS = {
    "list": {"stack_"},
    "list_iterator": {"at_", "control_"},
    "segments_view": {"control_", "begin_", "end_", "first_segment_", "end_segment_"},
    "pinned_vector": {"begin_", "cursor_", "end_", "reserved_"},
    "arena": {"cursor_", "end_", "objects_", "used_elsewhere_", "peak_", "blocks_"},
}


def kind(name, members):
    """Which of seg's types has that name and the members that the function tells, or None. The members have to be
    looked at: clang 22 leaves out the namespace of what a module exports. gcc 16 adds the module: seg::list@seg.list."""
    name = (name or "").split("<")[0].split("::")[-1].split("@")[0]
    return name if name in MEMBERS and MEMBERS[name] <= set(members()) else None


def exact(difference, unit):
    """How many units an address difference is; Invalid unless it is a whole number of them."""
    if not unit:
        raise Invalid("of elements whose type has no debug information")
    count, rest = divmod(difference, unit)
    if rest or count < 0:
        raise Invalid
    return count


def is_power_of_two(n):
    return n > 0 and n & (n - 1) == 0


class Shape:
    """The sizes of segments: first << k elements, at most limit. None is no limit."""

    def __init__(self, first, limit=None):
        if not is_power_of_two(first) or limit is not None and not (is_power_of_two(limit) and first <= limit):
            raise Invalid
        self.first = first
        self.limit = limit
        self.doublings = None if limit is None else limit.bit_length() - first.bit_length()

    def is_limited(self, k):
        return self.limit is not None and k >= self.doublings

    def size_of(self, k):
        return self.limit if self.is_limited(k) else self.first << k

    def start_of(self, k):
        if self.is_limited(k):
            return self.limit * (k - self.doublings + 1) - self.first
        return (self.first << k) - self.first

    def segment_of(self, i):
        k = (i + self.first).bit_length() - self.first.bit_length()
        return (i + self.first) // self.limit - 1 + self.doublings if self.is_limited(k) else k


class Control:
    """A list's control block. read(address, bytes) gives the number that is there, or raises Invalid.

    The block is read without its type: lldb takes two lists for one type that differ in Growth alone."""

    def __init__(self, read, element_bytes, address):
        self.read = read
        self.element_bytes = element_bytes
        # Without a limit the three numbers have 16 bits each, otherwise 64. The third is slots, which is never 0; of a
        # number of 64 bits these are the bits from 32 on.
        self.is_limited = read(address + 20, 2) == 0
        bytes = 8 if self.is_limited else 2
        self.table = read(address, 8)
        self.begin = read(address + 8, 8)
        self.current, self.allocated, self.slots = (read(address + 16 + i * bytes, bytes) for i in range(3))
        self.own_slot_address = address + (40 if self.is_limited else 24)
        if not (self.current < self.allocated <= self.slots and is_power_of_two(self.slots)):
            raise Invalid
        if not self.is_limited and self.slots > 128:
            raise Invalid

    def in_slot(self, slot, i):
        """The address of element i, by the entry of its segment, which is in that slot."""
        return (self.read((self.table + 8 * slot) % 2**64, 8) + i * self.element_bytes) % 2**64

    def is_first_segment(self, address):
        # It follows the last member, which in a checked build is not own_slot, as far as an element's alignment wants.
        return 8 <= address - self.own_slot_address < 16 + max(8, self.element_bytes)

    def shape_from_size(self, size):
        """The shape, given the size of the current segment."""
        k = self.current
        if not size:
            raise Invalid
        if not self.is_limited or size - (size >> k) == self.start_of_current():
            return Shape(size >> k, size if self.is_limited else None)
        start = self.start_of_current()
        return Shape(size * (start // size + 1) - start, size)

    def start_of_current(self):
        """With a limit: the index of the current segment's first element."""
        return exact((self.begin - self.in_slot(self.current, 0)) % 2**64, self.element_bytes)

    def possible_shapes(self):
        """The shapes that agree with the control block alone: mostly one."""
        k = self.current
        if not self.is_limited:
            if self.slots == 1:
                slot = exact((self.own_slot_address - self.table) % 2**64, 8)
                if slot > 63:
                    raise Invalid
                yield Shape(1 << min(slot, 63 - slot))
            else:
                for shift in range(48):
                    segments = Segments(self, Shape(1 << shift))
                    if segments.orders():
                        yield segments.shape
        elif k:
            start = self.start_of_current()
            for doublings in range(min(k, 63) + 1):
                first, rest = divmod(start, ((k - doublings + 1) << doublings) - 1)
                if rest == 0 and is_power_of_two(first):
                    yield Shape(first, first << doublings)


class Segments:
    """The segments of a list whose shape is known."""

    def __init__(self, control, shape):
        self.control = control
        self.shape = shape
        self.order = None

    def slots(self):
        """The ways to lay out a table. Without a limit the processor chooses: see scan in seg.list:growth."""
        if self.control.is_limited:
            return [lambda k: k]
        lowest = self.shape.first.bit_length() - 1
        return [lambda k: 63 - (lowest + k), lambda k: lowest + k]

    def orders(self):
        """Those that agree with what is known of the first and of the current segment."""
        found = []
        for slot_of in self.slots():
            try:
                if self.control.is_first_segment(self.by_table(slot_of, 0)) and (
                    self.by_table(slot_of, self.control.current) == self.control.begin
                ):
                    found.append(slot_of)
            except Invalid:
                pass
        return found

    def by_table(self, slot_of, k):
        return self.control.in_slot(slot_of(k), self.shape.start_of(k))

    def address(self, k):
        if k == self.control.current:
            return self.control.begin
        if self.order is None:
            self.order = (self.orders() or [None])[0]
            if self.order is None:
                raise Invalid
        return self.by_table(self.order, k)

    def element(self, i):
        k = self.shape.segment_of(i)
        return self.address(k) + (i - self.shape.start_of(k)) * self.control.element_bytes


class List:
    """The elements of a list. control is None where its pointer is null."""

    def __init__(self, control, table, cursor, end):
        self.size = 0
        if control is None:
            if table or cursor or end:
                raise Invalid
            return
        room = exact(end - control.begin, control.element_bytes)
        used = exact(cursor - control.begin, control.element_bytes)
        if table != control.table or used > room:
            raise Invalid
        self.segments = Segments(control, control.shape_from_size(room))
        if control.current:
            self.segments.address(0)  # Invalid where the table is none
        elif not control.is_first_segment(control.begin):
            raise Invalid
        self.size = self.segments.shape.start_of(control.current) + used

    def element(self, i):
        return self.segments.element(i)


def index_of_position(control, element, end, segment):
    """The index of an iterator's position, or None if it cannot be found. segment is what a list_position calls so: the
    segment's number where segments have a limit, otherwise its beginning."""
    if not element:  # past the end of a list whose last segment is full
        indices = {shape.start_of(control.current + 1) for shape in control.possible_shapes()}
        return indices.pop() if len(indices) == 1 else None
    if control.is_limited:
        if segment >= control.allocated:
            raise Invalid
        return exact((element - control.in_slot(segment, 0)) % 2**64, control.element_bytes)
    size = exact(end - segment, control.element_bytes)
    offset = exact(element - segment, control.element_bytes)
    for shape in control.possible_shapes():
        k = shape.segment_of(size - shape.first) if size >= shape.first else control.allocated
        if k < control.allocated and shape.size_of(k) == size and Segments(control, shape).address(k) == segment:
            return shape.start_of(k) + offset
    raise Invalid


def runs_of_view(control, begin, end, first_segment, end_segment):
    """The address and the number of elements of each run of a segments_view."""
    runs = end_segment - first_segment
    shapes = [] if runs < 2 else list(control.possible_shapes())
    if runs > 1 and not shapes or not first_segment <= end_segment <= control.allocated:
        raise Invalid
    for k in range(first_segment, end_segment):
        segments = Segments(control, shapes[0]) if shapes else None
        low = begin if k == first_segment else segments.address(k)
        high = end if k == end_segment - 1 else segments.address(k) + shapes[0].size_of(k) * control.element_bytes
        yield low, exact(high - low, control.element_bytes)


def figures_of_vector(begin, cursor, end, reserved, element_bytes):
    """Size and capacity."""
    size, capacity = exact(cursor - begin, element_bytes), exact(end - begin, element_bytes)
    if begin % 4096 or size > capacity or end - begin > reserved:
        raise Invalid
    return size, capacity


# In a block's header. clang 22 describes a class of a module only if it is a template or has a virtual function.
BEGIN_OF_BLOCK = 16


def figures_of_arena(read, cursor, used_elsewhere, peak, current, allocated, blocks):
    """What arena::stats gives."""
    used = used_elsewhere + (exact(cursor - read(current + BEGIN_OF_BLOCK, 8), 1) if current else 0)
    return {"used": used, "allocated": allocated, "peak": max(used, peak), "blocks": blocks}
