"""``.lstudio``: a document to keep and share. A zip of JSON, safetensors and PNG."""

from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path

import numpy as np
import safetensors.numpy
from safetensors import SafetensorError

from latentstudio.core.errors import LatentStudioError, PresetError, ProjectError
from latentstudio.core.files import atomic_path
from latentstudio.core.formats import NewerFormatError
from latentstudio.document.assets import Array, digest_of_array, is_digest, sealed
from latentstudio.document.direction import DirectionSet
from latentstudio.document.state import Document
from latentstudio.exchange import bounded_zip
from latentstudio.exchange.presets import manifest, tensors
from latentstudio.exchange.presets.kinds import problem
from latentstudio.exchange.presets.preset_file import from_parts, to_manifest
from latentstudio.exchange.projects import project_values
from latentstudio.exchange.projects.project import Project, pictures_of
from latentstudio.exchange.projects.project_values import NewerProjectError

ENDING = ".lstudio"
VALUES = "project.json"
DIRECTIONS = "directions.json"
TENSORS = "directions.safetensors"
ARRAYS = "assets.safetensors"
PREVIEW = "preview.png"

_MOST = 256 * 2**20
MOST_ARRAYS = 4_000
KIND = bounded_zip.Kind(
    "project",
    ProjectError,
    _MOST,
    100,
    {".json": 16 * 2**20, ".png": 32 * 2**20, ".safetensors": _MOST},
    ratio=400,  # steps of a long history are much alike
)
_PNG = b"\x89PNG\r\n\x1a\n"


def write_project(project: Project, path: Path) -> None:
    """Write a project. The old file stays whole until the new one is complete.

    Args:
        project: What to write.
        path: Where to, usually ending in ``.lstudio``.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
        ProjectError: It holds what could not be read again.
    """
    parts = entries_of(project)
    # What could not be read back must not replace what can.
    from_entries(parts, path.name)
    if project.preview:
        parts[PREVIEW] = project.preview
    with atomic_path(path) as temporary:
        bounded_zip.write_zip(temporary, parts)


def read_project(path: Path) -> Project:
    """Read a project of this format or any earlier one. Nothing in it is ever executed.

    Raises:
        ProjectError: Missing, damaged, hostile, or from a newer LatentStudio.
    """
    with bounded_zip.open_zip(path, KIND) as archive:
        wanted = {VALUES, DIRECTIONS, TENSORS, ARRAYS, PREVIEW} & set(archive.names()) | {VALUES}
        parts = {name: archive.read(name) for name in sorted(wanted)}
    preview = parts.pop(PREVIEW, b"")
    if preview and not preview.startswith(_PNG):
        raise ProjectError(f"{path.name} holds a preview that isn't a PNG picture.")
    return replace(from_entries(parts, path.name), preview=preview)


def entries_of(project: Project) -> dict[str, bytes]:
    """The entries of a project by name, without its preview.

    Raises:
        ProjectError: Directions or arrays that cannot be kept.
    """
    found = project.directions
    rest = {key: a for key, a in project.arrays.items() if key not in found.masks}
    parts = {VALUES: project_values.encode(project)}
    try:
        if found.directions:
            parts[DIRECTIONS] = manifest.encode(to_manifest(found))
            parts[TENSORS] = tensors.pack(found)
    except (PresetError, TypeError, ValueError) as error:
        raise ProjectError(f"The directions of this project can't be saved: {error}.") from error
    if rest:
        parts[ARRAYS] = safetensors.numpy.save(
            {key: np.ascontiguousarray(array) for key, array in rest.items()}
        )
    return parts


def from_entries(parts: Mapping[str, bytes], name: str) -> Project:
    """The project that entries describe; errors as `read_project`."""
    found = _directions(parts, name) if DIRECTIONS in parts else None
    project = project_values.decode(parts[VALUES], found, name)
    arrays = _arrays(parts[ARRAYS], name) if ARRAYS in parts else {}
    if found is not None:
        arrays |= found.masks
    for doc in project.steps.states():
        _check_shapes(doc, arrays, name)
    return replace(project, arrays=arrays)


def _directions(parts: Mapping[str, bytes], name: str) -> DirectionSet:
    try:
        said = manifest.decode(parts[DIRECTIONS], name)
        found = from_parts(said, parts.get(TENSORS, b""), name)
    except NewerFormatError as error:
        raise NewerProjectError(str(error)) from error
    except LatentStudioError as error:
        raise ProjectError(
            f"{name} holds directions that can't be read. Copy it again from where it came."
        ) from error
    for one in found.directions:
        wrong = problem(one, found.model.dims)
        if wrong:
            raise ProjectError(f"{name} is broken: {ascii(one.name)[1:-1][:80]} {wrong}.")
    return found


def _arrays(data: bytes, name: str) -> dict[str, Array]:
    """Arrays by digest; each is what its digest says."""
    try:
        found = safetensors.numpy.load(data)
        if len(found) > MOST_ARRAYS or not all(map(is_digest, found)):
            raise ValueError("not named by digests")
        arrays = {digest: sealed(array) for digest, array in found.items()}
    except (SafetensorError, KeyError, TypeError, ValueError) as error:
        raise KIND.damaged(name) from error
    if any(digest_of_array(array) != digest for digest, array in arrays.items()):
        raise KIND.damaged(name)
    return arrays


def _check_shapes(doc: Document, arrays: Mapping[str, Array], name: str) -> None:
    """A mask has two sides; whether a latent fits is known with the model only."""
    edits = [edit for picture in pictures_of(doc) for edit in picture.edits]
    masks = {edit.mask.digest for edit in edits if edit.mask is not None}
    masks |= {region.mask.digest for region in doc.regions}
    if any(arrays[digest].ndim != 2 for digest in masks & arrays.keys()):
        raise KIND.damaged(name)
