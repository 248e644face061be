"""The shell: where the samples of a space lie, and how far out a point is.

In many dimensions nearly all of a normal's mass lies at one distance from the middle. A
*shell coordinate* is that distance; a *shell* is the central part of its distribution.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.reading import Reading, Side, State

SHELL = 0.95
"""Share of samples that lie on the shell."""
LIMIT = 0.999
"""Share of samples that lie on it or near its edge; beyond is too far."""


@dataclass(frozen=True, slots=True, eq=False)
class Shell:
    """The distribution of a shell coordinate.

    Attributes:
        reference: Coordinates of reference samples, sorted, (n,).
        flat: The coordinate has no effect on pictures: everything is on the shell.
    """

    reference: NDArray[np.float64]
    flat: bool = False

    @property
    def on(self) -> tuple[float, float]:
        """Ends of the central 95 %."""
        return self._central(SHELL)

    @property
    def limit(self) -> tuple[float, float]:
        """Ends of the central 99.9 %."""
        return self._central(LIMIT)

    def percentile(self, coordinate: NDArray[np.float64]) -> NDArray[np.float64]:
        """Share of the reference that lies closer in, 0 to 100.

        Coordinates (...), same shape.
        """
        below = np.searchsorted(self.reference, coordinate)
        share: NDArray[np.float64] = 100.0 * below / len(self.reference)
        return share

    def read(self, layers: NDArray[np.float64]) -> Reading:
        """Judge one picture by the coordinates of its layers, (L,); the worst layer counts."""
        if self.flat:
            return Reading(float(layers[0]), 50.0, "on", "typical")
        percentiles = self.percentile(layers)
        worst = max(
            range(len(layers)),
            key=lambda i: (abs(percentiles[i] - 50), abs(layers[i] - self._middle)),
        )
        value, percentile = float(layers[worst]), float(percentiles[worst])
        state = self.state(value)
        return Reading(
            value,
            percentile,
            state,
            side(percentile),
            tuple(map(float, layers)) if len(layers) > 1 else (),
            None if state == "on" else self._one_in(percentile),
        )

    def state(self, coordinate: float) -> State:
        """Which of the three states a coordinate is in."""
        if self.flat or _inside(coordinate, self.on):
            return "on"
        return "edge" if _inside(coordinate, self.limit) else "off"

    @property
    def _middle(self) -> float:
        return self._quantile(0.5)

    def _central(self, share: float) -> tuple[float, float]:
        return self._quantile((1 - share) / 2), self._quantile((1 + share) / 2)

    def _quantile(self, share: float) -> float:
        """As `numpy.quantile`, which doesn't know that the reference is sorted.

        It is asked for every picture shown, and searching took a tenth of the picture's time.
        """
        place = share * (len(self.reference) - 1)
        below = int(place)
        above = min(below + 1, len(self.reference) - 1)
        low, high = float(self.reference[below]), float(self.reference[above])
        return low + (high - low) * (place - below)

    def _one_in(self, percentile: float) -> int:
        tail = min(percentile, 100 - percentile) / 100
        return round(1 / max(tail, 1 / len(self.reference)))


def side(percentile: float) -> Side:
    """Denser than typical (toward the mean), typical, or sparser."""
    if percentile < 25:
        return "denser"
    return "typical" if percentile <= 75 else "sparser"


def chi_shell(dim: int, samples: int = 20_000) -> Shell:
    """Shell of N(0, I): the norm follows the chi distribution with `dim` degrees of freedom.

    The reference holds the distribution's own quantiles, so it is exact and has no seed.
    """
    from scipy.special import gammaincinv  # takes half a second, and most models need none

    share = (np.arange(samples) + 0.5) / samples
    return Shell(np.sqrt(2 * gammaincinv(dim / 2, share)))


def _inside(value: float, ends: tuple[float, float]) -> bool:
    return ends[0] <= value <= ends[1]
