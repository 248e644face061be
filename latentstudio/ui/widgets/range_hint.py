"""A line about a wrong value, under its field and over whatever stands there."""

from PySide6.QtCore import QEvent, QObject, QPoint, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractScrollArea, QWidget

from latentstudio.ui.theme import icon, set_role, set_tone, theme
from latentstudio.ui.widgets.plain_text import PlainLabel

_GAP = 4
_MARK = 14  # px of the icon


class RangeHint(PlainLabel):
    """Takes no room of the form and is as wide as its words; the mouse passes through.

    Args:
        field: What it belongs to; it goes when that is hidden.
    """

    def __init__(self, field: QWidget) -> None:
        super().__init__(field)
        self._field = field
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_role(self, "caption")
        set_tone(self, "bad")
        self.setContentsMargins(_MARK + 12, 4, 8, 4)
        field.installEventFilter(self)
        self.hide()

    def say(self, text: str) -> None:
        """Show a text below the field, or nothing where it is empty."""
        self.setText(text)
        self.setVisible(bool(text))
        if text:
            self._place()

    def _place(self) -> None:
        ground = _ground(self._field)
        if self.parentWidget() is not ground:
            self.setParent(ground)
            self.show()
        self.adjustSize()
        below = self._field.mapTo(ground, QPoint(self._field.width(), self._field.height()))
        left = max(_GAP, min(below.x(), ground.width() - _GAP) - self.width())
        top = below.y() + _GAP
        if top + self.height() > ground.height():
            top = below.y() - self._field.height() - _GAP - self.height()
        self.move(left, top)
        self.raise_()

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Hide:
            self.hide()
        elif event.type() == QEvent.Type.Show and self.text():
            self.say(self.text())
        elif event.type() in (QEvent.Type.Move, QEvent.Type.Resize) and not self.isHidden():
            self._place()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.color("bad"), 1))
        painter.setBrush(tokens.color("raised"))
        painter.drawRoundedRect(self.rect().adjusted(0, 0, -1, -1), 4, 4)
        icon("circle-alert", "bad").paint(painter, 6, (self.height() - _MARK) // 2, _MARK, _MARK)
        painter.end()
        super().paintEvent(event)


def _ground(field: QWidget) -> QWidget:
    """What scrolls together with a field, else its window."""
    part: QWidget = field
    while (above := part.parentWidget()) is not None and not part.isWindow():
        around = above.parentWidget()
        if isinstance(around, QAbstractScrollArea) and around.viewport() is above:
            return part if part is not field and part.width() >= above.width() - 1 else above
        part = above
    return part
