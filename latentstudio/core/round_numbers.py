"""Round numbers for the ends of scales."""

import math

_ROUND = (1.0, 1.5, 2.0, 3.0, 4.0, 5.0, 6.0, 8.0, 10.0)


def rounded_up(value: float) -> float:
    """The next number of few: 1, 1.5, 2, 3, 4, 5, 6, 8 times a power of ten. Above 0."""
    ten = 10.0 ** math.floor(math.log10(value))
    return next(float(f"{r * ten:.6g}") for r in _ROUND if r * ten >= value * (1 - 1e-9))
