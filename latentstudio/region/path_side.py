"""One side of a local path, and the slider's amounts along it."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.region.path_options import LEAST, LOOKS


@dataclass(frozen=True, slots=True, eq=False)
class PathSide:
    """One side of a path, from the start outward.

    Attributes:
        points: Displacements from the start, (n, dim) or (n, layers, dim).
        amounts: The slider's amount at each, (n,), rising.
        inside: Mean |change| inside at each, (n,).
        leak: Change outside over change inside at each, (n,).
    """

    points: NDArray[np.float32]
    amounts: NDArray[np.float32]
    inside: NDArray[np.float32]
    leak: NDArray[np.float32]

    @staticmethod
    def of(
        points: list[NDArray[np.float32]],
        amounts: NDArray[np.float64],
        inside: list[float],
        leak: list[float],
    ) -> "PathSide":
        """Of rows as they were walked."""
        rows = (np.array(points), amounts, np.array(inside), np.array(leak))
        return PathSide(*(np.asarray(row, np.float32) for row in rows))


def as_straight(
    strength: Callable[[float], float], inside: NDArray[np.float64]
) -> NDArray[np.float64]:
    """Amounts at which the straight direction changes the inside as much, about; (n,).

    Args:
        strength: Mean |change| inside at an amount of the straight direction.
        inside: The same at each point of the path, (n,).
    """
    amounts, strengths = [0.0], [0.0]
    while strengths[-1] < inside.max() and len(amounts) <= LOOKS:
        amounts.append(min(2 * amounts[-1], amounts[-1] + 2) or LEAST)  # finely at first
        strengths.append(strength(amounts[-1]))
    rising = np.maximum.accumulate(strengths) + 1e-9 * np.arange(len(strengths))
    found: NDArray[np.float64] = np.interp(inside, rising, amounts)
    # Where the straight one never gets, on at its mean pace.
    beyond = np.maximum(inside - rising[-1], 0)
    found += beyond * amounts[-1] / max(rising[-1], 1e-9)
    found[0] = max(found[0], LEAST / 10)
    return found


def rising(amounts: NDArray[np.float64], fixed: int) -> NDArray[np.float64]:
    """The same amounts, rising; the first ones stay as they are."""
    for index in range(max(fixed, 1), len(amounts)):
        amounts[index] = max(amounts[index], amounts[index - 1] + LEAST)
    return amounts
