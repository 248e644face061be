"""Files of directions that people have: ``.npy``, ``.npz``, ``.safetensors``, ``.pt``, ``.pkl``.

A file is recognised by what is in it, and read by readers that execute nothing.
"""

import contextlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.arrays import load_latents
from latentstudio.core.errors import FileError, LatentStudioError
from latentstudio.core.files import open_file
from latentstudio.core.npy_files import (
    BROKEN_ZIP,
    MAX_BYTES,
    NPY,
    ZIP,
    is_npz,
    objects_in,
    read_npy,
    read_npz,
)
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.engine.checkpoint import read_checkpoint
from latentstudio.engine.pickle_source import Source
from latentstudio.engine.records import Array
from latentstudio.engine.safetensors_file import MAX_HEADER, looks_like_safetensors
from latentstudio.engine.torch_files import read_pickle
from latentstudio.exchange.latent_files import (
    LatentsError,
    are_latents,
    is_style_channels,
    latents_in,
)
from latentstudio.exchange.text_files import text_content
from latentstudio.exchange.vector_layouts import Vectors, vectors_of

MOST = 10_000
"""Directions in one file: as many as a preset holds."""
_BESIDE = 1_000
"""Further entries of a file: versions, settings, means."""


def read_vectors(path: Path) -> Job[Vectors]:
    """Read a file's directions and check every number.

    Raises:
        FileError: Missing, empty, cut off, hostile, or it holds no directions.
    """
    content = yield from content_of(path)
    if is_style_channels(path, content):
        raise FileError(
            f"{path.name} holds what StyleCLIP knows of a model's style channels, not directions: "
            "its rows are meanings, not steps. Import directions made with it."
        )
    if are_latents(path, content):
        raise LatentsError(
            f"{path.name} holds latents of pictures, not directions. Open them as pictures: "
            f"render MODEL --latents {path.name}. If they are directions, write so in its name."
        )
    found = vectors_of(content)
    if found is None:
        raise nothing_in(path)
    _check(found, path.name)
    return found


def holds_vectors(path: Path) -> Job[bool]:
    """Whether a file can be read as directions rather than as a model."""
    try:
        content = yield from content_of(path)
        if are_latents(path, content) or is_style_channels(path, content):
            return True  # no model; whoever imports it hears what it is
        found = vectors_of(content)
    except LatentStudioError:
        return False
    return found is not None and found.rows.size > 0


def read_latents(path: Path) -> Job[tuple[NDArray[Any], Space | None]]:
    """Latents of pictures from any file of numbers, and their space if the file says it.

    Returns:
        (N, dim) or (N, layers, dim), or (layers, dim) of one picture; `placed_latents` settles it.

    Raises:
        FileError: It can't be read, or holds no array of decimal numbers.
        OptionError: It holds something else than decimal numbers.
    """
    yield Step(0.0, "Reading the file")
    if not path.is_file() or path.suffix.lower() == ".npy":
        return load_latents(path), None
    found = latents_in((yield from content_of(path)))
    if found is None:
        raise FileError(
            f"{path.name} holds no latents: it needs one array of decimal numbers, "
            "or one called w, z or latents."
        )
    return found


def placed_latents(
    array: NDArray[Any], space: Space | None, said: Space | None, info: GeneratorInfo
) -> tuple[NDArray[Any], Space]:
    """Latents in the form of their space, and the space: what was asked for, else said, else Z.

    (dim,), (N, dim), (layers, dim) or (N, layers, dim) -> (N, dim) or (N, layers, dim). As many
    rows as the model has layers are one code of W+, where nothing says Z or W.
    """
    layered = Space.WPLUS in info.spaces and info.code_layers > 1
    one = layered and array.shape == (info.code_layers, info.code_dim)
    if one and space is not Space.W and (space or said) is not Space.Z:
        array, said = array[None], Space.WPLUS  # a row for each layer: one picture
    if array.ndim == 1:
        array = array[None]
    fallback = Space.WPLUS if array.ndim == 3 and Space.WPLUS in info.spaces else Space.Z
    return array, space or said or fallback


def nothing_in(path: Path) -> FileError:
    """The sentence for a file or folder without directions."""
    return FileError(
        f"{path.name} holds no directions. Choose a preset (.lpreset), a file of rows of numbers "
        "(.npy, .npz, .safetensors, .pt, .pkl, .csv) or an experiment folder of WarpedGANSpace, "
        "with args.json and models."
    )


def content_of(path: Path) -> Job[Any]:
    """What a file of numbers holds: an array, or arrays and plain values by name.

    Raises:
        FileError: Missing, cut off, hostile, or larger than any file of directions.
    """
    yield Step(0.0, "Reading the file")
    if not path.is_file():
        what = "is a folder" if path.is_dir() else "does not exist"
        raise FileError(f"{path} {what}. Choose a file of directions.")
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileError(f"{path.name} is larger than any file of directions. Check the file.")
        with open_file(path) as file:
            head = file.read(len(NPY))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{path} can't be read ({reason}).") from error
    _check_count(path)
    if head == NPY:
        objects = objects_in(path)
        return read_npy(path) if objects is None else (yield from _objects(path, objects))
    if is_npz(path):
        return read_npz(path)
    text = text_content(path)
    if text is not None:
        return text
    checkpoint = yield from read_checkpoint(path)
    return checkpoint.content


def _objects(path: Path, start: int) -> Job[Any]:
    """The values of an ``.npy`` file of objects, by the reader that runs nothing."""
    with open_file(path) as file:
        file.seek(start)
        value, _ = yield from read_pickle(Source(file))
    if isinstance(value, Array) and value.items is not None:
        return value.items[0] if len(value.items) == 1 else value.items
    return value


def _check_count(path: Path) -> None:
    """Refuse a file of more arrays than rows are taken: reading them one by one takes minutes.

    Raises:
        FileError: It holds far more arrays than directions, names and settings need.
    """
    count = 0
    with contextlib.suppress(OSError, *BROKEN_ZIP), open_file(path) as file:
        head = file.read(9)
        if head.startswith(ZIP):
            with zipfile.ZipFile(file) as archive:
                count = len(archive.infolist())
        elif looks_like_safetensors(head):
            size = int.from_bytes(head[:8], "little")
            count = file.read(min(size, MAX_HEADER)).count(b'"data_offsets"')
    if count > MOST + _BESIDE:
        raise FileError(
            f"{path.name} holds {count:,} arrays; a preset takes {MOST:,} directions. Put the rows "
            "into one array, at most that many."
        )


def _check(found: Vectors, name: str) -> None:
    rows = found.rows
    if not rows.size:
        raise FileError(f"{name} is empty: its array has the shape {rows.shape}.")
    if len(rows) > MOST:
        raise FileError(f"{name} holds {len(rows):,} rows; a preset takes {MOST:,} directions.")
    with np.errstate(over="ignore", invalid="ignore"):
        finite = np.isfinite(rows.astype(np.float32)).all()
    if not finite:
        raise FileError(f"{name} holds NaN, infinity or numbers too large for directions.")
    empty = np.flatnonzero(~rows.reshape(len(rows), -1).any(axis=1))
    if len(empty):
        raise FileError(f"{name} holds a direction of zeros only (row {empty[0]}). Take it out.")
