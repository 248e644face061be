"""Rendered pixels on their way to the screen."""

import math

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QImage, QPixmap

from latentstudio.render.messages import Pixels

MOST_GAIN = 64
"""Beyond that a difference is rounding."""
_NEARLY_ALL = 0.98
"""Share of the numbers that a gain leaves below white."""


def to_image(pixels: Pixels) -> QImage:
    """A view of (height, width, 3) sRGB bytes, or 4 with alpha; valid while the array lives."""
    height, width, channels = pixels.shape
    data = np.ascontiguousarray(pixels)
    kind = QImage.Format.Format_RGBA8888 if channels == 4 else QImage.Format.Format_RGB888
    image = QImage(data.data, width, height, channels * width, kind)
    # The wrapper does not own the bytes: keep them as long as the image.
    image._bytes = data  # type: ignore[attr-defined]
    return image


def to_pixmap(pixels: Pixels) -> QPixmap:
    """A copy of (height, width, 3) sRGB bytes for drawing."""
    # From RGB888 Qt converts, so the pixmap never shares the array's memory.
    return QPixmap.fromImage(to_image(pixels))


def gain(a: Pixels, b: Pixels) -> int:
    """How much stronger the difference of two pictures is shown, so that its own range is seen.

    A power of two, so that it stands still while a slider moves; 1 where they are the same.
    """
    counts = np.bincount(_gap(a, b)[..., :3].reshape(-1), minlength=256)
    below = np.cumsum(counts) >= _NEARLY_ALL * counts.sum()
    strongest = int(np.argmax(below)) or int(np.flatnonzero(counts)[-1])
    if not strongest:
        return 1
    return int(min(MOST_GAIN, 2 ** int(math.log2(255 / strongest))))


def difference(a: Pixels, b: Pixels, stronger: int) -> Pixels:
    """Absolute difference of colours, so many times stronger, clipped to 0..255: (h, w, 3)."""
    shown: Pixels = np.minimum(_gap(a, b)[..., :3] * stronger, 255).astype(np.uint8)
    return shown


def _gap(a: Pixels, b: Pixels) -> NDArray[np.int16]:
    return np.abs(a.astype(np.int16) - b.astype(np.int16))


def mean_difference(a: Pixels, b: Pixels) -> float:
    """Mean absolute difference as a share of the full range, 0 to 1."""
    return float(_gap(a, b).mean() / 255)
