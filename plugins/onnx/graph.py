"""A checked model as something to run: whole, up to an inner value, or on from some."""

import math
import re
import threading
from collections import OrderedDict
from collections.abc import Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from torch import Tensor, uint8

from latentstudio.plugin_host.api import CheckpointError

from .model import FLOATS, NOTHING, WHOLE, Model, Value
from .reading import read_model
from .roles import roles_of
from .running import Session

TAPPED = ("Conv", "ConvTranspose", "Gemm", "MatMul")
MAX_TAPS = 64
ROOM = 2**29
"""Most numbers that an inner value may have for one picture."""
KEPT = 4
"""Parts that stay ready to run."""
_TYPE = re.compile(r"tensor\((float|float16|double)\)")
_KINDS = {"float": 1, "float16": 10, "double": 11}

Arrays = dict[str, NDArray[Any]]


class Graph:
    """A model's bytes, (length,) uint8, and what they turn out to be.

    Attributes:
        roles: What its inputs are.
        kinds: Inner values that can be read and replaced, with their kinds of numbers.
        parameters: Number of weights.

    Raises:
        CheckpointError: It is no generator, or can't be run.
    """

    def __init__(self, data: Tensor) -> None:
        self._model = read_model(data.to(uint8).numpy().tobytes())
        self.roles = roles_of(self._model)
        self.kinds = _inner(self._model, self.roles.code.name)
        self.parameters = self._model.parameters()
        self._parts: OrderedDict[tuple[tuple[str, ...], str], Session] = OrderedDict()
        self._lock = threading.Lock()  # previews and discovery run at the same time

    def run(
        self,
        codes: NDArray[np.floating],
        labels: NDArray[np.int64],
        replaced: Mapping[str, NDArray[Any]] = NOTHING,  # type: ignore[assignment]
        only: str = "",
    ) -> list[NDArray[Any]]:
        """Outputs of some codes, (N, dim) with classes (N,), a batch at a time.

        Args:
            codes: Codes z.
            labels: A class for each; read only where the model has classes.
            replaced: Values for some of `kinds`, which are not computed then.
            only: Give this inner value instead of the outputs.
        """
        if not len(codes):
            one = np.zeros((1, codes.shape[1])), np.zeros(1, np.int64)
            return [array[:0] for array in self.run(*one, only=only)]
        part, total = self._part(tuple(replaced), only), len(codes)
        size, made = self.roles.batch or total, []
        for start in range(0, total, size):
            rows = np.arange(start, start + size).clip(max=total - 1)
            given = {name: value[rows] for name, value in replaced.items()}
            given = {n: v.astype(FLOATS[self.kinds[n]]) for n, v in given.items()}
            made.append(part.run(self._given(codes[rows], labels[rows]) | given))
        return [np.concatenate(parts)[:total] for parts in zip(*made, strict=True)]

    def _given(self, codes: NDArray[np.floating], labels: NDArray[np.int64]) -> Arrays:
        roles, count = self.roles, len(codes)
        given = {roles.code.name: _as_asked(codes, roles.code, count)}
        if roles.label is not None:
            one_hot = np.eye(roles.classes)[labels] if roles.label.kind in FLOATS else labels
            given[roles.label.name] = _as_asked(one_hot, roles.label, count)
        for value in roles.ones:
            given[value.name] = np.ones([size or 1 for size in value.shape], FLOATS[value.kind])
        return given

    def _part(self, replaced: tuple[str, ...], only: str) -> Session:
        key = (replaced, only)
        with self._lock:
            if key not in self._parts:
                kinds = {name: self.kinds[name] for name in replaced}
                self._parts[key] = Session(self._model.written(only=only, replaced=kinds))
            self._parts.move_to_end(key)
            found = self._parts[key]
            while len(self._parts) > KEPT:
                self._parts.popitem(last=False)
            return found


def _as_asked(array: NDArray[Any], value: Value, count: int) -> NDArray[Any]:
    shape = [count, *(size or 1 for size in value.shape[1:])] if value.shape else []
    return array.reshape(shape).astype((FLOATS | WHOLE)[value.kind])


def _inner(model: Model, code: str) -> dict[str, int]:
    """Inner values with features of one picture each, as far as onnxruntime knows their shapes.

    Raises:
        CheckpointError: One is too large for any memory.
    """
    outputs = {value.name for value in model.outputs}
    nodes = model.proto.graph.node
    names = [name for node in nodes for name in node.output if name and name not in outputs]
    known = Session(model.written(also=names), optimise=False).shapes
    for name in [*names, *outputs]:
        sizes = [size for size in known[name][1] if isinstance(size, int)]
        if math.prod(sizes) > ROOM:
            raise CheckpointError("This ONNX model makes inner values larger than any memory.")
    found: dict[str, int] = {}
    reached = model.reached(code)
    for node in nodes:
        name = node.output[0] if len(node.output) == 1 else ""
        kind = _TYPE.fullmatch(known[name][0]) if name in known else None
        fits = node.op_type in TAPPED and name in reached and name not in outputs
        if fits and kind and len(known[name][1]) in (2, 4) and len(found) < MAX_TAPS:
            found[name] = _KINDS[kind[1]]
    return found
