"""Shows seg's lists, vectors and arenas in gdb 13 and newer, and evaluates their observers, as in `print l[3]`.

Loaded by `source <this file>`, or by gdb itself from a program that has it in its section .debug_gdb_scripts.
"""

import os
import sys

import gdb
import gdb.printing
import gdb.xmethod

if "seg_layout" not in sys.modules:  # a program brings it along
    sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
    import seg_layout

    del sys.path[0]
else:
    import seg_layout


def seg_target(value):
    """The value itself, where it is a reference or a pointer."""
    type = value.type.strip_typedefs()
    if type.code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF):
        return value.referenced_value()
    return value.dereference() if type.code == gdb.TYPE_CODE_PTR else value


def seg_kind(type):
    type = type.strip_typedefs()
    if type.code != gdb.TYPE_CODE_STRUCT:
        return None
    return seg_layout.kind(type.name, lambda: [field.name for field in type.fields()])


def seg_read(address, bytes):
    try:
        return int.from_bytes(gdb.selected_inferior().read_memory(address, bytes).tobytes(), "little")
    except gdb.MemoryError:
        raise seg_layout.Invalid


def seg_control(pointer, element_bytes):
    """What the member control_ points to; None for null."""
    return seg_layout.Control(seg_read, element_bytes, int(pointer)) if int(pointer) else None


def seg_at(pointer, address):
    """What is at an address, as what the pointer points to."""
    return gdb.Value(address).cast(pointer.type).dereference()


class SegSequence:
    """A list or a vector: its size, and where its elements are."""

    def __init__(self, value):
        is_list = seg_kind(value.type) == "list"
        if is_list:
            value = value["stack_"]
        self.pointer = value["cursor_"]  # a T*
        element_bytes = self.pointer.type.target().sizeof
        if is_list:
            control = seg_control(value["control_"], element_bytes)
            contents = seg_layout.List(control, int(value["table_"]), int(self.pointer), int(value["end_"]))
            self.size, self.address = contents.size, contents.element
        else:
            first, *others = [int(value[name]) for name in ("begin_", "cursor_", "end_", "reserved_")]
            self.size, self.capacity = seg_layout.figures_of_vector(first, *others, element_bytes)
            self.address = lambda i: first + i * element_bytes

    def __getitem__(self, i):
        return seg_at(self.pointer, self.address(i))


class SegPrinter:
    """A printer whose object may be none: read finds out what there is, and raises seg_layout.Invalid where it cannot
    be what its type says."""

    def __init__(self, name, value):
        self.name = name
        self.refusal = None
        try:
            self.read(seg_target(value))
        except seg_layout.Invalid as error:
            self.refusal = str(error)
        except gdb.error:
            self.refusal = "not available"  # optimised away, or a reference to nothing

    def to_string(self):
        return f"seg::{self.name}{f', {self.refusal}' if self.refusal else self.text()}"

    def children(self):
        return iter(()) if self.refusal else self.parts()


class SegSequencePrinter(SegPrinter):
    def read(self, value):
        self.contents = SegSequence(value)

    def text(self):
        capacity = f", capacity {self.contents.capacity}" if self.name == "pinned_vector" else ""
        return f" of size {self.contents.size}{capacity}"

    def parts(self):
        try:
            for i in range(self.contents.size):
                yield f"[{i}]", self.contents[i]
        except seg_layout.Invalid:
            pass  # a table that has been overwritten

    def display_hint(self):
        return "array"


class SegIteratorPrinter(SegPrinter):
    def read(self, value):
        at = value["at_"]
        self.element = at["element"]
        control = seg_control(value["control_"], self.element.type.target().sizeof)
        self.index = None
        self.is_end = not int(self.element)
        self.is_singular = control is None
        if self.is_singular:
            if int(self.element) or int(at["end"]):
                raise seg_layout.Invalid
        else:
            self.index = seg_layout.index_of_position(control, int(self.element), int(at["end"]), int(at["segment_"]))
            # A checked build's control block knows where the list ends.
            cursor = value["control_"].dereference()["cursor"]
            is_known = cursor.type.strip_typedefs().code == gdb.TYPE_CODE_PTR
            self.is_end = self.is_end or is_known and cursor == self.element

    def text(self):
        if self.is_singular:
            return " of no elements"
        index = "" if self.index is None else f", index {self.index}"
        return f" past the end{index}" if self.is_end else index

    def parts(self):
        if not self.is_end and not self.is_singular:
            yield "element", self.element.dereference()


class SegSegmentsPrinter(SegPrinter):
    def read(self, value):
        self.begin = value["begin_"]
        self.control = seg_control(value["control_"], self.begin.type.target().sizeof)
        numbers = [int(value[name]) for name in ("begin_", "end_", "first_segment_", "end_segment_")]
        if self.control is None and any(numbers):
            raise seg_layout.Invalid
        self.runs = [] if self.control is None else list(seg_layout.runs_of_view(self.control, *numbers))

    def text(self):
        return f" of {len(self.runs)} runs"

    def parts(self):
        most = gdb.parameter("max-value-size")
        for k, (address, count) in enumerate(self.runs):
            element = self.begin.type.target()
            if count and (most is None or most < 0 or count * element.sizeof <= most):
                yield f"[{k}]", seg_at(gdb.Value(0).cast(element.array(count - 1).pointer()), address)
            else:
                yield f"[{k}]", f"{count} elements"

    def display_hint(self):
        return "array"


class SegArenaPrinter(SegPrinter):
    def read(self, value):
        own = [int(value[name]) for name in ("cursor_", "used_elsewhere_", "peak_")]
        blocks = [int(value["blocks_"][name]) for name in ("current_", "allocated_", "count_")]
        self.figures = seg_layout.figures_of_arena(seg_read, *own, *blocks)

    def text(self):
        return ""

    def parts(self):
        return iter(self.figures.items())


SEG_PRINTERS = {
    "list": SegSequencePrinter,
    "pinned_vector": SegSequencePrinter,
    "list_iterator": SegIteratorPrinter,
    "segments_view": SegSegmentsPrinter,
    "arena": SegArenaPrinter,
}


class SegPrinters(gdb.printing.PrettyPrinter):
    def __init__(self):
        super().__init__("seg", [gdb.printing.SubPrettyPrinter(name) for name in SEG_PRINTERS])

    def __call__(self, value):
        type = value.type.strip_typedefs()
        if type.code in (gdb.TYPE_CODE_REF, gdb.TYPE_CODE_RVALUE_REF):
            type = type.target()
        name = seg_kind(type)
        if name is None or not next(p for p in self.subprinters if p.name == name).enabled:
            return None
        return SEG_PRINTERS[name](name, value)


class SegMethod(gdb.xmethod.XMethod):
    """A member function, computed here: most of them are inlined, or never instantiated."""

    def __init__(self, name, takes_index, compute):
        super().__init__(name)
        self.takes_index = takes_index
        self.compute = compute

    def get_arg_types(self):
        return gdb.lookup_type("unsigned long") if self.takes_index else None

    def __call__(self, object, *index):
        try:
            contents = SegSequence(seg_target(object))
        except seg_layout.Invalid as error:
            raise gdb.GdbError(f"the object is {error}")
        if self.takes_index:
            index = [int(index[0])]
            if not 0 <= index[0] < contents.size:
                raise gdb.GdbError(f"the index is not below the size, {contents.size}")
        elif self.name in ("front", "back") and not contents.size:
            raise gdb.GdbError("there is no element")
        return self.compute(contents, *index)


class SegMethods(gdb.xmethod.XMethodMatcher):
    def __init__(self):
        super().__init__("seg")
        self.methods = [
            SegMethod("operator[]", True, lambda contents, i: contents[i]),
            SegMethod("at", True, lambda contents, i: contents[i]),
            SegMethod("front", False, lambda contents: contents[0]),
            SegMethod("back", False, lambda contents: contents[contents.size - 1]),
            SegMethod("size", False, lambda contents: contents.size),
            SegMethod("empty", False, lambda contents: contents.size == 0),
        ]

    def match(self, type, name):
        if seg_kind(type) not in ("list", "pinned_vector"):
            return None
        return [method for method in self.methods if method.enabled and method.name == name]


gdb.printing.register_pretty_printer(None, SegPrinters(), replace=True)
gdb.xmethod.register_xmethod_matcher(None, SegMethods(), replace=True)
