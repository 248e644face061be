"""The recipe in a picture: what it takes to make the picture again, as a text in the picture.

JSON that a person can read, with the numbers of directions, masks and latents packed in it. PNG
holds it in a text chunk (iTXt, "latentstudio"), WebP in its XMP. Nothing of it is ever executed.
"""

import base64
import binascii
import zlib
from collections.abc import Mapping
from dataclasses import replace
from pathlib import Path
from typing import Any

import msgspec
import numpy as np
from PIL import Image

from latentstudio.core.errors import ProjectError
from latentstudio.core.files import open_file
from latentstudio.core.formats import Json, NewerFormatError, StoredFormat
from latentstudio.document.assets import used_by
from latentstudio.document.history import Steps
from latentstudio.document.start import tuning_of, without_photo, without_tuning
from latentstudio.document.state import Document
from latentstudio.document.uses import directions_used
from latentstudio.exchange.projects.project import Project, pixels_digest
from latentstudio.exchange.projects.project_file import DIRECTIONS, VALUES, entries_of, from_entries
from latentstudio.exchange.projects.project_values import NewerProjectError
from latentstudio.export.metadata import ENDINGS, KEY, MOST_TEXT, xmp_recipe

RECIPE = StoredFormat(1)
_MOST_NUMBERS = 64 * 2**20
"""Bytes of one packed file of numbers, unpacked."""
_MOST_FILE = 512 * 2**20
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, KeyError, TypeError, IndexError,
           OverflowError, NotImplementedError, RuntimeError, MemoryError, zlib.error)  # fmt: skip


def as_recipe(project: Project) -> Project:
    """The project of its picture alone, without steps, and without folders of this computer.

    Without the photo that it was found for, too: who gets the picture need not see all of that.
    """
    doc = project.document
    used = directions_used([replace(doc, snapshots=(), pinned=frozenset())])
    names = tuple((id, name) for id, name in doc.names if id in used)
    alone = Document(
        _last(doc.model),
        doc.fingerprint,
        replace(doc.picture, start=without_photo(doc.picture.start)),
        names,
    )
    directions = tuple(one for one in project.directions.directions if one.id in used)
    arrays = {key: array for key, array in project.arrays.items() if key in used_by(alone)}
    return replace(
        project,
        arrays=arrays,
        steps=Steps(alone),
        model=replace(project.model, path=_last(project.model.path)),
        directions=replace(project.directions, directions=directions),
        preview=b"",
    )


def recipe_text(project: Project) -> str:
    """The recipe of a project's picture.

    Where numbers would take too much room, weights fitted to a photo are left out, then all: the
    picture then comes back where its directions are known.
    """
    alone = as_recipe(project)
    parts = entries_of(alone)
    text = _joined(parts)
    if len(text) > MOST_TEXT and tuning_of(alone.document.picture.start):
        parts = entries_of(_untuned(alone))
        text = _joined(parts)
    if len(text) > MOST_TEXT:
        text = _joined({VALUES: parts[VALUES]})
    return text


def _untuned(project: Project) -> Project:
    """The picture as the model itself draws it, which is another one than was saved."""
    doc = project.document
    picture = replace(doc.picture, start=without_tuning(doc.picture.start))
    alone = replace(doc, picture=picture)
    arrays = {key: array for key, array in project.arrays.items() if key in used_by(alone)}
    return replace(project, steps=Steps(alone), arrays=arrays, pixels="")


def _joined(parts: Mapping[str, bytes]) -> str:
    values: Json = {
        name: msgspec.json.decode(data) for name, data in parts.items() if name.endswith(".json")
    }
    numbers = {name: _packed(data) for name, data in parts.items() if name not in values}
    return msgspec.json.encode(RECIPE.stamped({**values, "numbers": numbers})).decode()


def read_recipe(path: Path) -> Project | None:
    """The recipe in a picture; None where it holds none.

    Raises:
        ProjectError: The recipe is damaged, hostile, or from a newer LatentStudio.
    """
    text = _text(path)
    return None if text is None else from_text(text, path.name)


def holds_pixels(path: Path, digest: str) -> bool:
    """Whether a picture's file has the very pixels of a digest: not enlarged, not compressed."""
    try:
        with open_file(path) as file, Image.open(file, formats=("PNG", "WEBP")) as picture:
            found = (np.asarray(picture.convert(mode)) for mode in ("RGB", "RGBA"))
            return any(pixels_digest(pixels) == digest for pixels in found)
    except (*_BROKEN, Image.DecompressionBombError):
        return False


def from_text(text: str, name: str) -> Project:
    """The project that a recipe describes; errors as `read_recipe`."""
    try:
        found = RECIPE.upgraded(msgspec.json.decode(text), name)
        numbers = found.pop("numbers", {})
        parts = {key: msgspec.json.encode(found[key]) for key in (VALUES, DIRECTIONS)
                 if key in found}  # fmt: skip
        parts |= {str(key): _unpacked(data) for key, data in numbers.items()}
    except NewerFormatError as error:
        raise NewerProjectError(str(error)) from error
    except (ValueError, TypeError, KeyError, AttributeError, RecursionError, zlib.error) as error:
        raise _damaged(name) from error
    if VALUES not in parts:
        raise _damaged(name)
    return from_entries(parts, name)


def _text(path: Path) -> str | None:
    """The text of a picture's recipe; None where it has none, or is no such picture."""
    if path.suffix.lower() not in ENDINGS:
        return None
    try:
        with open_file(path) as file:
            if path.stat().st_size > _MOST_FILE:
                return None
            with Image.open(file, formats=("PNG", "WEBP")) as picture:
                return _found(picture)
    except (*_BROKEN, Image.DecompressionBombError):
        return None


def _found(picture: Image.Image) -> str | None:
    if picture.format == "WEBP":
        return xmp_recipe(picture.info.get("xmp", b""))
    said: Any = picture.info.get(KEY)
    return str(said) if isinstance(said, str) and len(said) <= MOST_TEXT else None


def _packed(data: bytes) -> str:
    return base64.b64encode(zlib.compress(data, 9)).decode()


def _unpacked(text: Any) -> bytes:
    """Bytes of packed numbers, never more than `_MOST_NUMBERS`."""
    if not isinstance(text, str):
        raise ValueError("numbers are a text")
    try:
        packed = base64.b64decode(text, validate=True)
    except binascii.Error as error:
        raise ValueError("numbers are base64") from error
    machine = zlib.decompressobj()
    data = machine.decompress(packed, _MOST_NUMBERS)
    if machine.unconsumed_tail or not machine.eof:
        raise ValueError("numbers are too many, or cut off")
    return data


def _last(path: str) -> str:
    """The name of a file without its folders, whatever system they are of."""
    return path.replace("\\", "/").rstrip("/").rpartition("/")[2]


def _damaged(name: str) -> ProjectError:
    return ProjectError(
        f"The recipe in {name} is damaged, so the picture opens as any other. Ask for the file "
        "as it was saved."
    )
