"""What the engine tells the window. Plain values and NumPy: importing this loads no torch."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.document.state import Picture

Pixels = NDArray[np.uint8]
"""(height, width, 3), sRGB, contiguous."""

State = Literal["on", "edge", "off"]
"""On the shell (central 95 %), near the edge (central 99.9 %), too far."""
Side = Literal["denser", "typical", "sparser"]


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a picture lies in the density of its space.

    Attributes:
        coordinate: Shell coordinate (radius, or Mahalanobis radius in whitened W).
        percentile: Share of the reference that lies closer in, 0 to 100.
        state: See `State`.
        side: ``typical`` from the 25th to the 75th percentile.
        layers: The coordinate of each layer where codes differ by layer, else empty; the
            reading is that of the worst.
        one_in: About one in this many samples lies as far out; None on the shell.
    """

    coordinate: float
    percentile: float
    state: State
    side: Side
    layers: tuple[float, ...] = ()
    one_in: int | None = None


@dataclass(frozen=True, slots=True)
class ReferenceCurve:
    """The reference density, for the histogram.

    Attributes:
        space: The space measured.
        words: What the coordinate is, in the artist's words.
        samples: How many samples the reference holds.
        edges: Histogram edges, (bins + 1,).
        counts: Histogram counts, (bins,).
        shell: Central 95 %.
        limit: Central 99.9 %.
        flat: The radius has no effect on this model's pictures: always on the shell.
    """

    space: Space
    words: str
    samples: int
    edges: NDArray[np.float64]
    counts: NDArray[np.float64]
    shell: tuple[float, float]
    limit: tuple[float, float]
    flat: bool = False


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
    """

    ref: str
    info: GeneratorInfo
    title: str
    device: str
    class_names: tuple[str, ...] = ()
    thumbs: tuple[Pixels, ...] = ()


Bands = Mapping[str, Band]
