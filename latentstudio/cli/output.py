"""Pictures to a folder, a few at a time, so that memory stays bounded."""

from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from latentstudio.cli.start import take
from latentstudio.core.progress import Job, Step

if TYPE_CHECKING:
    from latentstudio.engine.generator import Noise
    from latentstudio.render.pipeline import Latents, Pipeline

CHUNK = 16
ARRAY = "images.npy"


def write_images(
    pipeline: "Pipeline", latents: "Latents", noise: "Noise", folder: Path, names: Sequence[str]
) -> Job[list[Path]]:
    """Render latents to a folder.

    Args:
        pipeline: Renders them.
        latents: N of them.
        noise: Noise inputs.
        folder: Made if it isn't there.
        names: One file name for each latent, whose endings pick the format; or ``images.npy``
            alone: one array, float32 (N, C, H, W), the generator's own range.

    Yields:
        A step for every few pictures.

    Returns:
        The files written.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full; each file that is there is whole.
    """
    if list(names) == [ARRAY]:
        return (yield from _array(pipeline, latents, noise, folder / ARRAY))
    return (yield from _pictures(pipeline, latents, noise, [folder / name for name in names]))


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


def _array(pipeline: "Pipeline", latents: "Latents", noise: "Noise", path: Path) -> Job[list[Path]]:
    from latentstudio.export.arrays import npy_file

    info = pipeline.generator.info
    shape = (len(latents), *info.image_shape)
    with npy_file(path, shape) as append:
        for rows in _chunks(len(latents)):
            append(pipeline.images(take(latents, rows), noise).cpu().numpy())
            yield Step((rows[-1] + 1) / len(latents), "Rendering")
    return [path]


def _pictures(
    pipeline: "Pipeline", latents: "Latents", noise: "Noise", paths: Sequence[Path]
) -> Job[list[Path]]:
    from latentstudio.engine.images import to_pixels
    from latentstudio.export.images import save_pixels

    for rows in _chunks(len(latents)):
        pictures = to_pixels(pipeline.images(take(latents, rows), noise))
        for row, pixels in zip(rows, pictures, strict=True):
            save_pixels(pixels, paths[row])
            yield Step((row + 1) / len(latents), "Rendering")
    return list(paths)


def _chunks(count: int) -> Iterator[range]:
    return (range(start, min(start + CHUNK, count)) for start in range(0, count, CHUNK))
