"""What stands in a file's content where the file named a class: inert, nothing to call."""

from dataclasses import dataclass, field
from typing import Any

import torch
from torch import Tensor


@dataclass(frozen=True, slots=True)
class Name:
    """A class or function that a pickle named; never looked up."""

    module: str
    name: str

    def __str__(self) -> str:
        return f"{self.module}.{self.name}"


@dataclass(slots=True, eq=False)
class Record:
    """An object that a pickle described, as the plain values it was described with.

    Attributes:
        name: Its class, or the function that would have made it.
        args: What that would have been called with.
        state: What its attributes would have been set from.
        items: What it holds, where it is a dictionary of an unknown class.
    """

    name: Name
    args: tuple[Any, ...] = ()
    state: Any = None
    items: dict[Any, Any] | None = None

    def __repr__(self) -> str:
        return f"<{self.name}>"


@dataclass(slots=True, eq=False)
class Blob:
    """A long run of bytes. `made` keeps what was built from it, so that it is built once."""

    data: bytearray
    made: Any = None


@dataclass(slots=True, eq=False)
class Storage:
    """Flat memory that tensors are views of."""

    flat: Tensor


@dataclass(slots=True, eq=False)
class Array:
    """A NumPy array: known once its state has been read.

    Attributes:
        tensor: Its numbers.
        items: What it holds where it is an array of objects; its shape does not matter.
    """

    tensor: Tensor = field(default_factory=lambda: torch.empty(0))
    items: list[Any] | None = None


def as_tensor(value: Any) -> Tensor | None:
    """The tensor of a tensor, an array or a number; None for anything else.

    Of the shape (...) it was stored with; a number is () and float32.
    """
    if isinstance(value, Array):
        return value.tensor if value.items is None else None
    if isinstance(value, bool | int | float):
        return torch.tensor(float(value))
    return value if isinstance(value, Tensor) else None


def printable(text: object, limit: int = 60) -> str:
    """A name from a file as part of a sentence: no control characters, not too long."""
    return "".join(c if c.isprintable() else "?" for c in str(text)[:limit])
