"""Directions as plain files for other programs: an array or tensors, and a JSON beside them.

The JSON is a preset's manifest: names, spaces, layers, units. With it the directions can be read
back as they were; an array alone is anybody's (`exchange.vector_files`).
"""

import json
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import safetensors.numpy

from latentstudio import __version__
from latentstudio.core.errors import FileError, OptionError, PresetError
from latentstudio.core.files import open_file, read_file, write_bytes
from latentstudio.core.npy_files import MAX_BYTES, NPY, read_npy
from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, DirectionSet, Linear
from latentstudio.exchange.presets import manifest, tensors
from latentstudio.exchange.presets.preset_file import from_parts, to_manifest
from latentstudio.export.arrays import save_array

Format = Literal["npy", "safetensors"]
MAX_JSON = 8 * 2**20
_UNIT_TO = 1e-4
"""Vectors whose length is this near to 1 are unit vectors, rounded."""


def write_plain(found: DirectionSet, folder: Path, form: Format) -> tuple[Path, ...]:
    """Write directions, an array for each space, or all of them as tensors of one file.

    Args:
        found: The directions.
        folder: Where to; made if it is not there.
        form: ``npy`` takes straight directions only, others are left out; see `left_out`.

    Returns:
        The files with the numbers; the JSON of each ends in ``.json``.

    Raises:
        OptionError: There is nothing that this form can hold.
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
    """
    if not found.directions:
        raise OptionError("The preset holds no directions. Choose another one.")
    if form == "safetensors":
        path = folder / "directions.safetensors"
        write_bytes(path, tensors.pack(found, _about(found)))
        write_bytes(path.with_suffix(".json"), manifest.encode(to_manifest(found)))
        return (path,)
    written = tuple(_write_array(found, space, folder) for space in Space if _rows(found, space))
    if not written:
        raise OptionError(
            "Curved paths and groups of channels aren't plain vectors, so .npy can't hold them. "
            "Choose --format safetensors."
        )
    return written


def _about(found: DirectionSet) -> dict[str, str]:
    """What the header says, in the keys of ModelSpec as far as they fit directions."""
    model = found.model
    said = {
        "sai_model_spec": "1.0.1",
        "architecture": f"{model.family or 'gan'}/latent-directions",
        "implementation": f"latentstudio {__version__}",
        "title": found.name or "Directions",
        "author": found.author,
        "license": found.licence,
        "description": found.notes,
        "tags": ", ".join(found.tags),
        "resolution": f"{model.resolution}x{model.resolution}" if model.resolution else "",
    }
    return {f"modelspec.{key}": value for key, value in said.items() if value}


def left_out(found: DirectionSet, form: Format) -> str:
    """What a form can't hold, as a sentence, or empty."""
    count = sum(not one.straight for one in found.directions) if form == "npy" else 0
    if not count:
        return ""
    which = f"{count} of {len(found)} directions are curved paths or groups of channels"
    return f"{which}, which .npy can't hold: left out. --format safetensors takes all."


def read_plain(path: Path) -> DirectionSet | None:
    """Read directions that `write_plain` wrote; None for files of other projects.

    Raises:
        FileError: The array can't be read.
        PresetError: It doesn't fit the JSON beside it.
    """
    said = _said(path.with_suffix(".json"))
    if said is None or path.suffix.lower() not in (".npy", ".safetensors"):
        return None
    try:
        found = from_parts(said, _tensors(path, said), path.name)
    except PresetError as error:
        hint = f"Delete {path.stem}.json to read the numbers alone."
        raise PresetError(str(error), hint=hint) from error
    return replace(found, directions=tuple(map(_unit, found.directions)))


def _rows(found: DirectionSet, space: Space) -> tuple[Direction, ...]:
    """The straight directions of a space as plain lines: an array has no place for masks."""
    return tuple(
        replace(one, payload=Linear(one.vector))
        for one in found.directions
        if one.straight and one.space is space
    )


def _write_array(found: DirectionSet, space: Space, folder: Path) -> Path:
    rows = _rows(found, space)
    if len({one.vector.shape for one in rows}) > 1:
        raise PresetError("Directions of different lengths can't share an array. Save two presets.")
    path = folder / f"directions-{'wplus' if space is Space.WPLUS else space}.npy"
    said = manifest.encode(to_manifest(replace(found, directions=rows)))
    save_array(path, np.stack([one.vector for one in rows]))
    write_bytes(path.with_suffix(".json"), said)
    return path


def _said(path: Path) -> manifest.Manifest | None:
    """The manifest in a JSON file, None where it is none."""
    try:
        if not path.is_file() or path.stat().st_size > MAX_JSON:
            return None
        data = read_file(path)
        known = json.loads(data)
    except (OSError, ValueError, RecursionError):
        return None
    if not isinstance(known, dict) or not {"format", "directions", "model"} <= set(known):
        return None
    return manifest.decode(data, path.name)


def _tensors(path: Path, said: manifest.Manifest) -> bytes:
    """The bytes of a safetensors file."""
    try:
        with open_file(path) as file:
            if path.stat().st_size > MAX_BYTES:
                raise FileError(f"{path.name} is larger than any file of directions.")
            if file.read(len(NPY)) != NPY:
                return read_file(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{path} can't be read ({reason}).") from error
    spaces = {entry.space for entry in said.directions}
    if len(spaces) != 1:
        raise PresetError(f"{path.with_suffix('.json').name} names directions of several spaces.")
    return safetensors.numpy.save({tensors.shared_name(spaces.pop()): _dense(path)})


def _dense(path: Path) -> np.ndarray:
    return np.ascontiguousarray(read_npy(path))


def _unit(direction: Direction) -> Direction:
    """The same displacement by a vector of unit length; others may have changed the numbers."""
    length = float(np.linalg.norm(direction.vector.astype(np.float64)))
    if not isinstance(direction.payload, Linear) or abs(length - 1) <= _UNIT_TO or not length:
        return direction
    vector = (direction.vector / length).astype(np.float32)
    return replace(direction, payload=Linear(vector), unit=direction.unit * length)
