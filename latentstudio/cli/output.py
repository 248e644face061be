"""Pictures to a folder, a few at a time, so that memory stays bounded."""

from collections.abc import Callable, Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from latentstudio.cli.start import take
from latentstudio.core.progress import Job, Step

if TYPE_CHECKING:
    from torch import Tensor

    from latentstudio.engine.generator import Noise
    from latentstudio.render.pipeline import Latents, Pipeline

CHUNK = 16
ARRAY = "images.npy"


Drawn = Callable[[Sequence[int]], "Tensor"]
"""Draws the pictures of some rows: (n, C, H, W)."""


def write_images(
    pipeline: "Pipeline",
    latents: "Latents",
    noise: "Noise",
    folder: Path,
    names: Sequence[str],
    drawn: Drawn | None = None,
) -> Job[list[Path]]:
    """Render latents to a folder.

    Args:
        pipeline: Renders them.
        latents: N of them.
        noise: Noise inputs.
        folder: Made if it isn't there.
        names: One file name for each latent, whose endings pick the format; or ``images.npy``
            alone: one array, float32 (N, C, H, W), the generator's own range.
        drawn: Draws rows in another way: with masks.

    Yields:
        A step for every few pictures.

    Returns:
        The files written.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full; each file that is there is whole.
    """

    def plain(rows: Sequence[int]) -> "Tensor":
        return pipeline.images(take(latents, rows), noise)

    if list(names) == [ARRAY]:
        shape = (len(latents), *pipeline.generator.info.image_shape)
        return (yield from _array(drawn or plain, shape, folder / ARRAY))
    return (yield from _pictures(drawn or plain, [folder / name for name in names]))


def picture_names(stems: Sequence[str], kind: str) -> list[str]:
    """File names for pictures in order: a number that sorts, then what it is.

    Args:
        stems: What each picture is, for example ``seed42``; may be empty texts.
        kind: ``png``, ``webp`` or ``npy`` (one file for all).
    """
    if kind == "npy":
        return [ARRAY]
    digits = max(4, len(str(len(stems) - 1)))
    numbered = (f"{index:0{digits}d}" for index in range(len(stems)))
    return [
        f"{number}-{stem}.{kind}" if stem else f"{number}.{kind}"
        for number, stem in zip(numbered, stems, strict=True)
    ]


def _array(drawn: Drawn, shape: tuple[int, ...], path: Path) -> Job[list[Path]]:
    from latentstudio.export.arrays import npy_file

    with npy_file(path, shape) as append:
        for rows in _chunks(shape[0]):
            append(drawn(rows).cpu().numpy())
            yield Step((rows[-1] + 1) / shape[0], "Rendering")
    return [path]


def _pictures(drawn: Drawn, paths: Sequence[Path]) -> Job[list[Path]]:
    from latentstudio.engine.images import with_alpha
    from latentstudio.export.images import save_pixels

    for rows in _chunks(len(paths)):
        pictures = with_alpha(drawn(rows))
        for row, pixels in zip(rows, pictures, strict=True):
            save_pixels(pixels, paths[row])
            yield Step((row + 1) / len(paths), "Rendering")
    return list(paths)


def _chunks(count: int) -> Iterator[range]:
    return (range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK))
