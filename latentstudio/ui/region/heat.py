"""Colours of the heat map: dark where nothing changes, bright where most does."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtGui import QColor, QImage

STOPS = (
    (0, 0, 4),
    (40, 11, 84),
    (101, 21, 110),
    (159, 42, 99),
    (212, 72, 66),
    (245, 125, 21),
    (250, 193, 39),
    (252, 255, 164),
)
"""Evenly spaced colours of Matplotlib's map "inferno" (CC0)."""


def heat_colours(values: NDArray[np.floating]) -> NDArray[np.uint8]:
    """Values from 0 to 1 as sRGB, (..., 3)."""
    places = np.linspace(0, 1, len(STOPS))
    channels = [np.interp(values, places, [stop[c] for stop in STOPS]) for c in range(3)]
    colours: NDArray[np.uint8] = np.stack(channels, axis=-1).round().astype(np.uint8)
    return colours


def heat_image(heat: NDArray[np.floating]) -> QImage:
    """A heat map, (H, W) from 0 to 1, as an image of its own."""
    colours = np.ascontiguousarray(heat_colours(heat))
    height, width = heat.shape
    image = QImage(colours.data, width, height, 3 * width, QImage.Format.Format_RGB888)
    return image.copy()


def heat_stops() -> list[tuple[float, QColor]]:
    """For a gradient: places from 0 to 1 and their colours."""
    last = len(STOPS) - 1
    return [(number / last, QColor(*stop)) for number, stop in enumerate(STOPS)]
