"""Key caps, as tooltips, the palette and the sheet of shortcuts show them."""

from PySide6.QtCore import QRect, Qt
from PySide6.QtGui import QFontMetrics, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from latentstudio.ui.theme import theme


def draw_key(painter: QPainter, right: int, middle: int, text: str) -> int:
    """Draw a key cap that ends at `right`; gives its left edge."""
    tokens = theme().current()
    painter.setFont(theme().font("caption"))
    size = _size(text)
    box = QRect(right - size[0], middle - size[1] // 2, *size)
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.translate(0.5, 0.5)
    painter.setPen(tokens.color("edge"))
    painter.setBrush(tokens.color("field"))
    painter.drawRoundedRect(box.adjusted(0, 0, -1, -1), 4, 4)
    painter.setPen(tokens.color("tx2"))
    painter.drawText(box.adjusted(0, 0, -1, -1), Qt.AlignmentFlag.AlignCenter, text)
    painter.restore()
    return box.left()


def _size(text: str) -> tuple[int, int]:
    metrics = QFontMetrics(theme().font("caption"))
    return max(20, metrics.horizontalAdvance(text) + 11), metrics.height() + 4


class KeyCap(QWidget):
    """A key, drawn; only to be read."""

    def __init__(self, text: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._text = text
        self.setAccessibleName(text)
        theme().changed.connect(self._measure)
        self._measure()

    def show_key(self, text: str) -> None:
        """Show another key, or nothing where it is empty."""
        self._text = text
        self.setAccessibleName(text)
        self.setVisible(bool(text))
        self._measure()
        self.update()

    def _measure(self) -> None:
        self.setFixedSize(*_size(self._text))

    def paintEvent(self, event: QPaintEvent) -> None:
        draw_key(QPainter(self), self.width(), self.height() // 2, self._text)
