"""One picture, as large as there is room for it."""

from PySide6.QtCore import QPoint, QRect, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPixmap
from PySide6.QtWidgets import QSizePolicy, QWidget

from latentstudio.ui.theme import theme


class PictureBox(QWidget):
    """Shows a picture in the middle of its space, or an empty ground."""

    def __init__(self) -> None:
        super().__init__()
        self._picture = QPixmap()
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Expanding)
        theme().changed.connect(self.update)

    @property
    def picture(self) -> QPixmap:
        """What is shown; null where there is none."""
        return self._picture

    def show_picture(self, picture: QPixmap) -> None:
        """Show another picture."""
        self._picture = picture
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(120, 120)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        shape = self._picture.size() if not self._picture.isNull() else QSize(1, 1)
        size = shape.scaled(self.size(), Qt.AspectRatioMode.KeepAspectRatio)
        box = QRect(QPoint(0, 0), size)
        box.moveCenter(self.rect().center())
        if self._picture.isNull():
            painter.fillRect(box, theme().current().color("raised"))
        else:
            painter.drawPixmap(box, self._picture)
        painter.end()
