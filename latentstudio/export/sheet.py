"""Several pictures as one: strips and contact sheets."""

from collections.abc import Sequence

import numpy as np

from latentstudio.export.images import Pixels

GAP = 4


def sheet(
    pictures: Sequence[Pixels],
    columns: int,
    gap: int = GAP,
    background: tuple[int, int, int] = (21, 21, 21),
) -> Pixels:
    """Lay out pictures of one size, left to right and top to bottom.

    Args:
        pictures: At least one, each (height, width, 3).
        columns: Pictures in a row; the last row may be shorter.
        gap: Pixels between two pictures; none around.
        background: Colour of the gaps, sRGB.

    Returns:
        One picture, (rows (height + gap) - gap, columns (width + gap) - gap, 3).
    """
    height, width, _ = pictures[0].shape
    columns = min(columns, len(pictures))
    rows = -(-len(pictures) // columns)
    size = (rows * (height + gap) - gap, columns * (width + gap) - gap, 3)
    found = np.full(size, background, dtype=np.uint8)
    for index, picture in enumerate(pictures):
        y, x = index // columns * (height + gap), index % columns * (width + gap)
        found[y : y + height, x : x + width] = picture
    return found


def strip(pictures: Sequence[Pixels], gap: int = GAP) -> Pixels:
    """Pictures side by side: (h, w, 3) each -> (h, n (w + gap) - gap, 3).

    Example:
        >>> strip([np.zeros((8, 8, 3), np.uint8)] * 3, gap=2).shape
        (8, 28, 3)
    """
    return sheet(pictures, len(pictures), gap)
