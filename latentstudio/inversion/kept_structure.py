"""How much of a picture's fine structure an edit leaves where it was.

A photo's own detail belongs to what its reconstruction shows there. Where an edit moves or removes
that (a mouth opens, glasses come off), the photo's detail would stay behind as a ghost.
"""

import numpy as np
from numpy.typing import NDArray

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

REACH = 0.04
"""Half of the windows in which structure is looked at, as a share of the side."""
FAINT = 6.0
"""Of 255: structure weaker than this hardly counts."""


def kept_structure(before: Pixels, after: Pixels) -> Floats:
    """Share of each place's structure that is still there: (n, n), 0 to 1.

    In each window, the part of the structure before (its difference from the local mean) that
    least squares find in the structure after; a change of colour keeps all, so do flat places.

    Args:
        before: (n, n, 3).
        after: (n, n, 3).
    """
    reach = max(1, round(REACH * len(before)))
    was, now = (_structure(picture.astype(np.float32), reach) for picture in (before, after))
    energy = _mean((was * was).mean(2), reach)
    shared = _mean((was * now).mean(2), reach)
    lost = 1 - (shared / np.maximum(energy, 1e-3)).clip(0, 1)
    found: Floats = (1 - lost * energy / (energy + FAINT**2)).astype(np.float32)
    return found


def _structure(picture: Floats, reach: int) -> Floats:
    """What stands out from the local mean, (n, n, C)."""
    means = [_mean(picture[..., c], reach) for c in range(picture.shape[2])]
    found: Floats = picture - np.stack(means, axis=2)
    return found


def _mean(values: Floats, reach: int) -> Floats:
    """Mean over squares of 2 reach + 1 pixels, (n, m), the border repeated."""
    side = 2 * reach + 1
    padded = np.pad(values.astype(np.float64), ((reach + 1, reach), (reach + 1, reach)), "edge")
    total = padded.cumsum(0).cumsum(1)
    sums = total[side:, side:] - total[:-side, side:] - total[side:, :-side] + total[:-side, :-side]
    found: Floats = (sums / side**2).astype(np.float32)
    return found
