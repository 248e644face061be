"""Where a direction changes pictures, and lightness and hue of that: what names are made of."""

import numpy as np
from numpy.typing import NDArray

_MOST = 0.6
"""Part of the change that a region holds when it is named alone."""
_BOTH = 0.85
"""Likewise both sides together: of an even change they hold two thirds."""
_SUMS = (0.2126, 0.7152, 0.0722)
_TALL = ("top", "middle", "bottom")
_WIDE = ("left", "", "right")

Floats = NDArray[np.floating]


def lighter(maps: Floats) -> float:
    """1 where a direction's change makes its region lighter, -1 where darker: sign by eye.

    Maps are the change at +1, (S, C, H, W).
    """
    change = maps.mean(0)
    _, inside = region(np.sqrt(np.square(change).mean(0)))
    return 1.0 if luma(change)[inside].sum() >= 0 else -1.0


def region(size: Floats) -> tuple[str, NDArray[np.bool_]]:
    """The smallest part of a 3 x 3 grid that holds most of a change, and its pixels.

    (H, W), the size of the change, gives a name and a mask (H, W).
    """
    height, width = size.shape
    rows, columns = _thirds(height), _thirds(width)
    energy = np.square(size)
    total = max(float(energy.sum()), 1e-12)
    cells = (
        np.array(
            [[energy[np.ix_(rows == i, columns == j)].sum() for j in range(3)] for i in range(3)]
        )
        / total
    )
    i, j = np.unravel_index(int(cells.argmax()), cells.shape)
    if cells[i, j] >= _MOST:
        return _cell(int(i), int(j)), (rows[:, None] == i) & (columns[None] == j)
    if cells.sum(1).max() >= _MOST:
        row = int(cells.sum(1).argmax())
        return _TALL[row].capitalize(), np.broadcast_to(rows[:, None] == row, size.shape)
    side = cells.sum(0)
    if max(side[0], side[2]) >= _MOST:
        column = 0 if side[0] > side[2] else 2
        return f"{_WIDE[column]} side".capitalize(), np.broadcast_to(columns == column, size.shape)
    if side[0] + side[2] >= _BOTH:
        return "Both sides", np.broadcast_to(columns != 1, size.shape)
    return "All over", np.ones(size.shape, bool)


def _cell(row: int, column: int) -> str:
    if (row, column) == (1, 1):
        return "Centre"
    return " ".join(word for word in (_TALL[row], _WIDE[column]) if word).capitalize()


def _thirds(length: int) -> NDArray[np.int64]:
    found: NDArray[np.int64] = np.minimum(np.arange(length) * 3 // max(length, 1), 2)
    return found


def luma(change: Floats) -> Floats:
    """How much lighter each pixel becomes: (C, H, W) -> (H, W)."""
    if len(change) != 3:
        grey: Floats = change.mean(0)
        return grey
    found: Floats = np.einsum("chw,c->hw", change, np.array(_SUMS))
    return found


def colours(change: Floats) -> dict[tuple[str, str], Floats]:
    """Changes of hue by their two ends, of (3, H, W), each (H, W)."""
    red, green, blue = change
    return {
        ("warmer", "cooler"): (red - blue) / 2,
        ("greener", "pinker"): (green - (red + blue) / 2) / 2,
    }
