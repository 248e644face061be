"""What the window is told of an own picture; no torch, no Qt."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.reading import Reading
from latentstudio.core.spaces import Space
from latentstudio.document.start import Latent
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.face_finder import Face
from latentstudio.inversion.pictures import Photo
from latentstudio.render.messages import Pixels


@dataclass(frozen=True, slots=True, eq=False)
class PhotoNews:
    """How far a search is.

    Attributes:
        stage: ``start``, ``code``, ``refine`` or ``tune``.
        step: Steps of the stage so far.
        steps: Of the stage.
        pixels: What the model makes of it by now, (n, n, 3).
        psnr: How alike, in dB.
        error: Perceptual distance to the photo.
        stranger: How far the photo is from what the model draws, in distances between the
            model's own pictures; 0 where it is not far.
    """

    stage: str
    step: int
    steps: int
    pixels: Pixels
    psnr: float
    error: float
    stranger: float = 0.0


@dataclass(frozen=True, slots=True)
class FaceNews:
    """Eyes and mouth of a photo.

    Attributes:
        face: Left eye, right eye and mouth in pixels of the photo; None where none was found.
        looked: Whether the package that finds faces is there.
    """

    face: Face | None
    looked: bool


@dataclass(frozen=True, slots=True, eq=False)
class PhotoStage:
    """One stage of a search that has ended.

    Attributes:
        stage: As in `PhotoNews`.
        pixels: What the model made of the photo then, (n, n, 3).
        error: Perceptual distance to the photo.
        seconds: What the stage took.
    """

    stage: str
    pixels: Pixels
    error: float
    seconds: float


@dataclass(frozen=True, slots=True, eq=False)
class PhotoCopy:
    """What is kept of a photo with the documents that use it.

    Attributes:
        name: Of its file.
        digest: SHA-256 of the file's bytes.
        data: These bytes, (n,) uint8; None where they are too many.
    """

    name: str
    digest: str
    data: NDArray[np.uint8] | None


@dataclass(frozen=True, slots=True, eq=False)
class UsedPhoto:
    """A photo whose code is a start.

    Attributes:
        photo: All of it.
        crop: The frame that was sought.
        square: What the frame shows, at the model's size, (n, n, 3).
    """

    photo: Photo
    crop: Crop
    square: Pixels


@dataclass(frozen=True, slots=True, eq=False)
class PhotoTuned:
    """A model that was fitted to a photo.

    Attributes:
        start: The start it was fitted around, without an earlier fit.
        packed: The difference to the model's weights, as an asset: bytes, (n,) uint8.
        before: What the model itself makes of the photo.
        after: What the fitted one makes of it.
        notes: What a person should know, a sentence each.
        fingerprint: Of the model.
    """

    start: Latent
    packed: NDArray[np.uint8]
    before: PhotoStage
    after: PhotoStage
    notes: tuple[str, ...]
    fingerprint: str


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


@dataclass(frozen=True, slots=True)
class KeptFit:
    """A fit that was under way when the window went.

    Attributes:
        start: What it is fitted around, without a fit.
        noise: Whether noise inputs are fitted, too.
        step: Steps so far.
    """

    start: Latent
    noise: bool
    step: int


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
        stages: What its stages led to, in order.
        copy: What is kept of the photo.
    """

    dial: tuple[DialPlace, ...]
    label: int | None
    notes: tuple[str, ...]
    fingerprint: str
    square: Pixels
    stages: tuple[PhotoStage, ...]
    copy: PhotoCopy
