"""Shows seg's lists, vectors and arenas in lldb 19 and newer. Loaded by `command script import <this file>`."""

import os
import sys

import lldb

sys.path.insert(0, os.path.dirname(os.path.abspath(__file__)))
import seg_layout

del sys.path[0]


def kind(type):
    type = type.GetCanonicalType().GetUnqualifiedType()
    return seg_layout.kind(type.GetName(), lambda: [field.GetName() for field in type.get_fields_array()])


def number(value):
    error = lldb.SBError()
    result = value.GetValueAsUnsigned(error)
    if error.Fail():
        raise seg_layout.Invalid("not available")  # optimised away, or a reference to nothing
    return result


def member(value, *names):
    for name in names:
        value = value.GetChildMemberWithName(name)
    return value


def numbers(value, *names):
    return [number(member(value, name)) for name in names]


def reader(value):
    process = value.GetProcess()

    def read(address, bytes):
        error = lldb.SBError()
        result = process.ReadUnsignedFromMemory(address, bytes, error)
        if error.Fail():
            raise seg_layout.Invalid
        return result

    return read


def control_of(value, element_bytes):
    """What the member control_ points to; None for null."""
    address = number(member(value, "control_"))
    return seg_layout.Control(reader(value), element_bytes, address) if address else None


class Provider:
    """The children of one object, which may be none: read finds out what there is, and raises seg_layout.Invalid where
    it cannot be what its type says."""

    def __init__(self, value, dictionary):
        self.value = value

    def update(self):
        try:
            self.count, self.text = self.read(self.value)
        except seg_layout.Invalid as error:
            self.count, self.text = 0, str(error)
        return False

    def num_children(self):
        return self.count

    def has_children(self):
        return True

    def get_child_index(self, name):
        name = name.strip("[]")
        return int(name) if name.isdigit() else -1

    def get_child_at_index(self, i):
        if not 0 <= i < self.count:
            return None
        try:
            return self.child(i)
        except seg_layout.Invalid:
            return None  # a table that has been overwritten


class ListProvider(Provider):
    def read(self, value):
        stack = member(value, "stack_")
        self.type = member(stack, "cursor_").GetType().GetPointeeType()
        control = control_of(stack, self.type.GetByteSize())
        self.contents = seg_layout.List(control, *numbers(stack, "table_", "cursor_", "end_"))
        return self.contents.size, f"size={self.contents.size}"

    def child(self, i):
        return self.value.CreateValueFromAddress(f"[{i}]", self.contents.element(i), self.type)


class VectorProvider(Provider):
    def read(self, value):
        self.type = member(value, "cursor_").GetType().GetPointeeType()
        self.begin, *others = numbers(value, "begin_", "cursor_", "end_", "reserved_")
        size, capacity = seg_layout.figures_of_vector(self.begin, *others, self.type.GetByteSize())
        return size, f"size={size} capacity={capacity}"

    def child(self, i):
        return self.value.CreateValueFromAddress(f"[{i}]", self.begin + i * self.type.GetByteSize(), self.type)


class IteratorProvider(Provider):
    def read(self, value):
        pointer = member(value, "at_", "element")
        self.type = pointer.GetType().GetPointeeType()
        control = control_of(value, self.type.GetByteSize())
        position = numbers(member(value, "at_"), "element", "end", "segment_")
        self.element = position[0]
        if control is None:
            if position[0] or position[1]:
                raise seg_layout.Invalid
            return 0, "of no elements"
        index = seg_layout.index_of_position(control, *position)
        # A checked build's control block knows where the list ends.
        cursor = member(value, "control_").Dereference().GetChildMemberWithName("cursor")
        is_end = not self.element or cursor.GetType().IsPointerType() and number(cursor) == self.element
        text = " ".join((["past the end"] if is_end else []) + ([] if index is None else [f"index={index}"]))
        return int(not is_end), text

    def child(self, i):
        return self.value.CreateValueFromAddress("element", self.element, self.type)

    def get_child_index(self, name):
        return 0 if name == "element" else -1


class SegmentsProvider(Provider):
    def read(self, value):
        self.type = member(value, "begin_").GetType().GetPointeeType()
        control = control_of(value, self.type.GetByteSize())
        members = numbers(value, "begin_", "end_", "first_segment_", "end_segment_")
        if control is None and any(members):
            raise seg_layout.Invalid
        self.runs = [] if control is None else list(seg_layout.runs_of_view(control, *members))
        return len(self.runs), f"runs={len(self.runs)}"

    def child(self, i):
        address, count = self.runs[i]
        return self.value.CreateValueFromAddress(f"[{i}]", address, self.type.GetArrayType(count))


class ArenaProvider(Provider):
    def read(self, value):
        own = numbers(value, "cursor_", "used_elsewhere_", "peak_")
        blocks = numbers(member(value, "blocks_"), "current_", "allocated_", "count_")
        self.figures = seg_layout.figures_of_arena(reader(value), *own, *blocks)
        return len(self.figures), ""

    def child(self, i):
        name, figure = list(self.figures.items())[i]
        type = self.value.GetTarget().GetBasicType(lldb.eBasicTypeUnsignedLong)
        data = lldb.SBData.CreateDataFromUInt64Array(lldb.eByteOrderLittle, 8, [figure])
        return self.value.CreateValueFromData(name, data, type)

    def get_child_index(self, name):
        return list(self.figures).index(name) if self.count and name in self.figures else -1


PROVIDERS = {
    "list": ListProvider,
    "pinned_vector": VectorProvider,
    "list_iterator": IteratorProvider,
    "segments_view": SegmentsProvider,
    "arena": ArenaProvider,
}


def summary(value, dictionary):
    value = value.GetNonSyntheticValue()
    type = value.GetType().GetCanonicalType()
    provider = PROVIDERS[kind(type.GetDereferencedType() if type.IsReferenceType() else type)](value, dictionary)
    provider.update()
    return provider.text


def is_list(type, dictionary):
    return kind(type) == "list"


def is_vector(type, dictionary):
    return kind(type) == "pinned_vector"


def is_iterator(type, dictionary):
    return kind(type) == "list_iterator"


def is_segments(type, dictionary):
    return kind(type) == "segments_view"


def is_arena(type, dictionary):
    return kind(type) == "arena"


def __lldb_init_module(debugger, dictionary):
    recognizers = {
        is_list: ListProvider,
        is_vector: VectorProvider,
        is_iterator: IteratorProvider,
        is_segments: SegmentsProvider,
        is_arena: ArenaProvider,
    }
    for recognizer, provider in recognizers.items():
        options = f"-w seg --recognizer-function {__name__}.{recognizer.__name__}"
        debugger.HandleCommand(f"type synthetic add -l {__name__}.{provider.__name__} {options}")
        debugger.HandleCommand(f"type summary add -e -F {__name__}.summary {options}")
    debugger.HandleCommand("type category enable seg")
