"""What an artist sees first in the Discover panel: one button that looks for all there is."""

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.session.messages import ModelSummary
from latentstudio.ui.discover.form import time_words
from latentstudio.ui.theme import icon
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr


class SearchCard(QWidget):
    """Starts the automatic search, and says before how long it takes."""

    search_asked = Signal()
    example_asked = Signal()
    sheet_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.start = text_button(
            tr("Find directions"), "sparkles", self.search_asked.emit, kind="primary"
        )
        self.start.setMinimumHeight(36)
        self.words = label("", "caption", "tx2", wrap=True)
        self.example = text_button(
            tr("By example"), "list-checks", self.example_asked.emit, kind=""
        )
        set_tip(self.example, tr("Mark pictures that have it and pictures that don’t"))
        self.sheet = text_button(tr("Sheet"), "grid-3x3", self.sheet_asked.emit, kind="")
        set_tip(self.sheet, tr("All directions with their strips, to be looked through and named"))
        others = QHBoxLayout()
        others.setSpacing(8)
        others.addWidget(self.example, 1)
        others.addWidget(self.sheet, 1)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 12, 12, 8)
        column.setSpacing(8)
        column.addWidget(self.start)
        column.addWidget(self.words)
        column.addLayout(others)
        self.show_state(None)

    def show_state(
        self,
        model: ModelSummary | None,
        *,
        seconds: float = 0.0,
        primary: bool = True,
        searching: bool = False,
    ) -> None:
        """Say what a press does to this model.

        Args:
            model: The open one.
            seconds: What an earlier search took here, 0 where none ended.
            primary: Nothing else in the panel has the blue button.
            searching: A search is under way; there is one at a time.
        """
        for part in (self.start, self.words):
            part.setHidden(searching)
        for button in (self.start, self.example, self.sheet):
            button.setEnabled(model is not None)
        self.start.setProperty("kind", "primary" if primary else "")
        self.start.style().unpolish(self.start)
        self.start.style().polish(self.start)
        self.start.setIcon(icon("sparkles", "onacc" if primary else "tx"))
        if model is None:
            self.words.setText(tr("Open a model to begin"))
            return
        what = tr("Looks for all that changes by itself in this model’s pictures, the best first.")
        long = tr("About %1 on this computer.") if seconds else tr("Up to %1 on this computer.")
        time = time_words(seconds or model.search_seconds)
        self.words.setText(f"{what} {long.replace('%1', time)}")
