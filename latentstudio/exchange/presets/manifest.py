"""What ``manifest.json`` in a preset says, in the newest format, and how older ones get there."""

import math
from collections.abc import Callable, Mapping
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from latentstudio.core.errors import PresetError
from latentstudio.core.spaces import Space

FORMAT = 1
"""Raise it with every change that an older LatentStudio would misread, and add an upgrade."""

Json = dict[str, Any]

UPGRADES: Mapping[int, Callable[[Json], Json]] = MappingProxyType({})
"""From each older format, a pure function that gives the next one's manifest."""

# No control characters: names are printed in terminals.
_Text = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*$")]
_Id = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f\x7f]+$")]
_Layer = Annotated[int, Meta(ge=0, lt=1000)]
_Dim = Annotated[int, Meta(gt=0, le=1_000_000)]


class Model(Struct, frozen=True):
    """The model the directions were found in."""

    fingerprint: _Text
    family: _Text
    resolution: Annotated[int, Meta(ge=0, le=65_536)]
    dims: dict[_Text, _Dim]


class Entry(Struct, frozen=True):
    """One direction; its numbers are in ``directions.safetensors``."""

    id: _Id
    name: _Text
    kind: Literal["linear", "rbf", "channels"]
    space: Space
    layers: tuple[_Layer, _Layer] | None
    unit: float
    range: tuple[float, float]
    method: _Text
    options: dict[str, Any]
    seed: int
    note: dict[str, Any] = {}

    def __post_init__(self) -> None:
        low, high = self.range
        if not (math.isfinite(self.unit) and self.unit > 0):
            raise ValueError(f"the unit of {self.id!r} must be above 0")
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError(f"the range of {self.id!r} must go from low to high")
        if self.layers and self.layers[0] > self.layers[1]:
            raise ValueError(f"the layers of {self.id!r} must go from first to last")


class Manifest(Struct, frozen=True):
    """All of ``manifest.json``."""

    format: int
    name: _Text
    author: _Text
    licence: _Text
    model: Model
    directions: Annotated[tuple[Entry, ...], Meta(max_length=10_000)]

    def __post_init__(self) -> None:
        if len({entry.id for entry in self.directions}) < len(self.directions):
            raise ValueError("two directions have the same id")


def encode(manifest: Manifest) -> bytes:
    """The manifest as JSON a person can read."""
    return msgspec.json.format(msgspec.json.encode(manifest), indent=1)


def decode(data: bytes, name: str) -> Manifest:
    """Read a manifest of this format or any earlier one.

    Args:
        data: The JSON text.
        name: The preset's file name, for messages.

    Raises:
        PresetError: Not JSON, from a newer LatentStudio, or with a wrong or missing value.
    """
    try:
        return msgspec.convert(upgraded(msgspec.json.decode(data), name), Manifest)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError) as error:
        raise PresetError(f"{name} is no readable preset: its manifest {_why(error)}.") from error


def upgraded(
    manifest: Any, name: str, upgrades: Mapping[int, Callable[[Json], Json]] = UPGRADES
) -> Json:
    """Bring a decoded manifest to the newest format, one step at a time.

    Raises:
        PresetError: No format number, or one newer than ours.
    """
    found = manifest.get("format") if isinstance(manifest, dict) else None
    if type(found) is not int or found < 1:
        raise PresetError(f"{name} is no preset: its manifest names no format.")
    if found > FORMAT:
        raise PresetError(f"{name} was made by a newer LatentStudio. Update to open it.")
    for step in range(found, FORMAT):
        manifest = {**upgrades[step](manifest), "format": step + 1}
    return dict(manifest)


def _why(error: Exception) -> str:
    """A reader's complaint as the end of a sentence, short and without control characters."""
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    said = str(error).replace("`", "").replace(" - at $.", " at ").replace(" - at $", "")
    return f"says: {ascii(said)[1:-1][:200]}"
