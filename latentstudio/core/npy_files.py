"""``.npy`` and ``.npz`` files from strangers: every size is checked before memory is taken."""

import io
import math
import tokenize
import zipfile
import zlib
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from latentstudio.core import sizes
from latentstudio.core.errors import FileError
from latentstudio.core.files import open_file, read_file

NPY = b"\x93NUMPY"
ZIP = b"PK\x03\x04"
MAX_BYTES = 256 * 2**20
"""Of one file, and of all arrays of an ``.npz`` unpacked: as much as a preset may hold."""
MAX_ARRAYS = 4_000

BROKEN_ZIP = (
    zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError,
    SyntaxError, TypeError, KeyError, OverflowError, RecursionError, tokenize.TokenError,
)  # fmt: skip
Arrays = dict[str, NDArray[Any]]


class _NoNumbersError(FileError):
    """An array is sound and harmless, but of texts or the like."""


def read_npy(path: Path) -> NDArray[Any]:
    """Read an ``.npy`` file of numbers. A pickle inside is refused, not run.

    The array has the shape (...) and the type it was written with, and can't be written to.

    Raises:
        FileError: Missing, too large, cut off, with objects, or with a shape that is not there.
    """
    return _array(_bytes(path), path.name)


def read_npz(path: Path) -> Arrays:
    """Read the numbers of an ``.npz`` file by name; texts are left out. Errors as `read_npy`."""
    try:
        with zipfile.ZipFile(io.BytesIO(_bytes(path))) as archive:
            entries = archive.infolist()
            if len(entries) > MAX_ARRAYS or sum(e.file_size for e in entries) > MAX_BYTES:
                raise FileError(f"{path.name} would unpack to more than directions need.")
            return _numbers(archive, path.name)
    except BROKEN_ZIP as error:
        raise _broken(path.name) from error


def _numbers(archive: zipfile.ZipFile, name: str) -> Arrays:
    found, other = {}, None
    for entry in archive.infolist():
        try:
            found[entry.filename.removesuffix(".npy")] = _array(archive.read(entry), name)
        except _NoNumbersError as error:
            other = error
    if other and not found:
        raise other
    return found


def objects_in(path: Path) -> int | None:
    """Where the pickle of an ``.npy`` file of objects begins; None for a file of numbers."""
    try:
        with open_file(path) as file:
            _, _, dtype = _header(file)
            return file.tell() if dtype.hasobject and dtype.kind == "O" else None
    except (*BROKEN_ZIP, OSError):
        return None


def is_npz(path: Path) -> bool:
    """Whether a file is a zip that holds ``.npy`` files only."""
    try:
        with open_file(path) as file, zipfile.ZipFile(file) as archive:
            names = archive.namelist()[: MAX_ARRAYS + 1]
    except (*BROKEN_ZIP, OSError):
        return False
    return bool(names) and all(name.endswith(".npy") for name in names)


def _bytes(path: Path) -> bytes:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise FileError(
                f"{path.name} is larger than {MAX_BYTES // 2**20} MB: no file of directions is."
            )
        return read_file(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{path} can't be read ({reason}).") from error


def _array(data: bytes, name: str) -> NDArray[Any]:
    """One array from the bytes of an ``.npy`` file (NumPy enhancement proposal 1)."""
    file = io.BytesIO(data)
    try:
        shape, fortran, dtype = _header(file)
    except BROKEN_ZIP as error:
        raise _broken(name) from error
    if dtype.hasobject:
        raise FileError(
            f"{name} holds Python objects, which could run code: it was not opened. Save plain "
            "numbers with numpy.save(file, array.astype('float32'))."
        )
    if not sizes.are_sane(shape):
        raise FileError(
            f"{name} declares more numbers than any file holds. Download or copy it again."
        )
    if dtype.kind not in "fiu":
        what = str(dtype)[:40]
        raise _NoNumbersError(f"{name} holds {what}, not decimal numbers. Save it as float32.")
    wanted = math.prod(shape)
    if wanted * dtype.itemsize != len(data) - file.tell():
        raise FileError(
            f"{name} declares {wanted:,} numbers and holds "
            f"{(len(data) - file.tell()) // dtype.itemsize:,}. Download or copy it again."
        )
    flat = np.frombuffer(data, dtype, wanted, file.tell())
    return flat.reshape(shape, order="F" if fortran else "C")


def _header(file: BinaryIO) -> tuple[tuple[int, ...], bool, np.dtype[Any]]:
    version = np.lib.format.read_magic(file)
    if version == (1, 0):
        return np.lib.format.read_array_header_1_0(file)
    if version == (2, 0):
        return np.lib.format.read_array_header_2_0(file)
    raise ValueError(f"version {version}")


def _broken(name: str) -> FileError:
    return FileError(f"{name} is damaged or cut off. Download or copy it again.")
