"""NumPy files written row by row, so that memory stays bounded whatever their length."""

import contextlib
from collections.abc import Callable, Iterator
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.files import atomic_path

Append = Callable[[NDArray[np.float32]], None]


@contextlib.contextmanager
def npy_file(path: Path, shape: tuple[int, ...]) -> Iterator[Append]:
    """Write a float32 ``.npy`` file in parts; it appears when it is complete.

    Args:
        path: Where to.
        shape: Of the whole array.

    Yields:
        A function that appends rows, (n, *shape[1:]).

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
        ValueError: The parts don't make up the shape.
    """
    header = {"descr": "<f4", "fortran_order": False, "shape": shape}
    missing = shape[0]
    with atomic_path(path) as temporary, temporary.open("wb") as file:
        np.lib.format.write_array_header_1_0(file, header)

        def append(rows: NDArray[np.float32]) -> None:
            nonlocal missing
            if rows.shape[1:] != shape[1:] or len(rows) > missing:
                raise ValueError(f"rows of shape {rows.shape} don't fit an array of {shape}")
            missing -= len(rows)
            file.write(np.ascontiguousarray(rows, dtype="<f4").tobytes())

        yield append
        if missing:
            raise ValueError(f"{missing} of {shape[0]} rows were never written")


def save_array(path: Path, array: NDArray[np.float32]) -> None:
    """Write a float32 ``.npy`` file in one step; errors as `npy_file`. Any shape (n, ...)."""
    with npy_file(path, array.shape) as append:
        append(array)
