"""One type for every direction, whatever method found it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Literal, Self

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.spaces import GeneratorInfo, Space

Kind = Literal["linear", "rbf", "channels"]


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """A way to change a picture.

    Attributes:
        id: Stable and unique within a model's set, for example ``sefa-3``.
        name: What the artist reads; starts as ``SeFa 3`` and can be changed.
        kind: ``linear`` (a vector), ``rbf`` (a path) or ``channels`` (a linear direction
            restricted to groups of feature channels).
        space: Where the vector lives. W directions apply to every layer in `layers`.
        vector: (dim,), or (layers, dim) in W+; float32, unit length. For kinds other than
            linear, their parameters are in `arrays`.
        unit: Step that counts as amount 1 (one standard deviation where known), so that
            displacement = amount x unit x vector.
        low: Least amount the slider offers.
        high: Greatest amount the slider offers.
        layers: First and last layer it applies to, or None for all.
        method: Registry id of the method that found it.
        options: The method's options, as plain values.
        seed: The method's seed.
        arrays: Further parameters by name, for other kinds.
        note: Losses, steps, version, anything a card shows.
    """

    id: str
    name: str
    space: Space
    vector: NDArray[np.float32]
    unit: float = 1.0
    low: float = -6.0
    high: float = 6.0
    layers: tuple[int, int] | None = None
    kind: Kind = "linear"
    method: str = ""
    options: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))
    seed: int = 0
    arrays: Mapping[str, NDArray[np.float32]] = field(default_factory=lambda: MappingProxyType({}))
    note: Mapping[str, Any] = field(default_factory=lambda: MappingProxyType({}))


@dataclass(frozen=True, slots=True)
class ModelKey:
    """Which model a set of directions belongs to."""

    fingerprint: str
    family: str
    resolution: int
    dims: Mapping[str, int]

    @classmethod
    def of(cls, info: GeneratorInfo) -> Self:
        """The key of an open model."""
        dims = {space.value: found.dim for space, found in info.spaces.items()}
        return cls(info.fingerprint, info.family, info.resolution, dims)


@dataclass(frozen=True, slots=True, eq=False)
class DirectionSet:
    """Directions found for one model, strongest first. What a preset file holds."""

    model: ModelKey
    directions: tuple[Direction, ...]
    name: str = ""
    author: str = ""
    licence: str = ""

    def __len__(self) -> int:
        return len(self.directions)
