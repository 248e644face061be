"""Shapes that a file declares, bounded before anything is built."""

import math
from collections.abc import Sequence

MOST_AXES = 16
MOST = 2**56
"""Of one axis, and of all axes multiplied, those of no length left out."""


def are_sane(shape: Sequence[object]) -> bool:
    """Whether a shape can be that of an array: also where an axis of length 0 hides the others."""
    if len(shape) > MOST_AXES:
        return False
    sizes = [size for size in shape if type(size) is int and 0 <= size <= MOST]
    return len(sizes) == len(shape) and math.prod(size or 1 for size in sizes) <= MOST
