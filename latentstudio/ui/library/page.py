"""A dialog of lines under headings, with buttons at its foot; the two pages are made of it."""

from collections.abc import Sequence

from PySide6.QtGui import QShowEvent
from PySide6.QtWidgets import (
    QDialog,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label, rule
from latentstudio.ui.widgets.scroll_column import ScrollColumn
from latentstudio.ui.widgets.words import tr


class Page(QDialog):
    """Scrolls a list; stays open beside the window.

    Args:
        title: Of the window.
        parent: The main window.
    """

    def __init__(self, title: str, parent: QWidget) -> None:
        super().__init__(parent)
        self.setWindowTitle(title)
        self.resize(760, 640)
        self.setMinimumSize(520, 320)
        self._body = QWidget()
        self._scroll = ScrollColumn()
        self.foot = QHBoxLayout()
        self.foot.setContentsMargins(12, 10, 12, 12)
        self.foot.setSpacing(8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._scroll, 1)
        column.addWidget(rule())
        column.addLayout(self.foot)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.setFocus()  # no ring before a key is pressed

    def finish_foot(self, buttons: Sequence[QPushButton]) -> None:
        """Put buttons at the left of the foot and Close at its right."""
        for button in buttons:
            self.foot.addWidget(button)
        self.foot.addStretch(1)
        close = text_button(tr("Close"), press=self.close, kind="")
        self.foot.addWidget(close)
        for button in (*buttons, close):
            button.setAutoDefault(False)

    def fill(self, parts: Sequence[QWidget]) -> None:
        """Replace the list; the place scrolled to stays."""
        place = self._scroll.verticalScrollBar().value()
        body = QWidget()
        column = QVBoxLayout(body)
        column.setContentsMargins(0, 4, 0, 12)
        column.setSpacing(0)
        for part in parts:
            column.addWidget(part)
        column.addStretch(1)
        self._body = body
        self._scroll.setWidget(body)  # which deletes the list before
        self._scroll.verticalScrollBar().setValue(place)


def heading(text: str, note: str = "") -> QWidget:
    """A heading of the list, with a sentence under it."""
    box = QWidget()
    column = QVBoxLayout(box)
    column.setContentsMargins(16, 16, 16, 6)
    column.setSpacing(2)
    if text:
        column.addWidget(label(text, "title"))
    if note:
        column.addWidget(label(note, "label", "tx2", wrap=True))
    return box
