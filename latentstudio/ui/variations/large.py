"""A picture of the grid, large, while the pointer rests on it."""

from PySide6.QtCore import QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap
from PySide6.QtWidgets import QWidget

from latentstudio.ui.theme import theme

_LEAST = 160
_FRAME = 6


class LargeView(QWidget):
    """Lies on the grid, beside the tile that it shows; the mouse goes through it."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._picture = QPixmap()
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def show_beside(self, picture: QPixmap, tile: QRect, space: QRect) -> None:
        """Show a picture in the half of a space where its tile is not."""
        self._picture = picture
        size = self.size_in(space, tile.size())
        left = tile.center().x() < space.center().x()
        x = tile.right() + 10 if left else tile.left() - 10 - size.width()
        x = min(max(space.left(), x), space.right() - size.width())
        y = tile.center().y() - size.height() // 2
        y = min(max(space.top(), y), space.bottom() - size.height())
        self.setGeometry(QRect(QPoint(x, y), size))
        self.raise_()
        self.show()
        self.update()

    def replace(self, picture: QPixmap) -> None:
        """The same picture with more pixels."""
        self._picture = picture
        self.update()

    @staticmethod
    def size_in(space: QRect, tile: QSize) -> QSize:
        """How large it is: half of the space at most, in the shape of a tile."""
        room = QSize(space.width() // 2 - 16, round(space.height() * 0.7))
        size = tile.scaled(room, Qt.AspectRatioMode.KeepAspectRatio)
        return size.expandedTo(QSize(_LEAST, _LEAST))

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        painter.setPen(QPen(tokens.color("line2"), 1))
        painter.setBrush(tokens.color("raised"))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5), 6, 6)
        inner = self.rect().adjusted(_FRAME, _FRAME, -_FRAME, -_FRAME)
        size = self._picture.size().scaled(inner.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRect(QPoint(0, 0), size)
        box.moveCenter(inner.center())
        painter.drawPixmap(box, self._picture)
        painter.end()
