"""The painted mask over the picture: a tint, its border, and the brush under the pointer."""

import numpy as np
from numpy.typing import NDArray
from PySide6.QtCore import QLineF, QPointF, QRect, QRectF, Qt
from PySide6.QtGui import QColor, QImage, QPainter, QPen, QPolygonF
from PySide6.QtWidgets import QGraphicsItem, QStyleOptionGraphicsItem, QWidget

from latentstudio.ui.region.mask_painter import Bytes
from latentstudio.ui.theme import theme

OPACITY = 0.45
_BORDER = 128
_DASH = 4  # pixels of the screen, about


class MaskItem(QGraphicsItem):
    """Shows a mask over the picture; only what changed is converted and painted again."""

    def __init__(self) -> None:
        super().__init__()
        self._box = QRectF()
        self._mask: Bytes | None = None
        self._colours: NDArray[np.uint8] = np.zeros((0, 0, 4), np.uint8)
        self._image = QImage()
        self._edges: tuple[list[QLineF], list[QLineF]] = ([], [])
        self.tinted = True
        self.opacity_of_tint = OPACITY
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(5)

    def show_mask(self, mask: Bytes, width: float, height: float) -> None:
        """Lay a mask over a picture of a size; the array is read again on `update_part`."""
        if self._box.size().toTuple() != (width, height):
            self.prepareGeometryChange()
            self._box = QRectF(0, 0, width, height)
        self._mask = mask
        if self._colours.shape[:2] != mask.shape:
            self._colours = np.zeros((*mask.shape, 4), np.uint8)
            rows, columns = mask.shape
            form = QImage.Format.Format_ARGB32_Premultiplied
            self._image = QImage(self._colours.data, columns, rows, 4 * columns, form)
        self.update_part(QRect(0, 0, mask.shape[1], mask.shape[0]))
        self.find_border()

    def clear(self) -> None:
        """There is no mask."""
        self._mask = None
        self._edges = ([], [])
        self.update()

    def set_tint(self, tinted: bool, opacity: float) -> None:
        """Whether what is painted is tinted, and how strongly."""
        self.tinted, self.opacity_of_tint = tinted, opacity
        self.update()

    def update_part(self, part: QRect) -> None:
        """The mask changed within a rectangle of its own pixels."""
        if self._mask is None or part.isEmpty():
            return
        rows = slice(part.top(), part.bottom() + 1)
        columns = slice(part.left(), part.right() + 1)
        self._colours[rows, columns] = _table()[self._mask[rows, columns]]
        across, down = self._scale()
        dirty = QRectF(
            part.left() * across, part.top() * down, part.width() * across, part.height() * down
        )
        self.update(dirty.adjusted(-across, -down, across, down))

    def find_border(self) -> None:
        """Find the line round what is painted; done when a stroke ends."""
        if self._mask is None:
            return
        self._edges = _edges(self._mask >= _BORDER, *self._scale())
        self.update()

    def boundingRect(self) -> QRectF:
        return self._box

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        if self._mask is None:
            return
        if self.tinted:
            painter.setOpacity(self.opacity_of_tint)
            painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
            painter.drawImage(self._box, self._image)
            painter.setOpacity(1.0)
        for colour, lines in zip(("#101010", "white"), self._edges, strict=True):
            pen = QPen(QColor(colour), 1.5)
            pen.setCosmetic(True)
            painter.setPen(pen)
            painter.drawLines(lines)

    def _scale(self) -> tuple[float, float]:
        assert self._mask is not None
        height, width = self._mask.shape
        return self._box.width() / width, self._box.height() / height


class BrushRing(QGraphicsItem):
    """The size of the brush under the pointer, or the outline of a shape that is drawn."""

    def __init__(self) -> None:
        super().__init__()
        self._at: QPointF | None = None
        self._radius = 1.0
        self._points: list[QPointF] = []
        self._kind = ""
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(6)

    def show_brush(self, at: QPointF | None, radius: float) -> None:
        """A circle at a place of the picture, or none."""
        self.prepareGeometryChange()
        self._at, self._radius, self._points = at, radius, []
        self.update()

    def show_shape(self, points: list[QPointF], kind: str) -> None:
        """A closed line, or the box or ellipse between two corners."""
        self.prepareGeometryChange()
        self._at, self._points, self._kind = None, points, kind
        self.update()

    def boundingRect(self) -> QRectF:
        if self._points:
            box = QPolygonF(self._points).boundingRect()
        elif self._at is not None:
            reach = self._radius
            box = QRectF(self._at.x() - reach, self._at.y() - reach, 2 * reach, 2 * reach)
        else:
            return QRectF()
        air = max(2.0, 0.1 * max(box.width(), box.height()))
        return box.adjusted(-air, -air, air, air)

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setBrush(Qt.BrushStyle.NoBrush)
        for colour, width in (("#101010", 3.0), ("white", 1.5)):
            pen = QPen(QColor(colour), width)
            pen.setCosmetic(True)
            painter.setPen(pen)
            self._draw(painter)

    def _draw(self, painter: QPainter) -> None:
        if self._at is not None:
            painter.drawEllipse(self._at, self._radius, self._radius)
            tick = min(self._radius / 3, 4 / max(painter.transform().m11(), 1e-6))
            x, y = self._at.x(), self._at.y()
            painter.drawLine(QLineF(x - tick, y, x + tick, y))
            painter.drawLine(QLineF(x, y - tick, x, y + tick))
        elif len(self._points) > 1 and self._kind == "lasso":
            painter.drawPolyline(QPolygonF(self._points))
        elif len(self._points) > 1:
            box = QRectF(self._points[0], self._points[-1]).normalized()
            painter.drawEllipse(box) if self._kind == "ellipse" else painter.drawRect(box)


class HeatItem(QGraphicsItem):
    """Where edits change the picture, from dark to bright, over all of it."""

    def __init__(self) -> None:
        super().__init__()
        self._box = QRectF()
        self._image = QImage()
        self.setAcceptedMouseButtons(Qt.MouseButton.NoButton)
        self.setZValue(4)
        self.setVisible(False)

    def show_heat(self, image: QImage, width: float, height: float) -> None:
        """Lay a heat map over a picture of a size."""
        self.prepareGeometryChange()
        self._box, self._image = QRectF(0, 0, width, height), image
        self.update()

    def boundingRect(self) -> QRectF:
        return self._box

    def paint(
        self, painter: QPainter, option: QStyleOptionGraphicsItem, widget: QWidget | None = None
    ) -> None:
        painter.setOpacity(0.85)
        painter.drawImage(self._box, self._image)


def _table() -> NDArray[np.uint8]:
    """What each value of a mask looks like: premultiplied blue, green, red, alpha."""
    colour = theme().current().color("acc")
    levels = np.arange(256, dtype=np.uint16)[:, None]
    solid = np.array([colour.blue(), colour.green(), colour.red(), 255], np.uint16)
    return (levels * solid // 255).astype(np.uint8)


def _edges(
    inside: NDArray[np.bool_], across: float, down: float
) -> tuple[list[QLineF], list[QLineF]]:
    """Sides of pixels between inside and outside, in dashes of two colours by turns."""
    padded = np.pad(inside, 1)
    ys, xs = np.nonzero(padded[1:-1, 1:] != padded[1:-1, :-1])
    upright = [(x, y, x, y + 1) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
    ys, xs = np.nonzero(padded[1:, 1:-1] != padded[:-1, 1:-1])
    level = [(x, y, x + 1, y) for x, y in zip(xs.tolist(), ys.tolist(), strict=True)]
    dashes: tuple[list[QLineF], list[QLineF]] = ([], [])
    for x, y, right, bottom in upright + level:
        line = QLineF(x * across, y * down, right * across, bottom * down)
        dashes[(x + y) // _DASH % 2].append(line)
    return dashes
