"""The edits in the order they were added: drag, hide, remove."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QScrollArea, QVBoxLayout, QWidget

from latentstudio.document import commands
from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.edit_row import HEIGHT, EditRow, thumb_of
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.labels import label, rule
from latentstudio.ui.widgets.panel_header import PanelHeader
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import tr

_MOST = 5  # rows before the list scrolls
_FOLDED_THUMBS = 3
_SOON = 30  # ms after a change before amounts are written: the picture comes first


class EditsPanel(QWidget):
    """Shows the picture's edits; every change is a command."""

    chosen = Signal(str)
    """A row was pressed: show its direction."""
    save_asked = Signal()
    """The stack is to be saved as a look."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._rows: dict[str, EditRow] = {}
        self._folded = False
        self._current = ""
        self._header = PanelHeader(tr("Edits"))
        self.reset_all = text_button(
            tr("Reset all"), "rotate-ccw", lambda: board.history.do(commands.reset_edits())
        )
        self._thumbs = _Thumbs(board)
        self._unfold = icon_button("chevron-right", tr("Show edits"), self._toggle_open, side=24)
        self._header.add_first(self._unfold)
        self._header.add(self._thumbs)
        self.save = icon_button("save", tr("Save look…"), self.save_asked.emit, side=24)
        self._header.add(self.save)
        self._header.add(self.reset_all)
        self.words = label(
            tr("Moved sliders are listed here, in order."), "label", "tx3", wrap=True
        )
        self.words.setContentsMargins(12, 4, 12, 16)
        self._list = QWidget()
        self._column = QVBoxLayout(self._list)
        self._column.setContentsMargins(0, 0, 0, 0)
        self._column.setSpacing(0)
        self._scroll = QScrollArea()
        self._scroll.setWidgetResizable(True)
        self._scroll.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self._scroll.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self._scroll.setWidget(self._list)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        for part in (rule(), self._header, self.words, self._scroll):
            column.addWidget(part)
        self._pending = timer(self, _SOON, self.refresh)
        board.document_changed.connect(self._document_changed)
        board.directions_changed.connect(self.refresh)
        board.names_changed.connect(self.refresh)
        board.row_changed.connect(self._row_changed)
        theme().changed.connect(self.refresh)
        self.refresh()

    @property
    def ids(self) -> tuple[str, ...]:
        """Directions listed, in order."""
        return tuple(self._rows)

    def row(self, id: str) -> EditRow:
        """The row of a direction."""
        return self._rows[id]

    def visible_ids(self) -> tuple[str, ...]:
        """Edits whose thumbnail is in view."""
        if self._folded:
            return self.ids[:_FOLDED_THUMBS]
        return tuple(id for id, row in self._rows.items() if not row.visibleRegion().isEmpty())

    def set_folded(self, folded: bool) -> None:
        """Show the header only, with a few thumbnails: for low windows."""
        self._folded = folded
        self.refresh()

    def set_current(self, id: str) -> None:
        """Mark the row of the selected direction."""
        self._current = id
        for row in self._rows.values():
            row.set_current(row.id == id)

    def refresh(self) -> None:
        """Show what the document says."""
        # A model that has been closed took the names of its directions along.
        edits = () if self._board.closed else self._board.document.picture.edits
        wanted = tuple(e.direction for e in edits)
        if wanted != self.ids:
            self._rebuild(wanted)
        for row in self._rows.values():
            row.refresh()
        self._header.set_count(len(edits))
        self.reset_all.setVisible(bool(edits) and not self._folded)
        self.save.setVisible(bool(edits) and not self._folded)
        self.words.setVisible(not edits and not self._folded)
        self._scroll.setVisible(bool(edits) and not self._folded)
        self._thumbs.setVisible(self._folded)
        self._unfold.setVisible(self._folded)
        self._thumbs.update()
        high = round(HEIGHT * theme().text_scale)
        self._scroll.setFixedHeight(min(_MOST, max(1, len(edits))) * high + 8)
        self.set_current(self._current)

    def _document_changed(self) -> None:
        edits = self._board.document.picture.edits
        if tuple(e.direction for e in edits) != self.ids:
            self.refresh()
        elif not self._pending.isActive():  # a drag must not put it off for ever
            self._pending.start()

    def _rebuild(self, wanted: tuple[str, ...]) -> None:
        kept = {id: self._rows.pop(id) for id in wanted if id in self._rows}
        for row in self._rows.values():
            row.hide()
            row.deleteLater()
        while self._column.count():
            self._column.takeAt(0)
        self._rows = {id: kept.get(id) or self._new_row(id) for id in wanted}
        for row in self._rows.values():
            self._column.addWidget(row)
        self._column.addStretch(1)

    def _new_row(self, id: str) -> EditRow:
        row = EditRow(self._board, id)
        row.pressed.connect(lambda: self.chosen.emit(id))
        row.grip.moved.connect(lambda y: self._drag(id, y))
        row.grip.dropped.connect(lambda: self._drop(id))
        row.step_asked.connect(lambda by: self._step(id, by))
        return row

    def _drag(self, id: str, y: float) -> None:
        """The hand is at `y` of the row: move the rows on screen, not yet in the document."""
        row = self._rows[id]
        at = row.mapTo(self._list, row.rect().topLeft()).y() + y
        order = [other for other in self._rows if other != id]
        below = [other for other in order if self._rows[other].geometry().center().y() < at]
        now = list(self._rows)
        order.insert(len(below), id)
        if order != now:
            self._rows = {other: self._rows[other] for other in order}
            self._column.removeWidget(row)
            self._column.insertWidget(order.index(id), row)
            self._column.activate()

    def _drop(self, id: str) -> None:
        self._move(id, list(self._rows).index(id))

    def _step(self, id: str, by: int) -> None:
        self._move(id, max(0, list(self._rows).index(id) + by))
        self._rows[id].setFocus(Qt.FocusReason.OtherFocusReason)

    def _move(self, id: str, index: int) -> None:
        self._board.history.do(commands.move_edit(id, index, self._board.name(id)))
        self.refresh()

    def _row_changed(self, id: str) -> None:
        if id in self._rows:
            self._rows[id].refresh_thumb()
            self._thumbs.update()

    def _toggle_open(self) -> None:
        self.set_folded(False)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        event.ignore()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self._folded:
            self._toggle_open()


class _Thumbs(QWidget):
    """The first few edits as small pictures, in the folded header."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self._board = board

    def sizeHint(self) -> QSize:
        return QSize(_FOLDED_THUMBS * 24, 20)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number, edit in enumerate(self._board.document.picture.edits[:_FOLDED_THUMBS]):
            frame = thumb_of(self._board, edit.direction)
            if frame is not None:
                painter.drawPixmap(number * 24, (self.height() - 20) // 2, 20, 20, frame)
        painter.end()
