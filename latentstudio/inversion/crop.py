"""The square of a photo that a model sees, and the way back into the photo.

A frame is given in pixels of the photo, so it means the same for a model of any resolution.
"""

import math
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentstudio.core.errors import OptionError

Pixels = NDArray[np.uint8]
Points = NDArray[np.float64]
"""(N, 2): x to the right, y down."""

LARGEST = 2.0
"""Sides of the photo's longer edge that a frame may have: the rest repeats the photo's edge."""
SMALLEST = 8.0
"""Least side in pixels of the photo."""


@dataclass(frozen=True, slots=True)
class Crop:
    """A square frame on a photo.

    Attributes:
        x: Its centre in pixels from the photo's left edge.
        y: Its centre in pixels from the photo's top edge.
        side: Length of its side in pixels of the photo.
        angle: How far it is turned clockwise, in degrees.
        mirror: Whether what is cut out is mirrored left to right.
    """

    x: float
    y: float
    side: float
    angle: float = 0.0
    mirror: bool = False

    def matrix(self, size: int) -> Points:
        """(2, 3): from pixels of a cut of `size` to pixels of the photo, both from their edges."""
        scale, turn = self.side / size, math.radians(self.angle)
        cos, sin = scale * math.cos(turn), scale * math.sin(turn)
        sign = -1.0 if self.mirror else 1.0
        linear = np.array([[sign * cos, -sin], [sign * sin, cos]])
        shift = np.array([self.x, self.y]) - linear @ np.full(2, size / 2)
        return np.column_stack([linear, shift])

    def to_photo(self, points: Points, size: int) -> Points:
        """Points of a cut of `size` pixels in the photo: (N, 2) to (N, 2)."""
        matrix = self.matrix(size)
        found: Points = np.asarray(points, np.float64) @ matrix[:, :2].T + matrix[:, 2]
        return found

    def to_cut(self, points: Points, size: int) -> Points:
        """Points of the photo in a cut of `size` pixels: (N, 2) to (N, 2)."""
        matrix = self.matrix(size)
        moved = np.asarray(points, np.float64) - matrix[:, 2]
        found: Points = moved @ np.linalg.inv(matrix[:, :2]).T
        return found

    def box(self, width: int, height: int, margin: int = 0) -> tuple[int, int, int, int]:
        """Left, top, right, bottom of the photo's pixels that it covers; may be empty."""
        corners = self.to_photo(np.array([[0, 0], [1, 0], [1, 1], [0, 1]]), 1)
        low, high = np.floor(corners.min(0)) - margin, np.ceil(corners.max(0)) + margin
        left, top = (int(v) for v in np.maximum(low, 0))
        return left, top, int(min(high[0], width)), int(min(high[1], height))


def whole(width: int, height: int) -> Crop:
    """The largest square in the middle of a photo."""
    return Crop(width / 2, height / 2, float(min(width, height)))


def checked(crop: Crop, width: int, height: int) -> Crop:
    """A frame that cuts something out.

    Raises:
        OptionError: It is no number, too small, too large, or lies beside the photo.
    """
    values = (crop.x, crop.y, crop.side, crop.angle)
    if not all(math.isfinite(value) for value in values):
        raise OptionError("The frame's place isn't a number.")
    if not SMALLEST <= crop.side <= LARGEST * max(width, height):
        raise OptionError(
            f"The frame can't have a side of {crop.side:.0f} pixels: it goes from {SMALLEST:.0f} "
            f"to {LARGEST * max(width, height):.0f} on this picture."
        )
    if not (0 <= crop.x <= width and 0 <= crop.y <= height):
        raise OptionError("The middle of the frame lies outside the picture. Move it inside.")
    return crop


def cut(pixels: Pixels, crop: Crop, size: int) -> Pixels:
    """What a frame shows, as a square of `size` pixels: (size, size, 3).

    Larger photos are averaged down, so nothing flickers; beyond the photo its edge goes on.

    Raises:
        OptionError: As `checked`.
    """
    height, width = pixels.shape[:2]
    checked(crop, width, height)
    picture = Image.fromarray(pixels)
    factor = max(1, int(crop.side / (2 * size)))
    if factor > 1:
        picture = picture.reduce(factor)
    # `reduce` rounds sizes up; a pixel still stands for `factor` of them.
    small = replace(crop, x=crop.x / factor, y=crop.y / factor, side=crop.side / factor)
    padded, left, top = _with_edges(np.asarray(picture), small)
    matrix = small.matrix(2 * size)
    matrix[:, 2] -= (left, top)
    large = Image.fromarray(padded).transform(
        (2 * size, 2 * size), Image.Transform.AFFINE, matrix.flatten().tolist(),
        Image.Resampling.BICUBIC,
    )  # fmt: skip
    return np.array(large.reduce(2), np.uint8)


def _with_edges(pixels: Pixels, crop: Crop) -> tuple[Pixels, int, int]:
    """The part that a frame covers, edges repeated beyond the photo; and where it begins."""
    corners = crop.to_photo(np.array([[0, 0], [1, 0], [1, 1], [0, 1]]), 1)
    low = np.floor(corners.min(0)).astype(int) - 3
    high = np.ceil(corners.max(0)).astype(int) + 3
    columns = np.arange(low[0], high[0]).clip(0, pixels.shape[1] - 1)
    rows = np.arange(low[1], high[1]).clip(0, pixels.shape[0] - 1)
    return np.ascontiguousarray(pixels[rows[:, None], columns]), int(low[0]), int(low[1])
