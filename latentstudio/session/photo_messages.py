"""What the window is told of an own picture; no torch, no Qt."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.reading import Reading
from latentstudio.core.spaces import Space
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
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
        stranger: How far the photo is from what the model draws, in distances between the
            model's own pictures; 0 where it is not far.
    """

    stage: str
    step: int
    steps: int
    pixels: Pixels
    psnr: float
    stranger: float = 0.0


@dataclass(frozen=True, slots=True, eq=False)
class KeptSearch:
    """A search that was under way when the window went.

    Attributes:
        photo: The whole photo.
        crop: The frame that was sought.
        steps: Of each stage.
        step: Steps of its stage so far.
        stage: As in `PhotoNews`.
    """

    photo: Photo
    crop: Crop
    steps: int
    step: int
    stage: str


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
        square: What the frame shows of the photo, at the model's size, (n, n, 3).
    """

    dial: tuple[DialPlace, ...]
    label: int | None
    notes: tuple[str, ...]
    fingerprint: str
    square: Pixels
