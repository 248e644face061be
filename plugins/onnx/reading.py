"""Reading an ONNX file, checked before onnxruntime is given any of it.

Weights that stand in a second file are taken into the model, so that no path in the file is
ever followed by anybody else.
"""

import math
from collections.abc import Callable

from latentstudio.plugin_host.api import CheckpointError

from .model import GRAPH, INPUT, OUTPUT, Model, Node, Stored, Value
from .protobuf import Field, block, broken, fields, integer, numbers

IR_VERSION, FUNCTIONS = 1, 25
NODE, INITIALIZER, SPARSE = 1, 5, 15
KNOWN_DOMAINS = ("", "ai.onnx", "ai.onnx.ml", "com.microsoft")
ENDLESS = ("Loop", "Scan")
MAX_DEPTH = 8
_ENDLESS_TEXT = "This ONNX model has loops, which may never end. Export it without."

ReadBeside = Callable[[str, int, int | None], bytes]
"""Bytes of a file beside the model: its name, where they begin, how many (None: to the end)."""


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
