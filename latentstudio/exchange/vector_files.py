"""Files of directions that people have: ``.npy``, ``.npz``, ``.safetensors``, ``.pt``, ``.pkl``.

A file is recognised by what is in it, and read by readers that execute nothing.
"""

import contextlib
import zipfile
from pathlib import Path
from typing import Any

import numpy as np

from latentstudio.core.errors import FileError, LatentStudioError
from latentstudio.core.files import open_file
from latentstudio.core.npy_files import BROKEN_ZIP, MAX_BYTES, NPY, ZIP, is_npz, read_npy, read_npz
from latentstudio.core.progress import Job, Step
from latentstudio.engine.checkpoint import read_checkpoint
from latentstudio.engine.safetensors_file import MAX_HEADER, looks_like_safetensors
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
    content = yield from _content(path)
    found = vectors_of(content)
    if found is None:
        raise nothing_in(path)
    _check(found, path.name)
    return found


def holds_vectors(path: Path) -> Job[bool]:
    """Whether a file can be read as directions rather than as a model."""
    try:
        found = vectors_of((yield from _content(path)))
    except LatentStudioError:
        return False
    return found is not None and found.rows.size > 0


def nothing_in(path: Path) -> FileError:
    """The sentence for a file or folder without directions."""
    return FileError(
        f"{path.name} holds no directions. Choose a preset (.lpreset), a file of rows of numbers "
        "(.npy, .npz, .safetensors, .pt) or an experiment folder of WarpedGANSpace, with "
        "args.json and models."
    )


def _content(path: Path) -> Job[Any]:
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
        return read_npy(path)
    if is_npz(path):
        return read_npz(path)
    checkpoint = yield from read_checkpoint(path)
    return checkpoint.content


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
