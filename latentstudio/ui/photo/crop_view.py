"""The photo with the square that the model sees: drag it, its corners or its round handle."""

import math
from dataclasses import replace

import numpy as np
from PySide6.QtCore import QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPainterPath,
    QPaintEvent,
    QPen,
    QPixmap,
    QPolygonF,
    QResizeEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentstudio.core.errors import OptionError
from latentstudio.inversion.align import frame_of_face
from latentstudio.inversion.crop import Crop, checked, whole
from latentstudio.inversion.face_finder import Face
from latentstudio.inversion.pictures import Photo
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.words import tr

_REACH = 10.0
"""How near to a handle a press has to be, in pixels of the screen."""
_STALK = 22.0
"""From the frame to its round handle; so much is free around the photo, so that it is in reach."""
_TALLEST = 260
_WHEEL = 1.0015
_SHOWN = 1200
"""The photo is kept on the screen at no more than this."""
_CORNERS = np.array([[0.0, 0.0], [1, 0], [1, 1], [0, 1]])
_FACE = np.array([[0.38, 0.48], [0.62, 0.48], [0.5, 0.7]])
"""Where eyes and mouth stand in a frame before they are dragged."""


class CropView(QWidget):
    """Shows a photo and lets a person set its frame; `changed` tells every move."""

    changed = Signal(object)  # Crop

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setFixedHeight(_TALLEST)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAccessibleName(tr("Frame"))
        self._photo: Photo | None = None
        self._pixmap = QPixmap()
        self.crop = Crop(0, 0, 1)
        self.points: np.ndarray | None = None
        """Eyes and mouth in pixels of the photo, (3, 2), or None."""
        self._held = ""
        self._from = QPointF()
        theme().changed.connect(self.update)

    def show_photo(self, photo: Photo) -> None:
        """Begin with the largest square in the middle."""
        self._photo = photo
        factor = max(1, max(photo.width, photo.height) // _SHOWN)
        self._pixmap = to_pixmap(photo.pixels[::factor, ::factor])
        self.points = None
        self.crop = whole(photo.width, photo.height)
        self._fit_height()
        self.update()

    def set_crop(self, crop: Crop) -> None:
        """Show a frame that was set before."""
        self._take(crop)

    def set_mirror(self, mirror: bool) -> None:
        """Mirror what is cut out."""
        self._take(replace(self.crop, mirror=mirror))

    def show_face(self, on: bool) -> None:
        """Show three points to be dragged onto eyes and mouth, or hide them."""
        self.points = self.crop.to_photo(_FACE, 1) if on else None
        self.update()

    def set_face(self, face: Face) -> None:
        """Put the points onto eyes and mouth, and the frame around them."""
        self.points = np.array(face)
        self._fit_face()

    def sizeHint(self) -> QSize:
        return QSize(280, _TALLEST)

    def resizeEvent(self, event: QResizeEvent) -> None:
        self._fit_height()

    def _fit_height(self) -> None:
        """As tall as the photo needs at this width: what follows below is to be seen, too."""
        if self._photo is None:
            return
        tall = (self.width() - 2 * _REACH) * self._photo.height / self._photo.width
        self.setFixedHeight(min(_TALLEST, round(tall + 2 * (_STALK + _REACH))))

    # Between the photo and the screen

    def _scale(self) -> float:
        assert self._photo is not None
        wide, tall = self.width() - 2 * _REACH, self.height() - 2 * (_STALK + _REACH)
        return min(wide / self._photo.width, tall / self._photo.height)

    def _corner(self) -> QPointF:
        assert self._photo is not None
        size = QPointF(self._photo.width, self._photo.height) * self._scale()
        return QPointF(self.width() - size.x(), self.height() - size.y()) / 2

    def _screen(self, point: np.ndarray) -> QPointF:
        return QPointF(float(point[0]), float(point[1])) * self._scale() + self._corner()

    def _photo_point(self, position: QPointF) -> np.ndarray:
        place = (position - self._corner()) / self._scale()
        return np.array([place.x(), place.y()])

    def _frame(self) -> list[QPointF]:
        return [self._screen(point) for point in self.crop.to_photo(_CORNERS, 1)]

    def _handle(self) -> QPointF:
        """The round one, above the frame's upper side."""
        a, b, c, _ = self._frame()
        up = b - c
        length = math.hypot(up.x(), up.y()) or 1.0
        return (a + b) / 2 + up * (_STALK / length)

    # Hands

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._photo is None or event.button() != Qt.MouseButton.LeftButton:
            return
        self._from = event.position()
        self._held = self._at(event.position())

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._held:
            self._drag(event.position())
            self._from = event.position()

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._held = ""

    def wheelEvent(self, event: QWheelEvent) -> None:
        if self._photo is not None:
            factor = _WHEEL ** -event.angleDelta().y()
            self._take(replace(self.crop, side=self.crop.side * factor))
            event.accept()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        moves = {
            Qt.Key.Key_Left: (-1, 0), Qt.Key.Key_Right: (1, 0),
            Qt.Key.Key_Up: (0, -1), Qt.Key.Key_Down: (0, 1),
        }  # fmt: skip
        move = moves.get(Qt.Key(event.key()))
        if move is None or self._photo is None:
            super().keyPressEvent(event)
            return
        if event.modifiers() & Qt.KeyboardModifier.AltModifier:
            self._take(replace(self.crop, angle=self.crop.angle + 0.1 * move[0]))
            return
        far = 10 if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1
        x, y = self.crop.x + far * move[0], self.crop.y + far * move[1]
        self._take(replace(self.crop, x=x, y=y))

    def _at(self, position: QPointF) -> str:
        """What is under the pointer: a point, a corner, the handle, or the frame."""
        if self.points is not None:
            for index, point in enumerate(self.points):
                if _near(self._screen(point), position):
                    return f"point{index}"
        if _near(self._handle(), position):
            return "turn"
        if any(_near(corner, position) for corner in self._frame()):
            return "size"
        return "move"

    def _drag(self, to: QPointF) -> None:
        before, now = self._photo_point(self._from), self._photo_point(to)
        crop = self.crop
        middle = np.array([crop.x, crop.y])
        if self._held.startswith("point") and self.points is not None:
            self.points[int(self._held[5:])] = now
            self._fit_face()
        elif self._held == "turn":
            away = now - middle
            angle = math.degrees(math.atan2(away[1], away[0])) + 90
            self._take(replace(crop, angle=(angle + 180) % 360 - 180))
        elif self._held == "size":
            side = math.sqrt(2) * float(np.hypot(*(now - middle)))
            self._take(replace(crop, side=side))
        else:
            x, y = middle + now - before
            self._take(replace(crop, x=float(x), y=float(y)))

    def _fit_face(self) -> None:
        assert self.points is not None
        try:
            eyes_and_mouth = [(float(x), float(y)) for x, y in self.points]
            found = frame_of_face(*eyes_and_mouth)
        except OptionError:
            self.update()
            return
        self._take(replace(found, mirror=self.crop.mirror))

    def _take(self, crop: Crop) -> None:
        """A frame that can be cut becomes the one; others are not taken."""
        assert self._photo is not None
        try:
            self.crop = checked(crop, self._photo.width, self._photo.height)
        except OptionError:
            self.update()
            return
        self.update()
        self.changed.emit(self.crop)

    # Painting

    def paintEvent(self, event: QPaintEvent) -> None:
        if self._photo is None:
            return
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        size = QPointF(self._photo.width, self._photo.height) * self._scale()
        area = QRectF(self._corner(), self._corner() + size)
        painter.drawPixmap(area, self._pixmap, QRectF(self._pixmap.rect()))
        frame = QPolygonF(self._frame())
        outside, inside = QPainterPath(), QPainterPath()
        outside.addRect(area)
        inside.addPolygon(frame)
        shade = theme().current().color("win")
        shade.setAlphaF(0.6)
        painter.fillPath(outside - inside, shade)
        self._paint_frame(painter, frame)
        painter.end()

    def _paint_frame(self, painter: QPainter, frame: QPolygonF) -> None:
        white = Qt.GlobalColor.white
        painter.setPen(QPen(white, 1.5))
        painter.drawPolygon(frame)
        a, b, c, d = self._frame()
        faint = QPen(white, 0.5)
        painter.setPen(faint)
        for t in (1 / 3, 2 / 3):
            painter.drawLine(a + (b - a) * t, d + (c - d) * t)
            painter.drawLine(a + (d - a) * t, b + (c - b) * t)
        painter.setPen(QPen(Qt.GlobalColor.black, 1))
        painter.setBrush(white)
        painter.drawLine((a + b) / 2, self._handle())
        painter.drawEllipse(self._handle(), 6, 6)
        for corner in (a, b, c, d):
            painter.drawRect(QRectF(corner - QPointF(4, 4), corner + QPointF(4, 4)))
        if self.points is not None:
            painter.setBrush(theme().current().color("acc"))
            for point in self.points:
                painter.drawEllipse(self._screen(point), 6, 6)


def _near(a: QPointF, b: QPointF) -> bool:
    return math.hypot(a.x() - b.x(), a.y() - b.y()) <= _REACH
