"""Plain names of local directions: where the mask lies, and what changes there."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from latentstudio.evaluate.predictor import Attribute

Floats = NDArray[np.floating]

FACE_PARTS = {
    "Eyes": (0.25, 0.38, 0.75, 0.58),
    "Nose": (0.42, 0.50, 0.58, 0.68),
    "Mouth": (0.32, 0.62, 0.68, 0.82),
    "Forehead": (0.30, 0.22, 0.70, 0.38),
    "Hair": (0.15, 0.00, 0.85, 0.28),
    "Chin": (0.35, 0.80, 0.65, 0.92),
    "Clothes": (0.10, 0.88, 0.90, 1.00),
}
"""Left, top, right, bottom of the parts of an aligned face, as shares of the picture."""
LEAST_OVERLAP = 0.3
"""Of mask and part together that both cover, for the part to lend its name."""
LEAST_CHANGE = 0.1
"""Of an attribute's range, to be worth a word."""
LEAD = 1.5
"""How many times the next attribute's change the first one's is."""


def place(mask: Floats, face: bool) -> str:
    """Where a mask lies: ``Mouth``, or ``Bottom left`` where the pictures are no aligned faces.

    Args:
        mask: (H, W), 0 to 1.
        face: Whether pictures show a face in the usual place.
    """
    if face:
        overlaps = {name: _overlap(mask, box) for name, box in FACE_PARTS.items()}
        best = max(overlaps, key=overlaps.__getitem__)
        if overlaps[best] >= LEAST_OVERLAP:
            return best
    height, width = mask.shape
    total = max(float(mask.sum()), 1e-12)
    row = float((mask.sum(1) * (np.arange(height) + 0.5)).sum()) / total / height
    column = float((mask.sum(0) * (np.arange(width) + 0.5)).sum()) / total / width
    tall = "Top" if row < 1 / 3 else "Bottom" if row > 2 / 3 else ""
    wide = "left" if column < 1 / 3 else "right" if column > 2 / 3 else ""
    return " ".join(filter(None, (tall, wide))).capitalize() or "Centre"


def local_name(
    mask: Floats,
    change: Floats,
    readings: Floats | None = None,
    attributes: Sequence[Attribute] = (),
    face: bool = False,
) -> str:
    """A name such as ``Mouth: smile``, ``Mouth: less smile`` or ``Top left: darker``.

    Args:
        mask: (H, W), 0 to 1.
        change: The picture's change to the positive side, (C, H, W).
        readings: Attributes at the negative and the positive end, (2, A), or None.
        attributes: A of them.
        face: Whether pictures show a face in the usual place.
    """
    what = None if readings is None else _attribute(readings, attributes)
    return f"{place(mask, face)}: {what or _look(change, mask)}"


def _overlap(mask: Floats, box: tuple[float, float, float, float]) -> float:
    """Intersection over union."""
    height, width = mask.shape
    left, top, right, bottom = box
    part = np.zeros(mask.shape)
    part[
        round(top * height) : round(bottom * height), round(left * width) : round(right * width)
    ] = 1
    return float(np.minimum(mask, part).sum() / max(np.maximum(mask, part).sum(), 1e-12))


def _attribute(readings: Floats, attributes: Sequence[Attribute]) -> str | None:
    """The attribute that changes most, if it clearly leads."""
    if not attributes:
        return None
    spans = np.array([max(abs(a.high - a.low), 1e-12) for a in attributes])
    rises = readings[1] - readings[0]
    sizes = np.abs(rises) / spans
    order = np.argsort(-sizes)
    first = int(order[0])
    if not np.isfinite(sizes).all() or sizes[first] < LEAST_CHANGE:
        return None
    if len(order) > 1 and sizes[first] < LEAD * sizes[int(order[1])]:
        second = int(order[1])
        both = _word(attributes[first], rises[first]), _word(attributes[second], rises[second])
        return " and ".join(both)
    return _word(attributes[first], rises[first])


def _word(attribute: Attribute, rise: float) -> str:
    """What the positive side does: ``smile``, or ``less smile``."""
    return attribute.name if rise > 0 else f"less {attribute.name}"


def _look(change: Floats, mask: Floats) -> str:
    """Lighter or darker where all of it goes one way, else another shape."""
    weights = mask / max(float(mask.sum()), 1e-12)
    grey = change.mean(0)
    mean, size = float((grey * weights).sum()), float((np.abs(change).mean(0) * weights).sum())
    if size and abs(mean) > 0.5 * size:
        return "lighter" if mean > 0 else "darker"
    return "another shape"
