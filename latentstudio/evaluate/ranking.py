"""Which direction changes which attribute, as the WarpedGANSpace authors rank their paths.

Tzelepis et al., ICCV 2021, section 4 and their release. For direction d, start s and attribute
a, with v_k the attribute at step k of the walk, scaled to its range and clipped to [-1, 1]:

  correlation(s, d, a) = cov(v, k) / deviation(k),  averaged over the starts s

(both with n − 1): in units of half the attribute's range, so a direction that changes an
attribute by much counts more than one that changes it steadily by little. One that carries it
evenly through all of its range has 1 with 3 steps, 0.68 with 9, and 0.58 with very many.
Identity falls to both sides of the start, so its k is the distance from the middle instead.

  selectivity(d, a) = |correlation(d, a)| / sum over attributes of |correlation(d, .)|
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.evaluate.predictor import IDENTITY, Attribute

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """What each direction changes.

    Attributes:
        attributes: Names, A of them.
        correlation: (D, A), signed: positive where more amount is more of the attribute.
        selectivity: (D, A), 0 to 1; each row sums to 1, or to 0 where nothing changes.
    """

    attributes: tuple[str, ...]
    correlation: Floats
    selectivity: Floats

    def best(self, attribute: str, *, selective: bool = False) -> list[int]:
        """Directions, the one that changes an attribute most (or most alone) first."""
        column = self.attributes.index(attribute)
        values = self.selectivity if selective else np.abs(self.correlation)
        return sorted(range(len(values)), key=lambda row: (-values[row, column], row))

    def strongest(self, direction: int) -> list[int]:
        """Attributes, the one that a direction changes most first; identity is not among them."""
        size = np.abs(self.correlation[direction])
        named = [i for i, name in enumerate(self.attributes) if name != IDENTITY]
        return sorted(named, key=lambda column: (-size[column], column))


def rank(values: NDArray[np.floating], attributes: Sequence[Attribute]) -> Ranking:
    """Rank directions by what they change.

    Args:
        values: (D, S, K, A): D directions from S starts, K ≥ 2 steps, A attributes in their
            own units.
        attributes: What they are, and their ranges.

    Raises:
        ValueError: Another shape, or fewer than two steps.
    """
    if values.ndim != 4 or values.shape[3] != len(attributes) or values.shape[2] < 2:
        raise ValueError(f"values of shape {values.shape} for {len(attributes)} attributes")
    scaled = scale(values, attributes)
    steps = np.stack([_index(one, values.shape[2]) for one in attributes], axis=1)  # (K, A)
    centred = steps - steps.mean(axis=0)
    covariance = np.einsum("dska,ka->dsa", scaled, centred) / (len(steps) - 1)
    correlation = (covariance / steps.std(axis=0, ddof=1)).mean(axis=1)
    names = tuple(one.name for one in attributes)
    return Ranking(names, correlation, selectivity(correlation))


def scale(values: NDArray[np.floating], attributes: Sequence[Attribute]) -> Floats:
    """Attributes (..., A) in units of their ranges: low is −1, high is 1, clipped."""
    low = np.array([one.low for one in attributes], np.float64)
    high = np.array([one.high for one in attributes], np.float64)
    found: Floats = 2.0 * (values.astype(np.float64) - low) / (high - low) - 1.0
    clipped: Floats = np.clip(found, -1.0, 1.0)
    return clipped


def selectivity(correlation: Floats) -> Floats:
    """Share of each attribute in all that a direction changes: (D, A), rows sum to 1."""
    size = np.abs(correlation)
    total = size.sum(axis=1, keepdims=True)
    shares: Floats = np.divide(size, total, out=np.zeros_like(size), where=total > 0)
    return shares


def _index(attribute: Attribute, count: int) -> Floats:
    """What an attribute is compared with: the step, or for identity its distance from the middle.

    That distance is 0 at the middle, where identity is 1, so that identity that falls gives a
    negative correlation.
    """
    step = np.arange(count, dtype=np.float64)
    return np.abs(step - count // 2) if attribute.name == IDENTITY else step
