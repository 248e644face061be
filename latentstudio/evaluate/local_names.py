"""Plain names of local directions: where the mask lies, and what changes there."""

from collections.abc import Sequence
from dataclasses import dataclass

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
"""How many times the next attribute's change the first one's is, where it is told alone."""
AGREE = 2 / 3
"""Share of pictures in which an attribute must go the same way."""


@dataclass(frozen=True, slots=True)
class LocalName:
    """What a local direction is called.

    Attributes:
        text: Such as ``Mouth: smile``.
        sign: 1, or -1 where the direction has to be turned round so that plus does this.
    """

    text: str
    sign: int


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
    likely: NDArray[np.bool_] | None = None,
    face: bool = False,
) -> LocalName:
    """A name such as ``Mouth: smile`` or ``Top left: lighter``, and the sign that makes it true.

    An attribute is named only where it can be seen in the region, changes clearly, and goes the
    same way in the picture itself and in most of the others; else the name says how it looks.

    Args:
        mask: (H, W), 0 to 1.
        change: The picture's change to the positive side, (C, H, W).
        readings: Attributes of some pictures at the negative and the positive end, (P, 2, A), the
            picture itself first; or None.
        attributes: A of them.
        likely: Which of them can be seen in the region, (A,); None for all.
        face: Whether pictures show a face in the usual place.
    """
    what = None if readings is None else _attribute(readings, attributes, likely)
    text, sign = what or _look(change, mask)
    return LocalName(f"{place(mask, face)}: {text}", sign)


def _overlap(mask: Floats, box: tuple[float, float, float, float]) -> float:
    """Intersection over union."""
    height, width = mask.shape
    left, top, right, bottom = box
    part = np.zeros(mask.shape)
    part[
        round(top * height) : round(bottom * height), round(left * width) : round(right * width)
    ] = 1
    return float(np.minimum(mask, part).sum() / max(np.maximum(mask, part).sum(), 1e-12))


def _attribute(
    readings: Floats, attributes: Sequence[Attribute], likely: NDArray[np.bool_] | None
) -> tuple[str, int] | None:
    """The attribute that changes most, and with it the next if that goes along."""
    if not attributes or not np.isfinite(readings).all():
        return None
    spans = np.array([max(abs(a.high - a.low), 1e-12) for a in attributes])
    rises = (readings[:, 1] - readings[:, 0]) / spans
    means = rises.mean(0)
    along = np.sign(means) * rises  # (P, A): above 0 where a picture goes with the others
    agree = (along[0] > 0) & ((along > 0).mean(0) >= AGREE)
    sizes = np.where(agree & (True if likely is None else likely), np.abs(means), 0.0)
    first, *others = np.argsort(-sizes).tolist()
    if sizes[first] < LEAST_CHANGE:
        return None
    sign = 1 if means[first] > 0 else -1
    words = [attributes[first].name]
    if others and LEAD * sizes[others[0]] > sizes[first] and sign * means[others[0]] > 0:
        words.append(attributes[others[0]].name)
    return " and ".join(words), sign


def _look(change: Floats, mask: Floats) -> tuple[str, int]:
    """Lighter or warmer where all of it goes one way, else a shape."""
    weights = mask / max(float(mask.sum()), 1e-12)
    size = float((np.abs(change).mean(0) * weights).sum())
    light = float((change.mean(0) * weights).sum())
    warm = float(((change[0] - change[-1]) * weights).sum()) / 2
    if size and max(abs(light), abs(warm)) > 0.5 * size:
        word, value = max((("lighter", light), ("warmer", warm)), key=lambda one: abs(one[1]))
        return word, 1 if value > 0 else -1
    return "shape", 1
