"""``.lpreset``: directions and looks to keep and share. A zip of JSON, safetensors and PNG."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType

from msgspec import structs

from latentstudio import __version__
from latentstudio.core.errors import PresetError
from latentstudio.core.files import atomic_path
from latentstudio.document.direction import (
    ChannelGroups,
    Direction,
    DirectionSet,
    Local,
    ModelKey,
    Provenance,
)
from latentstudio.document.payloads import payload_of
from latentstudio.exchange.presets import look_entries, manifest, tensors
from latentstudio.exchange.presets.archive import Archive, open_zip, write_zip
from latentstudio.exchange.presets.strips import check_strip

MANIFEST = "manifest.json"
TENSORS = "directions.safetensors"
PREVIEWS = "previews/"
MOST_SHOWN = 64
"""Previews that are read where only a look at the preset is wanted."""


def write_preset(
    found: DirectionSet, path: Path, previews: Mapping[str, bytes] = MappingProxyType({})
) -> None:
    """Write a preset. The old file stays whole until the new one is complete.

    Args:
        found: The directions, and which model they belong to.
        path: Where to, usually ending in ``.lpreset``.
        previews: PNG files by direction id.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
        PresetError: Directions that cannot be kept, such as two with one id.
    """
    try:
        text = manifest.encode(to_manifest(found))
    except (TypeError, ValueError) as error:
        raise PresetError(f"These directions can't be saved: {error}.") from error
    # What could not be read back must not replace what can.
    manifest.decode(text, path.name)
    entries = {MANIFEST: text, TENSORS: tensors.pack(found)}
    entries |= {f"{PREVIEWS}{key}.png": data for key, data in previews.items()}
    with atomic_path(path) as temporary:
        write_zip(temporary, entries)


def read_preset(path: Path) -> DirectionSet:
    """Read a preset of this format or any earlier one. Nothing in it is ever executed.

    Raises:
        PresetError: Missing, damaged, hostile, or from a newer LatentStudio.
    """
    with open_zip(path) as archive:
        said = manifest.decode(archive.read(MANIFEST), path.name)
        data = archive.read(TENSORS)
    return from_parts(said, data, path.name)


def from_parts(said: manifest.Manifest, data: bytes, name: str) -> DirectionSet:
    """The set that a manifest and the bytes of its tensors describe; errors as `read_preset`."""
    numbers, masks = tensors.unpack(data, said, name)
    directions = tuple(
        _direction(entry, vector, arrays)
        for entry, (vector, arrays) in zip(said.directions, numbers, strict=True)
    )
    model = said.model
    key = ModelKey(model.fingerprint, model.family, model.resolution, dict(model.dims))
    looks = tuple(map(look_entries.look, said.looks))
    return DirectionSet(
        key, directions, said.name, said.author, said.licence, masks, said.notes, said.tags, looks
    )


def read_previews(path: Path) -> dict[str, bytes]:
    """PNG files in a preset, by the id of the direction or look.

    Raises:
        PresetError: As `read_preset`, or a preview is no PNG, or a larger one than any preview.
    """
    with open_zip(path) as archive:
        found = {_shown(name): archive.read(name) for name in _previews(archive)}
    for name, data in found.items():
        check_strip(data, path.name, name)
    return found


def read_manifest(path: Path) -> manifest.Manifest:
    """What a preset says of itself, without its numbers and previews.

    Raises:
        PresetError: As `read_preset`; the numbers may be wrong still.
    """
    with open_zip(path) as archive:
        return manifest.decode(archive.read(MANIFEST), path.name)


def read_header(path: Path) -> tuple[manifest.Manifest, dict[str, bytes]]:
    """What a preset says of itself, and its previews by id, without its numbers.

    Previews that are no sound small PNG are left out.

    Raises:
        PresetError: As `read_preset`; the numbers may be wrong still.
    """
    with open_zip(path) as archive:
        said = manifest.decode(archive.read(MANIFEST), path.name)
        shown: dict[str, bytes] = {}
        for name in _previews(archive)[:MOST_SHOWN]:
            with contextlib.suppress(PresetError):
                shown[_shown(name)] = check_strip(archive.read(name), path.name, name)
    return said, shown


def renamed(path: Path, name: str, target: Path) -> None:
    """Write a preset under another name, in all else as it is; format and previews too.

    Args:
        path: The preset.
        name: What it is called from now on.
        target: Where to; a temporary path, see `core.files.atomic_path`.

    Raises:
        PresetError: As `read_preset`.
    """
    with open_zip(path) as archive:
        said = manifest.decode(archive.read(MANIFEST), path.name)
        text = manifest.encode(structs.replace(said, name=name))
        manifest.decode(text, path.name)
        rest = {entry: archive.read(entry) for entry in archive.names() if entry != MANIFEST}
    write_zip(target, {MANIFEST: text, **rest})


def preview_names(path: Path) -> tuple[str, ...]:
    """Names of the entries with previews, without looking at the pictures.

    Raises:
        PresetError: As `read_preset`.
    """
    with open_zip(path) as archive:
        return _previews(archive)


def _previews(archive: Archive) -> tuple[str, ...]:
    return tuple(n for n in archive.names() if n.startswith(PREVIEWS) and n.endswith(".png"))


def _shown(name: str) -> str:
    """The id of the direction that a preview shows."""
    return name.removeprefix(PREVIEWS).removesuffix(".png")


def to_manifest(found: DirectionSet) -> manifest.Manifest:
    """What the manifest says about a set."""
    key = found.model
    return manifest.Manifest(
        format=manifest.FORMAT,
        program=__version__,
        name=found.name,
        author=found.author,
        licence=found.licence,
        model=manifest.Model(key.fingerprint, key.family, key.resolution, dict(key.dims)),
        directions=tuple(map(_entry, found.directions)),
        notes=found.notes,
        tags=found.tags,
        looks=tuple(map(look_entries.entry, found.looks)),
    )


def _entry(direction: Direction) -> manifest.Entry:
    payload, how = direction.payload, direction.provenance
    channels = local = None
    if isinstance(payload, ChannelGroups):
        channels = manifest.Channels(payload.layer, tuple(sorted(payload.off)))
    if isinstance(payload, Local):
        local = manifest.Region(payload.mask)
    return manifest.Entry(
        id=direction.id,
        name=direction.name,
        kind=direction.kind,
        space=direction.space,
        layers=direction.layers,
        unit=float(direction.unit),
        range=(float(direction.low), float(direction.high)),
        method=how.method,
        options=dict(how.options),
        seed=how.seed,
        found=manifest.ProvenanceEntry(
            *(getattr(how, name) for name in manifest.ProvenanceEntry.__struct_fields__)
        ),
        group=direction.group,
        measured=dict(direction.measured),
        channels=channels,
        local=local,
    )


def _direction(
    entry: manifest.Entry, vector: tensors.Floats, arrays: Mapping[str, tensors.Floats]
) -> Direction:
    low, high = entry.range
    told = entry.channels or entry.local
    facts = {} if told is None else structs.asdict(told)
    return Direction(
        id=entry.id,
        name=entry.name,
        space=entry.space,
        payload=payload_of(entry.kind, vector, arrays, facts),
        unit=entry.unit,
        low=low,
        high=high,
        layers=entry.layers,
        provenance=Provenance(
            entry.method, entry.options, entry.seed, **structs.asdict(entry.found)
        ),
        group=entry.group,
        measured=entry.measured,
    )
