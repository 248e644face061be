"""A checked graph: what it asks for and gives, and parts of it as bytes."""

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import TYPE_CHECKING

from latentstudio.plugin_host.api import CheckpointError

if TYPE_CHECKING:
    from onnx import ModelProto

FLOATS = {1: "float32", 10: "float16", 11: "float64"}
WHOLE = {6: "int32", 7: "int64"}
LARGEST = 2**31 - 1
NOTHING: Mapping[str, int] = MappingProxyType({})

Shape = tuple[int | None, ...]


@dataclass(frozen=True, slots=True)
class Value:
    """An input or output: its name, kind of number, and shape (None where it is open)."""

    name: str
    kind: int
    shape: Shape


@dataclass(frozen=True, slots=True)
class Stored:
    """Weights, or a table: name, shape, kind of number, and a model that holds nothing else."""

    name: str
    shape: tuple[int, ...]
    kind: int
    data: bytes


@dataclass(slots=True)
class Model:
    """A whole file.

    Attributes:
        proto: The model without its weights.
        stored: Its weights.
        inputs: What it declares to be given.
        outputs: What it gives.
    """

    proto: "ModelProto"
    stored: list[Stored] = field(default_factory=list)
    inputs: list[Value] = field(default_factory=list)
    outputs: list[Value] = field(default_factory=list)

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
        part = type(self.proto)()
        part.CopyFrom(self.proto)
        graph = part.graph
        kept = [node for node in graph.node if not replaced.keys() & set(node.output)]
        del graph.node[:]
        graph.node.extend(kept)
        for name, kind in replaced.items():  # of any shape
            graph.input.add(name=name).type.tensor_type.elem_type = kind
        if only:
            del graph.output[:]
        for name in [only] if only else also:
            graph.output.add(name=name)
        # Messages one after the other are one message: weights are never copied into another.
        parts = (part.SerializeToString(), *(one.data for one in self.stored))
        if sum(map(len, parts)) > LARGEST:
            raise too_large()
        return b"".join(parts)

    def reached(self, start: str) -> set[str]:
        """Names of the values that depend on one."""
        found = {start}
        for node in self.proto.graph.node:  # in the order in which they are computed
            if found & set(node.input):
                found |= set(node.output)
        return found


def too_large() -> CheckpointError:
    """What is said about a model that no ONNX file may hold."""
    return CheckpointError("This ONNX model is larger than 2 GB, which can't be opened.")


def table_rows(model: Model, reader: str) -> int:
    """Rows of the table that an input chooses from (Gather), 0 where it chooses from none."""
    names, shapes = {reader}, {one.name: one.shape for one in model.stored}
    for node in model.proto.graph.node:  # in the order in which they are computed
        if node.op_type in ("Cast", "Reshape", "Squeeze", "Unsqueeze", "Flatten", "Identity"):
            names |= set(node.output) if names & set(node.input[:1]) else set()
        if node.op_type == "Gather" and len(node.input) > 1 and node.input[1] in names:
            shape = shapes.get(node.input[0], ())
            return shape[0] if len(shape) == 2 else 0
    return 0
