"""What an ONNX file says, checked before onnxruntime is given any of it.

Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 (field numbers). Weights that
stand in a second file are taken into the model, so that no path in the file is ever followed
by anybody else.
"""

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from latentstudio.plugin_host.api import CheckpointError

from .protobuf import Field, block, broken, fields, integer, numbers

IR_VERSION, GRAPH, FUNCTIONS = 1, 7, 25
NODE, INITIALIZER, INPUT, OUTPUT, SPARSE = 1, 5, 11, 12, 15
FLOAT = 1
FLOATS = {1: "float32", 10: "float16", 11: "float64"}
WHOLE = {6: "int32", 7: "int64"}
KNOWN_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
ENDLESS = ("Loop", "Scan")
MAX_DEPTH = 8
LARGEST = 2**31 - 1
NOTHING: Mapping[str, int] = MappingProxyType({})
_ENDLESS_TEXT = "This ONNX model has loops, which may never end. Export it without."

Shape = tuple[int | None, ...]
ReadBeside = Callable[[str, int, int | None], bytes]
"""Bytes of a file beside the model: its name, where they begin, how many (None: to the end)."""


@dataclass(frozen=True, slots=True)
class Value:
    """An input or output: its name, kind of number, shape (None where it is open), and field."""

    name: str
    kind: int
    shape: Shape
    raw: memoryview


@dataclass(frozen=True, slots=True)
class Node:
    """One operation; `raw` is its field in the graph."""

    op: str
    inputs: tuple[str, ...]
    outputs: tuple[str, ...]
    raw: memoryview


@dataclass(frozen=True, slots=True)
class Stored:
    """Weights, or a table: name, shape, kind of number, and the field in the graph."""

    name: str
    shape: tuple[int, ...]
    kind: int
    raw: bytes | memoryview


@dataclass(slots=True)
class Model:
    """A whole file."""

    head: list[memoryview] = field(default_factory=list)
    nodes: list[Node] = field(default_factory=list)
    stored: list[Stored] = field(default_factory=list)
    inputs: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)
    rest: list[memoryview] = field(default_factory=list)

    def parameters(self) -> int:
        """Number of weights."""
        return sum(math.prod(one.shape) for one in self.stored if one.kind in FLOATS)

    def asked(self) -> list[Value]:
        """Inputs that someone has to give."""
        given = {one.name for one in self.stored}
        return [value for value in self.inputs if value.name not in given]

    def written(
        self, also: Iterable[str] = (), only: str = "", replaced: Mapping[str, int] = NOTHING
    ) -> bytes:
        """The model as bytes that need no other file.

        Args:
            also: Inner values to give as outputs, too.
            only: Give just this inner value.
            replaced: Inner values that become inputs instead of being computed, with their kinds.

        Raises:
            CheckpointError: It is longer than ONNX allows.
        """
        kept = [node.raw for node in self.nodes if not replaced.keys() & set(node.outputs)]
        graph: list[bytes | memoryview] = [*kept, *self.rest, *(one.raw for one in self.stored)]
        graph += [value.raw for value in self.inputs]
        for name, kind in replaced.items():  # of any shape
            graph.append(_value(INPUT, name, block(2, block(1, integer(1, kind)))))
        graph += [] if only else [value.raw for value in self.outputs]
        graph += [_value(OUTPUT, name) for name in ([only] if only else also)]
        if sum(map(len, graph)) > LARGEST:
            raise CheckpointError("This ONNX model is larger than 2 GB, which can't be opened.")
        return b"".join((*self.head, block(GRAPH, *graph)))

    def reached(self, start: str) -> set[str]:
        """Names of the values that depend on one."""
        found = {start}
        for node in self.nodes:  # in the order in which they are computed
            if found & set(node.inputs):
                found |= set(node.outputs)
        return found


def _value(number: int, name: str, *kind: bytes) -> bytes:
    return block(number, block(1, name.encode()), *kind)


def looks_like_onnx(head: bytes) -> bool:
    """Whether a file begins as a model does: its version first, the graph soon after."""
    view, allowed = memoryview(head), {1, 2, 3, 4, 5, 6, 8, 14, 20, 25}
    place, first = 0, True
    while place < len(view):
        try:
            one = next(fields(view[place:]))
        except CheckpointError:  # the graph is longer than what was looked at
            return not first and view[place] == GRAPH << 3 | 2
        if first and not (one.number == IR_VERSION and one.value in range(1, 100)):
            return False
        if one.number == GRAPH:
            return True
        if one.number not in allowed:
            return False
        place, first = place + len(one.raw), False
    return False


def read_model(data: memoryview, beside: ReadBeside | None = None) -> Model:
    """Read and check a file.

    Args:
        data: All of it.
        beside: Reads the files that weights were put into; None where there can be none.

    Raises:
        CheckpointError: It is broken, needs what we don't run, or names weights elsewhere.
    """
    model, graphs = Model(), 0
    for one in fields(data):
        if one.number == FUNCTIONS:
            raise CheckpointError(
                "This ONNX model has functions of its own. Export it with them inlined."
            )
        if one.number == GRAPH:
            graphs += 1
            _read_graph(one.data, model, beside)
        else:
            model.head.append(one.raw)
    if graphs != 1:
        raise broken()
    return model


def _read_graph(graph: memoryview, model: Model, beside: ReadBeside | None) -> None:
    for one in fields(graph):
        if one.number == NODE:
            model.nodes.append(_node(one))
        elif one.number == INITIALIZER:
            model.stored.append(_stored(one, beside))
        elif one.number == SPARSE:
            raise CheckpointError("This ONNX model has sparse weights, which can't be opened.")
        elif one.number in (INPUT, OUTPUT):
            values = model.inputs if one.number == INPUT else model.outputs
            values.append(_described(one))
        else:
            model.rest.append(one.raw)


def _node(node: Field, depth: int = 0) -> Node:
    """A node; those in its branches are checked too."""
    op = domain = ""
    inputs, outputs = [], []
    for one in fields(node.data):
        if one.number == 1:
            inputs.append(one.text)
        elif one.number == 2:
            outputs.append(one.text)
        elif one.number == 4:
            op = one.text
        elif one.number == 7:
            domain = one.text
        elif one.number == 5:
            _check_attribute(one.data, depth)
    if op in ENDLESS:
        raise CheckpointError(_ENDLESS_TEXT)
    if domain not in KNOWN_DOMAINS:
        raise CheckpointError("This ONNX model needs operations that only its makers have.")
    return Node(op, tuple(inputs), tuple(outputs), node.raw)


def _check_attribute(attribute: memoryview, depth: int) -> None:
    """Tensors and branches inside a node; a branch may hold further ones."""
    if depth > MAX_DEPTH:
        raise broken()
    for one in fields(attribute):
        if one.number in (5, 10):  # a tensor, or several
            _stored(one, None)
        elif one.number in (6, 11):  # a graph, or several
            for part in fields(one.data):
                if part.number == NODE:
                    _node(part, depth + 1)
                elif part.number == INITIALIZER:
                    _stored(part, None)


def _stored(tensor: Field, beside: ReadBeside | None) -> Stored:
    """A tensor, with its bytes taken in where they stand in another file."""
    shape: list[int] = []
    kind, name, elsewhere, length = 0, "", {}, 0
    for one in fields(tensor.data):
        if one.number == 1:
            shape += numbers(one)
        elif one.number == 2:
            kind = one.whole
        elif one.number == 8:
            name = one.text
        elif one.number == 13:
            pair = {part.number: part.text for part in fields(one.data)}
            elsewhere[pair.get(1, "")] = pair.get(2, "")
        else:
            length += len(one.raw)
    if elsewhere:
        return _taken_in(name, shape, kind, elsewhere, beside)
    # Even the smallest numbers are packed two to a byte.
    if any(size < 0 for size in shape) or math.prod(shape) > 2 * length:
        raise CheckpointError("This ONNX file declares more weights than it holds.")
    return Stored(name, tuple(shape), kind, tensor.raw)


def _taken_in(
    name: str, shape: list[int], kind: int, where: dict[str, str], beside: ReadBeside | None
) -> Stored:
    if beside is None:
        raise CheckpointError("This ONNX model keeps weights where they can't be read from.")
    try:
        start, count = int(where.get("offset", 0)), where.get("length")
        data = beside(where.get("location", ""), start, None if count is None else int(count))
    except ValueError as error:
        raise broken() from error
    if any(size < 0 for size in shape) or math.prod(shape) > 2 * len(data):
        raise CheckpointError("This ONNX file declares more weights than it holds.")
    parts = [integer(1, size) for size in shape]
    parts += [integer(2, kind), block(8, name.encode()), block(9, data)]
    return Stored(name, tuple(shape), kind, block(INITIALIZER, *parts))


def _described(value: Field) -> Value:
    """A ValueInfoProto: name, and type.tensor_type (elem_type, shape)."""
    name, kind, shape = "", 0, []
    for one in fields(value.data):
        if one.number == 1:
            name = one.text
        elif one.number == 2:
            for part in _inside(one.data, 1):
                if part.number == 1:
                    kind = part.whole
                elif part.number == 2:
                    shape = [_size(axis.data) for axis in fields(part.data) if axis.number == 1]
    return Value(name, kind, tuple(shape), value.raw)


def _inside(message: memoryview, number: int) -> list[Field]:
    return [part for one in fields(message) if one.number == number for part in fields(one.data)]


def _size(axis: memoryview) -> int | None:
    """An axis' size; None where it has a name, or nothing, instead."""
    found = [one.whole for one in fields(axis) if one.number == 1]
    return found[0] if found and 0 < found[0] < 2**31 else None


def table_rows(model: Model, reader: str) -> int:
    """Rows of the table that an input chooses from (Gather), 0 where it chooses from none."""
    names, shapes = {reader}, {one.name: one.shape for one in model.stored}
    for node in model.nodes:  # in the order in which they are computed
        if node.op in ("Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity"):
            names |= set(node.outputs) if names & set(node.inputs[:1]) else set()
        if node.op == "Gather" and len(node.inputs) > 1 and node.inputs[1] in names:
            shape: Sequence[int] = shapes.get(node.inputs[0], ())
            return int(shape[0]) if len(shape) == 2 else 0
    return 0
