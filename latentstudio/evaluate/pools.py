"""Making a pool, and standing its latents on the open model again."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
import torch
from numpy.typing import NDArray

from latentstudio.core.errors import FileError
from latentstudio.core.files import atomic_folder
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import Space
from latentstudio.document.direction import ModelKey
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.images import to_pixels
from latentstudio.evaluate.pool import (
    LATENTS,
    RECORD,
    Pool,
    PoolRecord,
    make_record,
    picture_file,
)
from latentstudio.evaluate.records import check_model, write_record
from latentstudio.export.arrays import save_array
from latentstudio.export.images import save_pixels
from latentstudio.render.pipeline import Latents, Pipeline

_CHUNK = 16


def seed_pool(
    generator: Generator,
    seeds: Sequence[int],
    classes: Sequence[int] | None = None,
    truncation: float = 1.0,
    noise: Noise = "const",
) -> Pool:
    """A pool of seeds, in Z; nothing is written.

    Raises:
        OptionError: Classes that the model doesn't have.
    """
    z = generator.sample_z(seeds, truncation).cpu().numpy()
    names = tuple(f"seed{seed}" for seed in seeds)
    return latent_pool(generator, z, Space.Z, names, classes, truncation, noise)


def latent_pool(
    generator: Generator,
    latents: NDArray[np.floating],
    space: Space,
    names: tuple[str, ...] = (),
    classes: Sequence[int] | None = None,
    truncation: float = 1.0,
    noise: Noise = "const",
) -> Pool:
    """A pool of given latents; nothing is written. Latents are (N, dim), or (N, layers, dim) in W+.

    Raises:
        OptionError: Latents or classes that don't fit the model.
    """
    info, count = generator.info, len(latents)
    Pipeline(generator).from_array(latents, space, classes, truncation)  # says what doesn't fit
    chosen = list(classes or [0]) if info.classes else []
    chosen = chosen * count if len(chosen) == 1 else chosen
    found = np.ascontiguousarray(latents, np.float32)
    record = make_record(
        ModelKey.of(info),
        info.name,
        space,
        found,
        names=names or tuple(f"latent{i}" for i in range(count)),
        classes=tuple(chosen),
        truncation=truncation,
        noise=noise,
    )
    return Pool(record, found)


@torch.no_grad()
def write_pool(generator: Generator, pool: Pool, folder: Path) -> Job[None]:
    """Keep a pool with its pictures; an earlier pool in the same folder is replaced in the end.

    Raises:
        FileError: The folder holds something else, or can't be written to.
        ResourceError: The disk is full.
    """
    check_place(folder)
    pipeline = Pipeline(generator)
    with atomic_folder(folder) as fresh:
        for first in range(0, len(pool), _CHUNK):
            rows = range(first, min(first + _CHUNK, len(pool)))
            images = pipeline.images(starts(pipeline, pool, rows), noise_of(pool.record))
            for row, pixels in zip(rows, to_pixels(images), strict=True):
                save_pixels(pixels, fresh / picture_file(pool.record, row))
                yield Step((row + 1) / len(pool), "Making the pool")
        save_array(fresh / LATENTS, pool.latents)
        write_record(fresh / RECORD, pool.record)


def check_place(folder: Path) -> None:
    """Make sure that nothing of somebody else's would be replaced.

    Raises:
        FileError: The folder holds something that is no pool.
    """
    if folder.is_dir() and any(folder.iterdir()) and not (folder / RECORD).is_file():
        raise FileError(f"{folder} holds other files, so it stays. Choose another folder.")


def check_fits(generator: Generator, pool: Pool, what: str = "The pool") -> None:
    """Make sure that a pool was made with this model.

    Raises:
        OptionError: It was not.
    """
    check_model(ModelKey.of(generator.info), pool.record.model, what)
    starts(Pipeline(generator), pool, range(len(pool)))  # says what doesn't fit


def starts(pipeline: Pipeline, pool: Pool, rows: Sequence[int]) -> Latents:
    """Some of a pool's latents on the model; a row may be taken more than once."""
    record, index = pool.record, list(rows)
    classes = [record.classes[row] for row in index] if record.classes else None
    array = pool.latents[index]
    return pipeline.from_array(array, record.space, classes, record.truncation)


def noise_of(record: PoolRecord) -> Noise:
    """The noise inputs of a pool's pictures."""
    if isinstance(record.noise, int):
        return record.noise
    return "none" if record.noise == "none" else "const"
