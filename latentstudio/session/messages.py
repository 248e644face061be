"""What the engine tells the window. Plain values and NumPy: importing this loads no torch."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.reading import Reading, ReferenceCurve, Side, State
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.document.state import Picture

__all__ = [
    "Band",
    "Bands",
    "Film",
    "Frame",
    "ModelSummary",
    "Pixels",
    "Reading",
    "ReferenceCurve",
    "Side",
    "State",
]

Pixels = NDArray[np.uint8]
"""(height, width, 3), sRGB, contiguous."""


@dataclass(frozen=True, slots=True)
class Frame:
    """A rendered picture.

    Attributes:
        picture: What was asked for.
        pixels: The result.
        reading: Its place in the density, None until the reference has been measured.
        start: Reading of the same picture without edits.
        carrier: Direction that carries most of the way out, when too far; else empty.
        milliseconds: Time the engine took.
    """

    picture: Picture
    pixels: Pixels
    reading: Reading | None
    start: Reading | None
    carrier: str
    milliseconds: float


@dataclass(frozen=True, slots=True)
class Band:
    """Where a slider is safe for the picture now, in the slider's amounts.

    Attributes:
        shell: Amounts on the shell, or None when other edits already leave it.
        limit: Amounts at most near the edge, or None.
    """

    shell: tuple[float, float] | None
    limit: tuple[float, float] | None


@dataclass(frozen=True, slots=True)
class Film:
    """Small pictures along one slider, the other edits as they are."""

    direction: str
    amounts: tuple[float, ...]
    frames: tuple[Pixels, ...]


@dataclass(frozen=True, slots=True)
class ModelSummary:
    """What the model panel shows.

    Attributes:
        ref: The file or built-in name it was opened by.
        info: Facts about the network.
        title: Family in words, for example ``StyleGAN2``.
        device: For example ``CPU, 2 threads``.
        class_names: One per class, or empty.
        thumbs: A few samples.
        recognised: Which way of storing which family, for example ``StyleGAN2, checkpoint by
            rosinality``.
        seen: The first tensors by which it was recognised.
        bytes: Memory that the weights take, and on a card the first pictures too.
        milliseconds: What a picture takes, measured on the first.
        on_card: It is on a graphics card.
    """

    ref: str
    info: GeneratorInfo
    title: str
    device: str
    class_names: tuple[str, ...] = ()
    thumbs: tuple[Pixels, ...] = ()
    recognised: str = ""
    seen: str = ""
    bytes: int = 0
    milliseconds: float = 0.0
    on_card: bool = False


Bands = Mapping[str, Band]
