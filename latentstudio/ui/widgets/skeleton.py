"""Grey blocks where something will be."""

from typing import Literal

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from latentstudio.ui.theme import theme

Shape = Literal["rows", "plot"]

_ROW, _FILM = 52, (110, 36)


class Skeleton(QWidget):
    """Still blocks in the places of direction rows, or of a verdict with its histogram."""

    def __init__(self, shape: Shape, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._shape: Shape = shape
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        theme().changed.connect(self.update)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().current().color("raised"))
        for rect in self.blocks():
            painter.drawRoundedRect(rect, 4, 4)
        painter.end()

    def blocks(self) -> list[QRectF]:
        """What is painted."""
        wide = float(self.width())
        if self._shape == "plot":
            return [QRectF(0, 0, wide * 0.4, 12), QRectF(0, 28, wide, 136)]
        found: list[QRectF] = []
        left = 12 + _FILM[0] + 10
        for top in range(8, max(9, min(self.height(), 6 * _ROW + 8)) - _ROW + 8, _ROW):
            found.append(QRectF(12, top, *_FILM))
            found.append(QRectF(left, top + 7, 90, 8))
            found.append(QRectF(left, top + 25, wide - left - 12, 4))
        return found
