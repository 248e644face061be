"""Rendered pictures and what is known of them. Plain values: importing this loads no torch."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.reading import LooksReading, Reading
from latentstudio.core.walk import Walk
from latentstudio.document.state import Picture

Pixels = NDArray[np.uint8]
"""(height, width, 3), sRGB, contiguous."""


@dataclass(frozen=True, slots=True, eq=False)
class Drawn:
    """A picture that has been rendered and not judged yet; its `Frame` follows.

    `coarse` as in `Frame`.
    """

    picture: Picture
    pixels: Pixels
    coarse: bool = False


@dataclass(frozen=True, slots=True)
class Frame:
    """A rendered picture.

    Attributes:
        picture: What was asked for.
        pixels: The result.
        reading: Its place in the density, None until the reference has been measured.
        start: Reading of the same picture without edits.
        carrier: Id of the direction that carries most of the way out, when too far; else empty.
        milliseconds: Time the engine took.
        coarse: Seen by a preview head while a hand moves, and enlarged: the whole picture comes
            when the hand rests.
        looks: How it looks beside the model's own pictures; None until a judge has been taught.
    """

    picture: Picture
    pixels: Pixels
    reading: Reading | None
    start: Reading | None
    carrier: str
    milliseconds: float
    coarse: bool = False
    looks: LooksReading | None = None


@dataclass(frozen=True, slots=True)
class Band:
    """Where a slider is safe for the picture now, in the slider's amounts.

    Attributes:
        shell: Amounts on the shell, or None when other edits already leave it.
        limit: Amounts at most near the edge, or None.
        useful: Ends that the slider is given, a little beyond what any picture has of use; None
            for the direction's own.
    """

    shell: tuple[float, float] | None
    limit: tuple[float, float] | None
    useful: tuple[float, float] | None = None


@dataclass(frozen=True, slots=True)
class Film:
    """Small pictures along one slider, the other edits as they are."""

    direction: str
    amounts: tuple[float, ...]
    frames: tuple[Pixels, ...]


@dataclass(frozen=True, slots=True)
class SliderPlace:
    """What lies at one amount of a slider, the other edits as they are.

    Attributes:
        picture: Where the slider was when it was asked for.
        direction: Id of the slider.
        amount: The place on its track.
        pixels: A small picture, (h, w, 3), 8 bits.
        reading: Where it lies, None until the density is known.
    """

    picture: Picture
    direction: str
    amount: float
    pixels: Pixels
    reading: Reading | None


@dataclass(frozen=True, slots=True)
class WalkCurve:
    """One kind of walk along a slider.

    Attributes:
        walk: Which.
        coordinates: Shell coordinate of the worst layer at each amount of the `WalkPicture`.
        frames: Pictures at its shown amounts.
    """

    walk: Walk
    coordinates: tuple[float, ...]
    frames: tuple[Pixels, ...]


@dataclass(frozen=True, slots=True)
class WalkPicture:
    """Where each kind of walk leads along one slider.

    Attributes:
        picture: Where it starts.
        direction: Id of the slider.
        amounts: At which the curves are read, rising.
        shown: Amounts of the small pictures, rising.
        curves: One for each kind of walk.
        shell: Coordinates between which a picture is on the shell.
        limit: Coordinates between which it is at most near the edge.
        ticks: Some coordinates and their percentiles.
    """

    picture: Picture
    direction: str
    amounts: tuple[float, ...]
    shown: tuple[float, ...]
    curves: tuple[WalkCurve, ...]
    shell: tuple[float, float]
    limit: tuple[float, float]
    ticks: tuple[tuple[float, float], ...]


@dataclass(frozen=True, slots=True)
class DensityRow:
    """A walk along the shell of a start that lies denser, the same or sparser.

    Attributes:
        name: Which of the three.
        percentile: Where the start lies, 0 to 100.
        frames: Pictures, each (h, w, 3).
    """

    name: str
    percentile: float
    frames: tuple[Pixels, ...]
