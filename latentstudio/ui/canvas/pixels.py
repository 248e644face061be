"""Rendered pixels on their way to the screen."""

import numpy as np
from PySide6.QtGui import QImage, QPixmap

from latentstudio.render.messages import Pixels

GAIN = 4
"""How much stronger differences are shown: most edits change a few percent."""


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


def difference(a: Pixels, b: Pixels) -> Pixels:
    """Absolute difference, `GAIN` times stronger, clipped to 0..255; both of one shape."""
    gap = np.abs(a.astype(np.int16) - b.astype(np.int16)) * GAIN
    shown: Pixels = np.minimum(gap, 255).astype(np.uint8)
    return shown


def mean_difference(a: Pixels, b: Pixels) -> float:
    """Mean absolute difference as a share of the full range, 0 to 1."""
    return float(np.abs(a.astype(np.int16) - b.astype(np.int16)).mean() / 255)
