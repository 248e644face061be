"""Pose from five landmarks: both corners of each eye, and the base of the nose."""

import math
from collections.abc import Sequence

Point = tuple[float, float]


def pose(marks: Sequence[Point]) -> tuple[float, float]:
    """Turn and tilt of a face, as the picture shows it.

    Args:
        marks: Corners of one eye, corners of the other, base of the nose; x to the right,
            y down.

    Returns:
        Turn: how far the nose is to the right of the middle between the eyes, along the line of
        the eyes, in distances between them. Tilt: the angle of that line, in radians, above 0
        where the eye at the right is the lower one.
    """
    first, second = _middle(marks[0], marks[1]), _middle(marks[2], marks[3])
    left, right = sorted((first, second))
    across = (right[0] - left[0], right[1] - left[1])
    distance = math.hypot(*across) or 1.0
    centre, nose = _middle(left, right), marks[4]
    offset = (nose[0] - centre[0], nose[1] - centre[1])
    along = (offset[0] * across[0] + offset[1] * across[1]) / distance
    return along / distance, math.atan2(across[1], across[0])


def _middle(a: Point, b: Point) -> Point:
    return (a[0] + b[0]) / 2, (a[1] + b[1]) / 2
