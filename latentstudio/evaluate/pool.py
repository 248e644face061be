"""Pools: latents that every direction is tried on, kept with their pictures.

A folder with ``pool.json`` (what they are), ``latents.npy`` (float32) and ``pictures/``. The
same pool makes directions and methods comparable.
"""

import hashlib
import math
from dataclasses import dataclass
from pathlib import Path

import msgspec
import numpy as np
from numpy.typing import NDArray

from latentstudio.core.arrays import load_latents
from latentstudio.core.errors import FileError, LatentStudioError, OptionError
from latentstudio.core.seeds import MAX_SEED
from latentstudio.core.spaces import Space
from latentstudio.document.direction import ModelKey
from latentstudio.evaluate.records import are_safe_names, read_record

RECORD = "pool.json"
LATENTS = "latents.npy"
PICTURES = "pictures"
FORMAT = 1
MOST = 100_000
_LARGEST = 4 * 1024**3


class PoolRecord(msgspec.Struct, frozen=True):
    """What ``pool.json`` says.

    Attributes:
        format: Of this file.
        model: The model the pictures were made by.
        name: The model's name.
        space: Where the latents live.
        names: One for each latent, for example ``seed7``.
        classes: One for each latent, or empty for unconditional models.
        truncation: Applied by the mapping to latents in Z.
        noise: ``const``, ``none``, or the seed it was drawn from.
        digest: SHA-256 of the latents and of all that decides the pictures.
    """

    format: int
    model: ModelKey
    name: str
    space: Space
    names: tuple[str, ...]
    classes: tuple[int, ...]
    truncation: float
    noise: str | int
    digest: str


@dataclass(frozen=True, slots=True, eq=False)
class Pool:
    """Latents to try directions on.

    Attributes:
        record: What they are.
        latents: (N, dim), for W+ (N, layers, dim).
    """

    record: PoolRecord
    latents: NDArray[np.float32]

    def __len__(self) -> int:
        return len(self.latents)


def make_record(
    model: ModelKey,
    name: str,
    space: Space,
    latents: NDArray[np.float32],
    *,
    names: tuple[str, ...],
    classes: tuple[int, ...] = (),
    truncation: float = 1.0,
    noise: str | int = "const",
) -> PoolRecord:
    """The record of a pool, with its digest; arguments as in `PoolRecord`.

    Latents are (N, dim), or (N, layers, dim) in W+.
    """
    digest = hashlib.sha256(np.ascontiguousarray(latents, "<f4").tobytes())
    digest.update(repr((model.fingerprint, space.value, classes, truncation, noise)).encode())
    return PoolRecord(
        FORMAT, model, name, space, names, classes, truncation, noise, digest.hexdigest()
    )


def read_pool(folder: Path) -> Pool:
    """Read a pool.

    Raises:
        FileError: There is none, or it is damaged.
        OptionError: It was made by a newer LatentStudio.
    """
    record = read_record(folder / RECORD, PoolRecord, "pool")
    if record.format > FORMAT:
        raise OptionError(f"The pool in {folder} was made by a newer LatentStudio. Update first.")
    latents = _latents(folder)
    count = len(record.names)
    if len(latents) != count or len(record.classes) not in (0, count) or not count:
        raise FileError(f"The pool in {folder} is damaged: its files disagree. Make it again.")
    if not (
        are_safe_names(record.names) and math.isfinite(record.truncation) and _is_noise(record)
    ):
        raise FileError(f"The pool in {folder} is damaged: {RECORD} makes no sense. Make it again.")
    return Pool(record, latents)


def _is_noise(record: PoolRecord) -> bool:
    noise = record.noise
    return 0 <= noise <= MAX_SEED if isinstance(noise, int) else noise in ("const", "none")


def _latents(folder: Path) -> NDArray[np.float32]:
    path = folder / LATENTS
    if path.is_file() and path.stat().st_size > _LARGEST:
        raise FileError(f"{path} is far too large for a pool.")
    try:
        return load_latents(path).astype(np.float32, copy=False)
    except LatentStudioError as error:
        raise FileError(f"The pool in {folder} is damaged. {error} Or make it again.") from error


def picture_file(record: PoolRecord, index: int) -> str:
    """Where one picture of a pool is, relative to its folder."""
    return f"{PICTURES}/{index:05d}-{record.names[index]}.png"
