"""A field to search with: magnifier at the left, a cross to clear it."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QLineEdit, QWidget

from latentstudio.ui.theme import icon, set_role

_PLAIN = "QToolButton { min-height: 0; padding: 0; border: none; background: transparent; }"


class SearchField(QLineEdit):
    """Text to search for, with a name for screen readers."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setAccessibleName(name)
        self.setPlaceholderText(name)
        self.setClearButtonEnabled(True)
        # The buttons inside are tool buttons, which the style sheet makes 28 px high.
        self.setStyleSheet(_PLAIN)
        self.addAction(icon("search", "tx2"), QLineEdit.ActionPosition.LeadingPosition)
        set_role(self, "label")


class ListSearch(SearchField):
    """A search above its list: Escape clears it, and leaves it once it is empty; Down goes on."""

    left = Signal()
    """Escape, with nothing to clear."""
    went_down = Signal()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            if self.text():
                self.clear()
            else:
                self.left.emit()
        elif event.key() == Qt.Key.Key_Down:
            self.went_down.emit()
        else:
            super().keyPressEvent(event)
