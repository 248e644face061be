"""The 36 px line at the top of a panel: title, count, actions at the right."""

from PySide6.QtWidgets import QHBoxLayout, QWidget

from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.labels import label

_HEIGHT = 36


class PanelHeader(QWidget):
    """Title at the left; add actions with `add`."""

    def __init__(self, title: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(12, 0, 8, 0)
        self._row.setSpacing(8)
        self._row.addWidget(label(title, "title"))
        self._count = label("", "body", "tx3")
        self._row.addWidget(self._count)
        self._row.addStretch(1)
        theme().changed.connect(self._scale)
        self._scale()

    def add(self, widget: QWidget) -> None:
        """Put an action at the right."""
        self._row.addWidget(widget)

    def add_first(self, widget: QWidget) -> None:
        """Put something before the title."""
        self._row.insertWidget(0, widget)

    def set_count(self, count: int) -> None:
        """Show how many; nothing for zero."""
        self._count.setText(str(count) if count else "")

    def _scale(self) -> None:
        self.setFixedHeight(round(_HEIGHT * max(1.0, theme().text_scale * 0.9)))
