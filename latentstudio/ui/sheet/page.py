"""The sheet of directions in the place of the canvas: found ones first, the best of them first."""

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QGridLayout, QHBoxLayout, QScrollArea, QVBoxLayout, QWidget

from latentstudio.document.direction import Direction
from latentstudio.document.run_info import SEARCH
from latentstudio.ui.directions.board import Board
from latentstudio.ui.sheet.card import FRAMES, SheetCard
from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.canvas_page import CanvasPage
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.words import grouped, tr

_NARROW = 640
"""Below this width cards stand in one column."""


class SheetPage(CanvasPage):
    """Covers the canvas while it is open."""

    opened = Signal(bool)
    chosen = Signal(str)
    films_wanted = Signal()

    def __init__(self, board: Board, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._board = board
        self.cards: dict[str, SheetCard] = {}
        self.setProperty("surface", "canvas")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setAccessibleName(tr("Sheet of directions"))
        self.title = label("", "title")
        self.hint = label(tr("Type over a name to change it. A strip selects."), "label", "tx2")
        self.close_button = icon_button("x", tr("Close the sheet"), self.close_page)
        self._arrange()
        board.directions_changed.connect(self._fill)
        board.document_changed.connect(self._refresh)
        board.row_changed.connect(self._row_changed)

    def toggle(self) -> None:
        """Open it or close it."""
        self.close_page() if self.isVisible() else self.open()

    def open(self) -> None:
        """Show all directions."""
        self._place()
        self.show()
        self.raise_()
        self._fill()
        self.opened.emit(True)
        self._scroll.setFocus(Qt.FocusReason.OtherFocusReason)

    def close_page(self) -> None:
        """Back to the canvas."""
        if self.isVisible():
            self.hide()
            self.opened.emit(False)

    def wanted_films(self) -> dict[str, int]:
        """Cards in sight, with the frames each shows."""
        if not self.isVisible():
            return {}
        return {id: FRAMES for id, card in self.cards.items() if not card.visibleRegion().isEmpty()}

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_page()
        else:
            super().keyPressEvent(event)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(16, 8, 8, 0)
        head.setSpacing(12)
        head.addWidget(self.title)
        head.addWidget(self.hint, 1)
        head.addWidget(self.close_button)
        self._body = QWidget()
        self._body.setProperty("surface", "canvas")
        self._grid = QGridLayout(self._body)
        self._grid.setContentsMargins(16, 8, 16, 16)
        self._grid.setHorizontalSpacing(24)
        self._grid.setVerticalSpacing(16)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFrameShape(QScrollArea.Shape.NoFrame)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._body)
        self._scroll.verticalScrollBar().valueChanged.connect(self.films_wanted)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(8)
        column.addLayout(head)
        column.addWidget(self._scroll, 1)

    def _place(self) -> None:
        super()._place()
        if self.isVisible():
            self._lay_out()

    def _fill(self) -> None:
        if not self.isVisible():
            return
        wanted = [one.id for one in in_order(self._board)]
        for id in set(self.cards) - set(wanted):
            card = self.cards.pop(id)
            self._grid.removeWidget(card)
            card.deleteLater()
        for id in wanted:
            if id not in self.cards:
                self.cards[id] = card = SheetCard(self._board, id)
                card.chosen.connect(self.chosen)
        self.cards = {id: self.cards[id] for id in wanted}
        words = tr("%1 directions, best first")
        self.title.setText(words.replace("%1", grouped(len(wanted))))
        self._lay_out()

    def _lay_out(self) -> None:
        columns = 2 if self.width() >= _NARROW else 1
        for place, card in enumerate(self.cards.values()):
            card.refresh()
            self._grid.addWidget(card, place // columns, place % columns)
        self._grid.setColumnStretch(0, 1)
        self._grid.setColumnStretch(1, columns - 1)
        self._grid.setRowStretch(self._grid.rowCount(), 1)
        self.films_wanted.emit()

    def _refresh(self) -> None:
        if self.isVisible():
            if set(self.cards) != {one.id for one in in_order(self._board)}:
                self._fill()
            for card in self.cards.values():
                card.refresh()

    def _row_changed(self, id: str) -> None:
        if id in self.cards:
            self.cards[id].strip.update()


def in_order(board: Board) -> list[Direction]:
    """What searches found, the best first, then named ones, then all others; none rejected."""
    rejected = board.document.rejected
    seen = [one for one in board.directions if one.id not in rejected]
    return sorted(seen, key=lambda one: (not one.provenance.run.startswith(SEARCH), not one.group))
