"""A graph as plain values: its nodes, its weights, its inputs and outputs.

Source: https://github.com/onnx/onnx/blob/main/onnx/onnx.proto3 (field numbers).
"""

import math
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from types import MappingProxyType

from latentstudio.plugin_host.api import CheckpointError

from .protobuf import block, integer

GRAPH, INPUT, OUTPUT = 7, 11, 12
FLOATS = {1: "float32", 10: "float16", 11: "float64"}
WHOLE = {6: "int32", 7: "int64"}
LARGEST = 2**31 - 1
NOTHING: Mapping[str, int] = MappingProxyType({})

Shape = tuple[int | None, ...]


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
