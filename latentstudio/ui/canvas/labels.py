"""Small words on the canvas: the line about size and zoom, and the tags of a comparison."""

from PySide6.QtCore import Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from latentstudio.ui.theme import set_role, set_tone, theme
from latentstudio.ui.widgets.plain_text import PlainLabel


class Plate(PlainLabel):
    """A label on a plate that keeps it readable over any picture; it ignores the mouse."""

    def __init__(self, parent: QWidget, name: str, *, tag: bool = False) -> None:
        super().__init__(parent)
        self._tag = tag
        self.setAccessibleName(name)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        set_role(self, "label" if tag else "caption")
        set_tone(self, "tx" if tag else "hud")
        self.setContentsMargins(8 if tag else 5, 3, 8 if tag else 5, 3)
        theme().changed.connect(self.adjustSize)
        self.hide()

    def say(self, text: str) -> None:
        """Show a text, or nothing when it is empty."""
        if text != self.text():
            self.setText(text)
            self.adjustSize()
        self.setVisible(bool(text))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(theme().current().color("canvas", 0.92 if self._tag else 0.85))
        painter.drawRoundedRect(self.rect(), 4, 4)
        painter.end()
        super().paintEvent(event)
