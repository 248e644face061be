"""How much of a change lands outside the mask."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.region.masks import Mask


@dataclass(frozen=True, slots=True, eq=False)
class Leak:
    """What a change does inside and outside a mask.

    Attributes:
        ratio: Mean |change| outside over mean |change| inside; 0 where nothing leaks, infinite
            where nothing changes inside but something outside.
        local: Share of all change that lies inside, 0 to 1.
        strength: Mean |change| inside, in the units of the pictures.
        heat: (H, W), mean |change| over channels.
    """

    ratio: float
    local: float
    strength: float
    heat: NDArray[np.float32]


def measure(change: NDArray[np.floating], mask: Mask) -> Leak:
    """Compare what changed inside with what changed outside.

    Args:
        change: (C, H, W), the difference of two pictures.
        mask: (H, W), 0 to 1; soft values count to both sides by their share.
    """
    heat = np.abs(change).mean(axis=0, dtype=np.float64)
    weights = mask.astype(np.float64)
    within, beyond = (heat * weights).sum(), (heat * (1 - weights)).sum()
    inside, outside = within / weights.sum(), beyond / (1 - weights).sum()
    total = within + beyond
    ratio = outside / inside if inside else (np.inf if outside else 0.0)
    local = within / total if total else 0.0
    return Leak(float(ratio), float(local), float(inside), heat.astype(np.float32))
