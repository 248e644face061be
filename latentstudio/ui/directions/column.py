"""The whole left column: directions above, edits below."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Signal
from PySide6.QtWidgets import QVBoxLayout, QWidget

from latentstudio.document.history import History
from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.edits import EditsPanel
from latentstudio.ui.directions.panel import DirectionsPanel
from latentstudio.ui.widgets import accessible

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient


class DirectionsColumn(QWidget):
    """What the main window puts at its left."""

    save_asked = Signal(object, bool)
    """Ids of directions to save as a preset, and whether the look is wanted."""

    def __init__(
        self, history: History, client: "StudioClient", parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        accessible.install()
        self.setProperty("surface", "panel")
        self.board = Board(history, client, self)
        self.panel = DirectionsPanel(self.board, client)
        self.edits = EditsPanel(self.board)
        self.panel.watch(self.edits)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.panel, 1)
        column.addWidget(self.edits)
        self.edits.chosen.connect(self.panel.reveal)
        self.edits.save_asked.connect(lambda: self.save_asked.emit((), True))
        self.panel.save_asked.connect(lambda ids: self.save_asked.emit(ids, False))

    def set_compact(self, compact: bool) -> None:
        """Width below 1160: header and chips fold into the search row."""
        self.panel.set_compact(compact)

    def set_edits_folded(self, folded: bool) -> None:
        """Height below 760: edits fold to their header."""
        self.edits.set_folded(folded)

    def has_edits(self) -> bool:
        """Something was moved."""
        return bool(self.board.document.picture.edits)

    def chosen_ids(self) -> tuple[str, ...]:
        """Directions chosen together, else those that were moved, else the selected one."""
        together = self.panel.view.chosen_with()
        if together:
            return together
        moved = tuple(edit.direction for edit in self.board.document.picture.edits)
        current = self.panel.view.current
        return moved or ((current,) if current else ())

    def focus_search(self) -> None:
        """Let the artist type a search."""
        self.panel.search.setFocus()
        self.panel.search.selectAll()
