"""Names that directions are given by themselves: by what a predictor reads, else by where and how.

A name is a claim, so it is made only where it holds: an attribute that clearly leads all others, a
part of the picture that holds most of the change, a colour that changes the same way throughout.
Otherwise the name says less.
"""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentstudio.evaluate.predictor import Attribute
from latentstudio.evaluate.ranking import Ranking, rank

LEAST_CORRELATION = 0.2
"""Half an attribute's range is 1; below this an attribute hardly changes."""
LEAST_SHARE = 0.25
"""An attribute names a direction that gives it this part of all its change."""
_LEAD = 1.5
"""How many times the next attribute's correlation a name of one attribute takes."""
_MOST = 0.6
"""Part of the change that a region holds when it is named alone."""
_BOTH = 0.85
"""Likewise both sides together: of an even change they hold two thirds."""
_SAME_WAY = 0.5
"""Least mean change of a region over its mean size, for a word of one way."""
_SUMS = (0.2126, 0.7152, 0.0722)
_TALL = ("top", "middle", "bottom")
_WIDE = ("left", "", "right")

Floats = NDArray[np.floating]


def attribute_names(
    readings: Floats, attributes: Sequence[Attribute]
) -> list[tuple[str, float] | None]:
    """For each direction the attribute it changes, and whether more (1) or less (-1) of it.

    Args:
        readings: (K, S, 3, A), as `ChangeMaps` holds them.
        attributes: A of them.

    Returns:
        None where no attribute leads.
    """
    if not len(attributes) or not len(readings):
        return [None] * len(readings)
    found = rank(readings, attributes)
    return [_attribute(found, row) for row in range(len(readings))]


def region_name(maps: Floats) -> str:
    """Where a direction changes pictures and how, such as ``Top: darker``.

    Args:
        maps: Change at +1, (S, C, H, W).
    """
    change = maps.mean(0)
    where, inside = region(np.sqrt(np.square(change).mean(0)))
    return f"{where}: {_how(change, inside)}"


def lighter(maps: Floats) -> float:
    """1 where a direction's change makes its region lighter, -1 where darker: sign by eye.

    Maps are the change at +1, (S, C, H, W).
    """
    change = maps.mean(0)
    _, inside = region(np.sqrt(np.square(change).mean(0)))
    return 1.0 if luma(change)[inside].sum() >= 0 else -1.0


def numbered(names: Sequence[str]) -> list[str]:
    """Names made distinct: the second ``Smile`` becomes ``Smile 2``."""
    seen: dict[str, int] = {}
    found = []
    for name in names:
        seen[name] = seen.get(name, 0) + 1
        found.append(name if seen[name] == 1 else f"{name} {seen[name]}")
    return found


def _attribute(found: Ranking, row: int) -> tuple[str, float] | None:
    order = found.strongest(row)
    size = np.abs(found.correlation[row])
    first = order[0]
    if size[first] < LEAST_CORRELATION or found.selectivity[row, first] < LEAST_SHARE:
        return None
    names = [found.attributes[first]]
    if len(order) > 1 and size[order[1]] * _LEAD > size[first]:
        same = found.correlation[row, first] * found.correlation[row, order[1]] > 0
        names.append(f"{'and' if same else 'without'} {found.attributes[order[1]]}")
    text = " ".join(names)
    return text[:1].upper() + text[1:], float(np.sign(found.correlation[row, first]))


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


def _how(change: Floats, inside: NDArray[np.bool_]) -> str:
    """Lighter, darker or a colour where all of the region changes so; else its shape."""
    parts = {
        ("lighter", "darker"): luma(change),
        **(colours(change) if len(change) == 3 else {}),
    }
    best, word = 0.0, "another shape"
    whole = float(np.abs(change[:, inside]).mean()) + 1e-12
    for (more, less), values in parts.items():
        here = values[inside]
        mean, size = float(here.mean()), float(np.abs(here).mean()) + 1e-12
        if abs(mean) / size >= _SAME_WAY and abs(mean) / whole > max(best, _SAME_WAY / 2):
            best, word = abs(mean) / whole, more if mean > 0 else less
    return word


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
