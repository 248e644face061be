"""What ``manifest.json`` in a preset says, in the newest format, and how older ones get there."""

import math
from types import MappingProxyType
from typing import Annotated, Any, Literal

import msgspec
from msgspec import Meta, Struct

from latentstudio.core.errors import PresetError
from latentstudio.core.formats import NewerFormatError, StoredFormat, unchanged
from latentstudio.core.spaces import Space
from latentstudio.core.walk import Walk
from latentstudio.exchange.json_limits import check_json

FORMAT = 4
"""Raise it with every change that an older LatentStudio would misread, and add an upgrade."""

Json = dict[str, Any]
_FOUND = ("run", "steps", "seconds", "version", "of", "imported")
"""In the notes of format 1, what says how a direction was found."""


class NewerPresetError(PresetError, NewerFormatError):
    """A preset was written by a newer LatentStudio; it is sound and stays where it is."""


# No control characters: names are printed in terminals.
_Text = Annotated[str, Meta(max_length=500, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*\Z")]
_Notes = Annotated[str, Meta(max_length=10_000, pattern=r"^[^\x00-\x08\x0b-\x1f\x7f]*\Z")]
_Tag = Annotated[str, Meta(min_length=1, max_length=60, pattern=r"^[^\x00-\x1f\x7f]+\Z")]
_Id = Annotated[str, Meta(min_length=1, max_length=200, pattern=r"^[^/\\\x00-\x1f\x7f]+\Z")]
_Layer = Annotated[int, Meta(ge=0, lt=1000)]
_Dim = Annotated[int, Meta(gt=0, le=1_000_000)]


class Model(Struct, frozen=True):
    """The model the directions were found in."""

    fingerprint: _Text
    family: _Text
    resolution: Annotated[int, Meta(ge=0, le=65_536)]
    dims: dict[_Text, _Dim]


class ProvenanceEntry(Struct, frozen=True, omit_defaults=True):
    """How a direction was found, beside method, options and seed; see `Provenance`."""

    model: _Text = ""
    run: _Text = ""
    number: Annotated[int, Meta(ge=0)] = 0
    steps: Annotated[int, Meta(ge=0)] = 0
    seconds: float = 0.0
    program: _Text = ""
    of: _Text = ""
    source: _Text = ""


class Channels(Struct, frozen=True):
    """What is said of a direction of kind ``channels``, whose labels are a tensor."""

    layer: _Text
    off: Annotated[tuple[int, ...], Meta(max_length=1000)] = ()


class Region(Struct, frozen=True):
    """What is said of a direction of kind ``local``; the mask is a tensor too."""

    mask: _Text = ""


class Entry(Struct, frozen=True):
    """One direction; its numbers are in ``directions.safetensors``."""

    id: _Id
    name: _Text
    kind: Literal["linear", "rbf", "channels", "local"]
    space: Space
    layers: tuple[_Layer, _Layer] | None
    unit: float
    range: tuple[float, float]
    method: _Text
    options: dict[str, Any]
    seed: int
    found: ProvenanceEntry = ProvenanceEntry()
    group: _Text = ""
    measured: dict[str, Any] = {}
    channels: Channels | None = None
    local: Region | None = None

    def __post_init__(self) -> None:
        low, high = self.range
        if not (math.isfinite(self.unit) and self.unit > 0):
            raise ValueError(f"the unit of {self.id!r} must be above 0")
        if not (math.isfinite(low) and math.isfinite(high) and low < high):
            raise ValueError(f"the range of {self.id!r} must go from low to high")
        if self.layers and self.layers[0] > self.layers[1]:
            raise ValueError(f"the layers of {self.id!r} must go from first to last")


class MaskPlace(Struct, frozen=True):
    """Where an edit of a look applies; see `document.state.MaskUse`."""

    digest: _Text
    feather: Annotated[float, Meta(ge=0, le=1)] = 0.0
    protect: bool = True
    features: Annotated[str, Meta(max_length=200, pattern=r"^[^\x00-\x1f\x7f]*\Z")] = ""


class LookEdit(Struct, frozen=True):
    """One edit of a look; see `document.state.Edit`."""

    direction: _Id
    amount: Annotated[float, Meta(ge=-1e6, le=1e6)]
    on: bool = True
    layers: tuple[_Layer, _Layer] | None = None
    off: Annotated[tuple[int, ...], Meta(max_length=1000)] | None = None
    mask: MaskPlace | None = None

    def __post_init__(self) -> None:
        if self.layers and self.layers[0] > self.layers[1]:
            raise ValueError("the layers of an edit must go from first to last")


class LookEntry(Struct, frozen=True):
    """A stack of edits, in their order."""

    id: _Id
    name: _Text
    edits: Annotated[tuple[LookEdit, ...], Meta(max_length=1000)]
    walk: Walk = "straight"


class Manifest(Struct, frozen=True):
    """All of ``manifest.json``."""

    format: int
    program: _Text
    name: _Text
    author: _Text
    licence: _Text
    model: Model
    directions: Annotated[tuple[Entry, ...], Meta(max_length=10_000)]
    notes: _Notes = ""
    tags: Annotated[tuple[_Tag, ...], Meta(max_length=100)] = ()
    looks: Annotated[tuple[LookEntry, ...], Meta(max_length=1000)] = ()

    def __post_init__(self) -> None:
        ids = {entry.id for entry in self.directions}
        if len(ids) < len(self.directions):
            raise ValueError("two directions have the same id")
        if len(ids | {look.id for look in self.looks}) < len(ids) + len(self.looks):
            raise ValueError("a look has the same id as something else")
        for look in self.looks:
            named = [edit.direction for edit in look.edits]
            if len(set(named)) < len(named) or not set(named) <= ids:
                raise ValueError(f"the look {look.id!r} names directions that are not there")

    @property
    def masks(self) -> frozenset[str]:
        """Digests of the masks that directions and looks name."""
        local = {e.local.mask for e in self.directions if e.local is not None and e.local.mask}
        used = {e.mask.digest for look in self.looks for e in look.edits if e.mask is not None}
        return frozenset(local | used)


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
        said = msgspec.json.decode(data)
        check_json(said)
        return msgspec.convert(upgraded(said, name), Manifest)
    except (msgspec.MsgspecError, RecursionError, UnicodeDecodeError, ValueError) as error:
        raise PresetError(f"{name} isn't a readable preset: its manifest {_why(error)}.") from error


def upgraded(manifest: Any, name: str) -> Json:
    """Bring a decoded manifest to the newest format, one step at a time.

    Raises:
        PresetError: No format number, or one newer than ours.
    """
    try:
        values = PRESET.upgraded(manifest, name)
    except NewerFormatError as error:
        raise NewerPresetError(str(error)) from error
    except ValueError as error:
        raise PresetError(f"{name} isn't a preset: its manifest names no format.") from error
    return PRESET.stamped(values)


def _split_notes(manifest: Json) -> Json:
    """Format 2: what was noted freely has places of its own."""
    entries = manifest.get("directions")
    if not isinstance(entries, list):
        return manifest
    prints = manifest.get("model")
    model = prints.get("fingerprint", "") if isinstance(prints, dict) else ""
    return {**manifest, "directions": [_split_note(entry, model) for entry in entries]}


def _split_note(entry: Any, model: object) -> Any:
    note = entry.get("note", {}) if isinstance(entry, dict) else None
    if not isinstance(note, dict):
        return entry
    rest = {key: value for key, value in note.items() if key not in (*_FOUND, "group")}
    told: Json = {"model": model}
    for key, name in (("steps", "steps"), ("seconds", "seconds"), ("version", "program"),
                      ("of", "of"), ("imported", "source")):  # fmt: skip
        if key in note:
            told[name] = note[key]
    number = note.get("run")
    if type(number) is int and number > 0:
        told |= {"number": number, "run": f"{entry.get('method', '')}-run{number}"}
    new = {key: value for key, value in entry.items() if key != "note"}
    if entry.get("kind") == "channels":
        options = entry.get("options")
        chosen = options.get("layer", "") if isinstance(options, dict) else ""
        layer, off = rest.pop("layer", chosen), rest.pop("off", [])
        off = [one for one in off if type(one) is int] if isinstance(off, list) else []
        new["channels"] = {"layer": layer if isinstance(layer, str) else "", "off": off}
    return {**new, "found": told, "group": note.get("group", ""), "measured": rest}


PRESET = StoredFormat(FORMAT, MappingProxyType({1: _split_notes, 2: unchanged, 3: unchanged}))


def _why(error: Exception) -> str:
    """A reader's complaint as the end of a sentence, short and without control characters."""
    if isinstance(error, RecursionError):
        return "is nested too deeply"
    said = str(error).replace("`", "").replace(" - at $.", " at ").replace(" - at $", "")
    return f"says: {ascii(said)[1:-1][:200]}"
