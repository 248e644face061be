"""The small number that follows a handle while it is dragged."""

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from latentstudio.ui.theme import theme

_WIDTH, _HEIGHT = 44, 20
_ABOVE = 14  # from the slider's axis to the bubble's lower edge


class Bubble(QWidget):
    """A text above a point of its window; the mouse passes through it."""

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self._text = ""
        self._window = window
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.resize(_WIDTH, _HEIGHT)
        self.hide()

    def say(self, text: str, axis: QPointF) -> None:
        """Show a text above a point, kept inside the window."""
        self._text = text
        room = self._window.width() - _WIDTH
        left = min(max(0.0, axis.x() - _WIDTH / 2), max(0.0, room))
        self.move(round(left), round(axis.y()) - _ABOVE - _HEIGHT)
        self.raise_()
        self.show()
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("ctlh"))
        painter.drawRoundedRect(QRectF(self.rect()), 4, 4)
        painter.setFont(theme().font("label"))
        painter.setPen(tokens.color("tx"))
        painter.drawText(self.rect(), Qt.AlignmentFlag.AlignCenter, self._text)
        painter.end()
