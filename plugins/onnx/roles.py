"""Which input of a graph is the code, which the class, and which output the picture."""

import math
import re
from dataclasses import dataclass

from latentstudio.plugin_host.api import CheckpointError

from .model import FLOATS, WHOLE, Model, Value, table_rows

_CLASS = re.compile(r"class|label|cond|one_?hot|^[cy]$", re.IGNORECASE)
_TRUNCATION = re.compile(r"trunc|psi", re.IGNORECASE)
MAX_CODE, MAX_CLASSES, MAX_SIDE = 65_536, 100_000, 4096


@dataclass(frozen=True, slots=True)
class Roles:
    """What a graph is given.

    Attributes:
        code: The input that is z.
        z_dim: Its length.
        label: The input that is the class, or None.
        classes: How many there are.
        batch: Pictures at once, where the graph says so; else 0.
        ones: Inputs that are given 1: a truncation.
    """

    code: Value
    z_dim: int
    label: Value | None
    classes: int
    batch: int
    ones: tuple[Value, ...]


def roles_of(model: Model) -> Roles:
    """The roles of a graph's inputs.

    Raises:
        CheckpointError: It isn't a generator, or asks for what we don't know.
    """
    left = model.asked()
    ones = tuple(v for v in left if v.kind in FLOATS and _single(v) and _TRUNCATION.search(v.name))
    left = [value for value in left if value not in ones]
    codes = [v for v in left if v.kind in FLOATS and _length(v) > 1]
    label = next((v for v in left if _CLASS.search(v.name) and len(left) > 1), None)
    codes = [value for value in codes if value is not label]
    if label is None and len(left) == 2:  # G(z, c), as most people write it
        label = codes.pop() if len(codes) == 2 else next(v for v in left if v not in codes)
    if len(codes) != 1 or len(left) != 1 + (label is not None):
        asked = ", ".join(f"{v.name[:40]} {_words(v)}" for v in left[:4]) or "nothing"
        raise CheckpointError(
            f"This ONNX model isn't a generator that we know: it asks for {asked}. Known are a "
            "code and perhaps a class."
        )
    code, classes = codes[0], 0 if label is None else _classes(model, label)
    return Roles(code, _length(code), label, classes, code.shape[0] or 0, ones)


def _classes(model: Model, label: Value) -> int:
    """How many classes an input takes.

    Raises:
        CheckpointError: The graph doesn't say.
    """
    if label.kind in FLOATS:
        count = _length(label)
    else:
        count = table_rows(model, label.name) if label.kind in WHOLE else 0
    if not 1 <= count <= MAX_CLASSES:
        raise CheckpointError(
            f"This ONNX model takes a class ({label.name[:40]}) and doesn't say how many there are."
        )
    return count


def _length(value: Value) -> int:
    """Numbers for each picture, 0 where that is open: (N, dim), (N, dim, 1, 1)."""
    sizes = value.shape[1:]
    if not sizes or None in sizes:
        return 0
    length = math.prod(size for size in sizes if size is not None)
    return length if length <= MAX_CODE else 0


def _single(value: Value) -> bool:
    return all(size in (1, None) for size in value.shape)


def _words(value: Value) -> str:
    return "×".join("?" if size is None else str(size) for size in value.shape) or "one number"


@dataclass(frozen=True, slots=True)
class Layout:
    """How an output holds pictures.

    Attributes:
        place: Which output it is.
        channels: 1 or 3.
        side: Height and width.
        last: Channels come last.
    """

    place: int
    channels: int
    side: int
    last: bool = False


def layout_of(shapes: list[tuple[int, ...]]) -> Layout:
    """The first output that holds pictures.

    Raises:
        CheckpointError: None does.
    """
    for place, shape in enumerate(shapes):
        found = _layout(place, shape[1:])
        if found is not None:
            return found
    seen = ", ".join("×".join(map(str, shape)) for shape in shapes[:3]) or "nothing"
    raise CheckpointError(f"This ONNX model makes no square pictures: it makes {seen}.")


def _layout(place: int, shape: tuple[int, ...]) -> Layout | None:
    if len(shape) == 3 and shape[0] in (1, 3) and shape[1] == shape[2]:
        found = Layout(place, shape[0], shape[1])
    elif len(shape) == 3 and shape[2] in (1, 3) and shape[0] == shape[1]:
        found = Layout(place, shape[2], shape[0], last=True)
    elif len(shape) == 2 and shape[0] == shape[1]:
        found = Layout(place, 1, shape[0])
    else:
        flat = math.prod(shape)
        channels = next((c for c in (1, 3) if _square(flat, c)), 0)
        found = Layout(place, channels, math.isqrt(flat // max(1, channels)))
        if len(shape) != 1 or not channels:
            return None
    return found if 8 <= found.side <= MAX_SIDE else None


def _square(numbers: int, channels: int) -> bool:
    return numbers % channels == 0 and math.isqrt(numbers // channels) ** 2 * channels == numbers
