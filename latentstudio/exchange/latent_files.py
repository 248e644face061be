"""Latents of pictures in a file, told from directions, and read for `--latents`."""

import math
import re
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.errors import FileError
from latentstudio.core.spaces import Space
from latentstudio.engine.records import as_tensor

KEYS = {
    **dict.fromkeys(("w", "ws", "wp", "w_plus", "wplus", "projected_w", "w_pivot"), Space.W),
    **dict.fromkeys(("latent", "latents", "latent_code", "latent_codes", "codes"), None),
    **dict.fromkeys(("z", "zs"), Space.Z),
}
"""What latents are called in files, and the space they are in if that says it."""
_SAYS = frozenset(
    {"latent", "latents", "projected", "inversion", "inversions", "inverted", "codes", "pivot",
     "pivots", "encoded"}
)  # fmt: skip
_DENIES = frozenset({"direction", "directions", "boundary", "boundaries", "edit", "edits", "pca"})


FEWEST, SHORTEST = 8, 32
"""Rows, and numbers in each, from which draws can be told from directions."""


class LatentsError(FileError):
    """A file holds latents of pictures where directions were wanted."""


def are_latents(path: Path, content: Any) -> bool:
    """Whether numbers are where pictures lie, by what they are called."""
    found = latents_in(content)
    if found is None or found[0].ndim not in (2, 3):
        return False
    keys = {str(name).lower() for name in content} if isinstance(content, Mapping) else set()
    named = bool(keys & set(KEYS)) and found[0].ndim == 3
    words = set(re.split(r"[_\-. ]+", path.stem.lower()))
    said = named or bool(words & _SAYS) or (not keys and _drawn(found[0]))
    return said and not words & _DENIES


def _drawn(rows: NDArray[Any]) -> bool:
    """Whether rows are draws of a normal z, by their lengths, mean and fourth moment.

    Directions have length 1, or lengths of their own; many rows that all have the length of a
    normal draw, within five deviations, are draws. (N, dim); others are not told.
    """
    count, dim = rows.shape if rows.ndim == 2 else (0, 0)
    if count < FEWEST or dim < SHORTEST or count == dim:  # a square is a basis or a factor
        return False
    power = np.square(rows, dtype=np.float64)
    lengths = power.mean(axis=1)
    normal = (
        np.abs(lengths - 1).max() < 5 * math.sqrt(2 / dim),
        abs(float(rows.mean(dtype=np.float64))) < 5 / math.sqrt(count * dim),
        abs(float(np.square(power).mean()) - 3) < 5 * math.sqrt(96 / (count * dim)),
    )
    return all(bool(one) for one in normal)


def latents_in(content: Any) -> tuple[NDArray[Any], Space | None] | None:
    """The latents of a file, and their space if it says so: its only array, or the one so named.

    (N, dim) or (N, layers, dim) where it holds latents; other shapes are given as they are.
    """
    if isinstance(content, Mapping):
        arrays = {str(name): _array(value) for name, value in content.items()}
        present = [(name, array) for name, array in arrays.items() if array is not None]
        named = [(name, array) for name, array in present if name.lower() in KEYS]
        if len(named or present) != 1:
            return None
        name, found = (named or present)[0]
        return found, Space.WPLUS if found.ndim == 3 else KEYS.get(name.lower())
    if isinstance(content, list | tuple) and content:
        parts = [part for one in content if (part := _array(one)) is not None]
        if len(parts) < len(content) or any(part.shape != parts[0].shape for part in parts):
            return None
        content = np.concatenate([part if part.ndim > 1 else part[None] for part in parts])
    alone = _array(content)
    return None if alone is None else (alone, Space.WPLUS if alone.ndim == 3 else None)


def is_style_channels(path: Path, content: Any) -> bool:
    """Whether a file is StyleCLIP's ``fs3.npy``: a row in CLIP's space for each style channel."""
    array = _array(content)
    said = re.match(r"fs\d?([_\-.]|$)", path.stem.lower()) is not None
    return said and array is not None and array.ndim == 2 and len(array) > array.shape[1]


def _array(value: Any) -> NDArray[Any] | None:
    if isinstance(value, np.ndarray):
        return value if value.ndim and value.dtype.kind == "f" else None
    if isinstance(value, bool | int | float):
        return None
    tensor = as_tensor(value)
    if tensor is None or not tensor.ndim or not tensor.is_floating_point():
        return None
    found: NDArray[Any] = tensor.detach().cpu().float().numpy()
    return found
