"""One type for every direction, whatever method found it."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any, Self

from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.document.looks import Look
from latentstudio.document.payloads import (
    ChannelGroups,
    CurvedPath,
    Floats,
    Kind,
    Linear,
    Local,
    Payload,
)

__all__ = [
    "ChannelGroups",
    "CurvedPath",
    "Direction",
    "DirectionSet",
    "Kind",
    "Linear",
    "Local",
    "ModelKey",
    "Payload",
    "Provenance",
]


def _nothing() -> Mapping[str, Any]:
    return MappingProxyType({})


@dataclass(frozen=True, slots=True, eq=False)
class Provenance:
    """How a direction was found, and all it takes to find it again.

    Attributes:
        method: Registry id of the method.
        options: The method's options, as plain values.
        seed: The method's seed.
        model: Fingerprint of the model it was found in.
        run: Key of the run it comes from (`document.run_info`), or empty.
        number: Which of the method's runs that was; 0 where it was none.
        steps: Training steps done; 0 where the method takes none.
        seconds: Time it took, where that was kept.
        program: Version of LatentStudio that found it, or empty.
        of: Id of the direction it was made of, or empty.
        source: File or project it was imported from, or empty.
    """

    method: str = ""
    options: Mapping[str, Any] = field(default_factory=_nothing)
    seed: int = 0
    model: str = ""
    run: str = ""
    number: int = 0
    steps: int = 0
    seconds: float = 0.0
    program: str = ""
    of: str = ""
    source: str = ""


@dataclass(frozen=True, slots=True, eq=False)
class Direction:
    """A way to change a picture.

    Attributes:
        id: Stable and unique within a model's set, for example ``sefa-3``. Nothing is read
            off it.
        name: What the artist reads; starts as ``SeFa 3`` and can be changed.
        space: Where it lives. W directions apply to every layer in `layers`.
        payload: What it is made of; its type is its kind.
        unit: Step that counts as amount 1 (one standard deviation where known), so that
            displacement = amount x unit x vector.
        low: Least amount the slider offers.
        high: Greatest amount the slider offers.
        layers: First and last layer it applies to, or None for all.
        provenance: How it was found.
        group: Heading it stands under in lists, or empty for its method's.
        measured: What was measured on the way, to be shown: losses, strength, leak.
    """

    id: str
    name: str
    space: Space
    payload: Payload
    unit: float = 1.0
    low: float = -6.0
    high: float = 6.0
    layers: tuple[int, int] | None = None
    provenance: Provenance = Provenance()
    group: str = ""
    measured: Mapping[str, Any] = field(default_factory=_nothing)

    @property
    def kind(self) -> Kind:
        """What it is, as files and the command line say it."""
        return self.payload.kind

    @property
    def vector(self) -> Floats:
        """The unit vector along which it leaves: (dim,), or (layers, dim) in W+."""
        return self.payload.vector

    @property
    def straight(self) -> bool:
        """It is a line that every channel follows: its vector and unit are all there is to it."""
        payload = self.payload
        return isinstance(payload, Linear) or (
            isinstance(payload, Local) and not payload.points.size
        )

    @property
    def method(self) -> str:
        """Registry id of the method that found it."""
        return self.provenance.method


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
    """Directions found for one model, strongest first. What a preset file holds.

    Attributes:
        model: Which model.
        directions: The directions.
        name: Of the set.
        author: Who made it.
        licence: Under which it may be shared.
        masks: Masks that local directions and looks name, by digest, where they travel along.
        notes: What the author wrote of it.
        tags: Words to find it by.
        looks: Stacks of edits by these directions.
    """

    model: ModelKey
    directions: tuple[Direction, ...]
    name: str = ""
    author: str = ""
    licence: str = ""
    masks: Mapping[str, Any] = field(default_factory=_nothing)
    notes: str = ""
    tags: tuple[str, ...] = ()
    looks: tuple[Look, ...] = ()

    def __len__(self) -> int:
        return len(self.directions)
