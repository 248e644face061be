"""A mask that is painted on: dabs along a line, shapes, and which rectangle they changed."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPolygonF

Bytes = NDArray[np.uint8]

LEAST_SIDE = 256
"""A mask of a small picture is finer than that: borders are smooth when it is enlarged."""


@dataclass(frozen=True, slots=True)
class Dab:
    """A touch of the brush.

    Attributes:
        x: In pixels of the mask.
        y: In pixels of the mask.
        radius: In pixels of the mask.
        strength: How much a stroke changes at most, 0 to 1.
    """

    x: float
    y: float
    radius: float
    strength: float = 1.0


def mask_size(height: int, width: int) -> tuple[int, int]:
    """Height and width of the mask of a picture: a whole multiple of it."""
    times = max(1, -(-LEAST_SIDE // max(height, width)))
    return height * times, width * times


class MaskPainter:
    """Changes a mask stroke by stroke.

    Within one stroke nothing gets stronger by going over it twice: of all dabs the strongest
    counts, laid over the mask as it was when the stroke began.

    Args:
        mask: (H, W), 0 to 255; copied.
    """

    def __init__(self, mask: Bytes) -> None:
        self.mask = np.array(mask, np.uint8)
        self._before = self.mask.copy()
        self._stroke = np.zeros_like(self.mask)
        self._subtract = False

    def begin(self, subtract: bool) -> None:
        """A stroke begins, which adds or takes away."""
        np.copyto(self._before, self.mask)
        self._stroke.fill(0)
        self._subtract = subtract

    def cancel(self) -> None:
        """Take the stroke back."""
        np.copyto(self.mask, self._before)

    def line(self, start: Dab, end: Dab, hardness: float) -> QRect:
        """Draw from one dab to the next; gives the rectangle that changed.

        Args:
            start: Where the hand was.
            end: Where it is.
            hardness: Share of the radius that is painted fully; beyond it the brush fades.
        """
        reach = max(start.radius, end.radius) + 1
        box = self._box(start, end, reach)
        if box.isEmpty():
            return box
        ys = np.arange(box.top(), box.bottom() + 1, dtype=np.float32)[:, None] + 0.5
        xs = np.arange(box.left(), box.right() + 1, dtype=np.float32)[None] + 0.5
        along = _along(xs, ys, start, end)
        x = start.x + along * (end.x - start.x)
        y = start.y + along * (end.y - start.y)
        radius = start.radius + along * (end.radius - start.radius)
        strength = start.strength + along * (end.strength - start.strength)
        edge = np.maximum(1.0, (1 - hardness) * radius)
        inside = (radius + 0.5 - np.hypot(xs - x, ys - y)) / edge
        self._lay(box, inside.clip(0, 1) * strength * 255)
        return box

    def shape(self, points: Sequence[QPointF], kind: str, subtract: bool) -> QRect:
        """Fill a closed line, or the box or ellipse between two corners."""
        self.begin(subtract)
        image = QImage(self.mask.shape[1], self.mask.shape[0], QImage.Format.Format_Grayscale8)
        image.fill(0)
        painter = QPainter(image)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(QColor("white"))
        if kind == "lasso":
            painter.drawPolygon(QPolygonF(list(points)))
        elif kind == "ellipse":
            painter.drawEllipse(QRectF(points[0], points[-1]).normalized())
        else:
            painter.drawRect(QRectF(points[0], points[-1]).normalized())
        painter.end()
        whole = self.whole
        self._lay(whole, bytes_of(image).astype(np.float32))
        return whole

    def fill(self, picture: Bytes, x: float, y: float, tolerance: float, subtract: bool) -> QRect:
        """Fill what hangs together with a place and has about its colour.

        Args:
            picture: (h, w, 3), of any size with the mask's shape.
            x: Of the place, in pixels of the mask.
            y: Of the place, in pixels of the mask.
            tolerance: Largest difference of a colour, 0 to 1.
            subtract: Take it away instead.
        """
        from scipy.ndimage import label  # takes a tenth of a second, and few fill

        self.begin(subtract)
        height, width = picture.shape[:2]
        row = min(height - 1, max(0, int(y * height / self.mask.shape[0])))
        column = min(width - 1, max(0, int(x * width / self.mask.shape[1])))
        gap = np.abs(picture.astype(np.int16) - picture[row, column]).max(2)
        parts, _ = label(gap <= tolerance * 255)
        found = np.where(parts == parts[row, column], 255.0, 0.0)
        rows = np.arange(self.mask.shape[0]) * height // self.mask.shape[0]
        columns = np.arange(self.mask.shape[1]) * width // self.mask.shape[1]
        self._lay(self.whole, found[rows][:, columns])
        return self.whole

    def replace(self, mask: Bytes) -> None:
        """Another mask of the same size."""
        np.copyto(self.mask, mask)

    @property
    def whole(self) -> QRect:
        return QRect(0, 0, self.mask.shape[1], self.mask.shape[0])

    @property
    def share(self) -> float:
        """How much of the picture is painted, 0 to 1."""
        return float(self.mask.mean(dtype=np.float64) / 255)

    def _box(self, start: Dab, end: Dab, reach: float) -> QRect:
        left, right = sorted((start.x, end.x))
        top, bottom = sorted((start.y, end.y))
        corner = (int(np.floor(left - reach)), int(np.floor(top - reach)))
        size = (int(np.ceil(right + reach)), int(np.ceil(bottom + reach)))
        box = QRect(*corner, size[0] - corner[0], size[1] - corner[1])
        return box.intersected(self.whole)

    def _lay(self, box: QRect, values: NDArray[np.floating]) -> None:
        """The strongest of what the stroke has painted and these values counts."""
        part = np.s_[box.top() : box.bottom() + 1, box.left() : box.right() + 1]
        stroke = np.maximum(self._stroke[part], values.round().astype(np.uint8))
        self._stroke[part] = stroke
        if self._subtract:
            self.mask[part] = np.minimum(self._before[part], 255 - stroke)
        else:
            self.mask[part] = np.maximum(self._before[part], stroke)


def _along(
    xs: NDArray[np.float32], ys: NDArray[np.float32], start: Dab, end: Dab
) -> NDArray[np.float32]:
    """How far along the line the nearest point to each pixel lies, 0 to 1."""
    wide, high = end.x - start.x, end.y - start.y
    length = wide * wide + high * high
    if length < 1e-9:
        return np.ones(np.broadcast_shapes(xs.shape, ys.shape), np.float32)
    found: NDArray[np.float32] = ((xs - start.x) * wide + (ys - start.y) * high) / length
    return found.clip(0, 1)


def bytes_of(image: QImage) -> Bytes:
    """A grey image's values, (H, W), copied."""
    height, width = image.height(), image.width()
    rows = np.frombuffer(image.constBits(), np.uint8).reshape(height, image.bytesPerLine())
    return rows[:, :width].copy()
