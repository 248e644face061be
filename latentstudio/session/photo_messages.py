"""What the window is told of an own picture; no torch, no Qt."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.reading import Reading
from latentstudio.core.spaces import Space
from latentstudio.render.messages import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class PhotoNews:
    """How far a search is.

    Attributes:
        stage: ``start``, ``code`` or ``refine``.
        step: Steps of the stage so far.
        steps: Of the stage.
        pixels: What the model makes of it by now, (n, n, 3).
        psnr: How alike, in dB.
    """

    stage: str
    step: int
    steps: int
    pixels: Pixels
    psnr: float


@dataclass(frozen=True, slots=True, eq=False)
class DialPlace:
    """One place of the dial from faithful to editable.

    Attributes:
        honesty: 0 is faithful, 1 is editable.
        error: Perceptual distance to the photo.
        psnr: In dB.
        reading: Where its code lies.
        pixels: Its picture, (n, n, 3).
        codes: Its latent, (dim,) or (layers, dim) float32.
        space: Of the latent.
    """

    honesty: float
    error: float
    psnr: float
    reading: Reading
    pixels: Pixels
    codes: NDArray[np.float32]
    space: Space


@dataclass(frozen=True, slots=True, eq=False)
class PhotoFound:
    """A picture that was found.

    Attributes:
        dial: Its places, from faithful to editable.
        label: Class, or None.
        notes: What a person should know, a sentence each.
        fingerprint: Of the model.
    """

    dial: tuple[DialPlace, ...]
    label: int | None
    notes: tuple[str, ...]
    fingerprint: str
