"""What every section of the tour works with, and the strips they are made of."""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

import numpy as np
import torch
import torch.nn.functional as nnf
from PIL import Image
from torch import Tensor

from latentstudio.cli.start import take
from latentstudio.core.progress import Job, Step
from latentstudio.core.reading import Reading
from latentstudio.density.reference import Density
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.images import to_pixels
from latentstudio.engine.shapes import fitted
from latentstudio.export.images import Pixels, enlarged, save_pixels
from latentstudio.export.page import Caption, Strip
from latentstudio.export.plots import Track
from latentstudio.export.sheet import GAP, sheet
from latentstudio.render.pipeline import Latents, Pipeline

SEEDS = range(16)
LARGEST = 192
"""Pixels of a frame's side at most: a page should load on a phone."""
SMALLEST = 128
"""At least, so that browsers have less to enlarge."""
_CHUNK = 8
_PICTURES = "pictures"


@dataclass(frozen=True)
class TourContext:
    """The open model and where its pictures go.

    Attributes:
        pipeline: Renders.
        density: Of the model, or of its first class.
        found: Directions, strongest first, or None where no method works.
        starts: Latents of `SEEDS`.
        folder: Of the page; pictures go into a folder inside.
    """

    pipeline: Pipeline
    density: Density
    found: DirectionSet | None
    starts: Latents
    folder: Path

    @cached_property
    def readings(self) -> list[Reading]:
        """Where the starts lie."""
        return self.density.readings(self.starts.codes)

    @cached_property
    def typical(self) -> int:
        """Which of the starts lies nearest to the middle of the shell."""
        return min(SEEDS, key=lambda row: abs(self.readings[row].percentile - 50))

    @property
    def start(self) -> Latents:
        """The most typical start alone."""
        return take(self.starts, [self.typical])


@torch.no_grad()
def frames(context: TourContext, latents: Latents) -> Job[list[Pixels]]:
    """Pixels of latents, reduced to `LARGEST`, a few in every step. Each is (h, w, 3), 8 bits."""
    found: list[Pixels] = []
    for first in range(0, len(latents), _CHUNK):
        rows = range(first, min(first + _CHUNK, len(latents)))
        found += as_frames(context.pipeline.images(take(latents, rows)))
        yield Step(len(found) / len(latents), "Rendering")
    return found


def as_frames(images: Tensor) -> list[Pixels]:
    """Images (N, C, H, W) as a page shows them: (h, w, 3) each, 8 bits."""
    images = nnf.adaptive_avg_pool2d(images, fitted(images.shape[2], images.shape[3], LARGEST))
    return [_large_enough(pixels) for pixels in to_pixels(images)]


def _large_enough(pixels: Pixels) -> Pixels:
    scale = -(-SMALLEST // len(pixels))
    return np.asarray(enlarged(Image.fromarray(pixels), scale, smooth=True))


def save_strip(
    context: TourContext,
    name: str,
    pictures: Sequence[Pixels],
    *,
    alt: str,
    title: str = "",
    captions: Sequence[Caption] = (),
    columns: int | None = None,
    track: Track | None = None,
) -> Strip:
    """Write frames as one picture and describe it for the page.

    Frames are (h, w, 3), 8 bits, all of one size.

    Args:
        context: Says where to.
        name: File name without ending.
        pictures: The frames.
        alt: What they show, in words.
        title: A line above.
        captions: One for each frame.
        columns: Frames in a row; all of them by default.
        track: The safe range to draw beneath.
    """
    pixels = sheet(pictures, columns or len(pictures))
    file = f"{_PICTURES}/{name}.png"
    save_pixels(pixels, context.folder / file)
    size = (pixels.shape[1], pixels.shape[0])
    wide = columns or len(pictures)
    return Strip(title, file, size, GAP, alt, tuple(captions), wide, track)


def signed(amount: float) -> str:
    """An amount with its sign, as the window writes it."""
    return "0" if amount == 0 else f"{amount:+.1f}".replace("-", "−")
