"""Where a picture lies in the density of its space, as values that any part may hold."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.spaces import Space

State = Literal["on", "edge", "off"]
"""On the shell (central 95 %), near the edge (central 99.9 %), too far."""
Side = Literal["denser", "typical", "sparser"]
Looks = Literal["sound", "doubtful", "broken"]
"""As most of the model's own pictures look; less than 95, or than 99, of 100 of them."""
RELIABLE = 0.7
"""Below it a judge says little: of ten pairs of a broken and a sound picture it mistakes three."""


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
class LooksReading:
    """How a picture looks beside the model's own, judged by features of an early layer.

    Attributes:
        percentile: Share of the model's samples that look less like samples, 0 to 100.
        state: See `Looks`.
        broken: The chance that it is broken, 0 to 1, as found on walked pictures of this model;
            None where too few of those were broken.
        telling: How often, of a broken and a sound one of those, the broken one was judged worse,
            0 to 1, half of them by chance alone; None with `broken`.
    """

    percentile: float
    state: Looks
    broken: float | None = None
    telling: float | None = None

    @property
    def reliable(self) -> bool:
        """It is not known to say little about pictures of this model."""
        return self.telling is None or self.telling >= RELIABLE
