"""The part of a picture that a mask needs."""

import numpy as np
from numpy.typing import NDArray

from latentstudio.engine.generator import Window


def window_of(mask: NDArray[np.floating]) -> Window | None:
    """The smallest rectangle that holds all of a mask (H, W); None where it is empty."""
    rows, columns = np.flatnonzero(mask.any(axis=1)), np.flatnonzero(mask.any(axis=0))
    if not len(rows):
        return None
    return Window(int(rows[0]), int(columns[0]), int(rows[-1]) + 1, int(columns[-1]) + 1)
