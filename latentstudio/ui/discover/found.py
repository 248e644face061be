"""What a run has found so far: rows to pin, reject, rename by their slider, and look at."""

from collections.abc import Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QFontMetrics, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QHBoxLayout, QLabel, QSizePolicy, QVBoxLayout, QWidget

from latentstudio.core.texts import sentence_case
from latentstudio.ui.directions.agreement_words import agreement_words
from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.delegate import paint_film
from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.chip import Chip
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr

_FRAME = 36
_FADED = 0.45


class FoundList(QWidget):
    """The directions of one run."""

    chosen = Signal(str)

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self._ids: tuple[str, ...] = ()
        self._settled: frozenset[str] = frozenset()
        self._moving = False
        self.rows: dict[str, FoundRow] = {}
        self.title = label("", "title")
        self.count = label("", "body", "tx3")
        self.settled_first = Chip("settled", tr("Settled first"))
        self.settled_first.toggled.connect(self._sort)
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 8)
        head.setSpacing(6)
        head.addWidget(self.title)
        head.addWidget(self.count)
        head.addStretch(1)
        head.addWidget(self.settled_first)
        self._lines = QVBoxLayout()
        self._lines.setSpacing(0)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(self._lines)
        board.row_changed.connect(self._row_changed)
        board.document_changed.connect(self._refresh)
        board.agreement_changed.connect(self._refresh)
        board.names_changed.connect(self._refresh)

    @property
    def ids(self) -> tuple[str, ...]:
        """Rows from top to bottom."""
        items = (self._lines.itemAt(k) for k in range(self._lines.count()))
        rows = (item.widget() for item in items if item is not None)
        return tuple(row.id for row in rows if isinstance(row, FoundRow))

    def show_found(
        self,
        ids: Sequence[str],
        settled: frozenset[str] = frozenset(),
        *,
        moving: bool,
        more: bool = False,
    ) -> None:
        """Show directions; with `moving` the run goes on and says which hardly turn.

        With `more` it goes on and those that are there stay as they are.
        """
        self._settled, self._moving = settled, moving
        self.setVisible(bool(ids))
        self.title.setText(tr("Found so far") if moving or more else tr("Found"))
        quiet = moving and len(settled) < len(ids)
        self.count.setText(
            ", ".join((str(len(ids)), tr("not settled"))) if quiet else str(len(ids))
        )
        self.settled_first.setVisible(moving)
        if tuple(ids) != self._ids:
            self._rebuild(tuple(ids))
        self._sort()
        self._refresh()

    def visible_ids(self) -> dict[str, int]:
        """Rows in sight, with the frames each shows."""
        if not self.isVisible():
            return {}
        return {id: 3 for id, row in self.rows.items() if not row.visibleRegion().isEmpty()}

    def _rebuild(self, ids: tuple[str, ...]) -> None:
        for gone in set(self._ids) - set(ids):
            row = self.rows.pop(gone)
            self._lines.removeWidget(row)
            row.hide()
            row.deleteLater()
        for id in ids:
            if id not in self.rows:
                self.rows[id] = row = FoundRow(self._board, id)
                row.chosen.connect(self.chosen)
                self._lines.addWidget(row)
        self._ids = ids

    def _sort(self) -> None:
        order = list(self._ids)
        if self._moving and self.settled_first.isChecked():
            order.sort(key=lambda id: id not in self._settled)
        if tuple(order) == self.ids:
            return
        for id in order:
            self._lines.removeWidget(self.rows[id])
            self._lines.addWidget(self.rows[id])

    def _refresh(self) -> None:
        for id, row in self.rows.items():
            row.refresh(self._state_words(id))

    def _row_changed(self, id: str) -> None:
        if id in self.rows:
            self.rows[id].film.update()

    def _state_words(self, id: str) -> str:
        if id in self._board.document.rejected:
            return tr("Rejected")
        alike = sentence_case(agreement_words(self._board.agreement.get(id), self._board.name))
        if alike:
            return alike
        if not self._moving:
            return ""
        return tr("Settled") if id in self._settled else tr("Still moving")


class FoundRow(QWidget):
    """One direction: film, name, state, pin, reject."""

    chosen = Signal(str)

    def __init__(self, board: Board, id: str) -> None:
        super().__init__()
        self.id = id
        self._board = board
        self.film = _SmallFilm(board, id)
        self.name = _name_label()
        self.state = label("", "caption", "tx3", wrap=True)
        self.pin = icon_button("pin", tr("Pin"), lambda: board.commands.toggle_pin(id))
        self.pin.setCheckable(True)
        self.reject = icon_button("x", tr("Reject"), self._toggle)
        self.restore = icon_button("undo-2", tr("Take back"), self._toggle)
        words = QVBoxLayout()
        words.setSpacing(0)
        words.addStretch(1)
        words.addWidget(self.name)
        words.addWidget(self.state)
        words.addStretch(1)
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 8, 8, 8)
        row.setSpacing(8)
        row.addWidget(self.film)
        row.addLayout(words, 1)
        for button in (self.pin, self.reject, self.restore):
            row.addWidget(button)
        self.setCursor(Qt.CursorShape.PointingHandCursor)

    def refresh(self, state: str) -> None:
        """Show what the document says now."""
        document = self._board.document
        rejected = self.id in document.rejected
        name = self._board.name(self.id)
        self.name.setText(name)
        self.state.setText(state)
        self.state.setVisible(bool(state))
        self.pin.setChecked(self.id in document.pinned)
        self.pin.setEnabled(not rejected)
        for part in (self.name, self.state, self.film):
            part.setEnabled(not rejected)
        self.reject.setVisible(not rejected)
        self.restore.setVisible(rejected)
        for button in (self.pin, self.reject, self.restore):
            button.setAccessibleName(f"{button.toolTip()}: {name}")
        set_tip(self, self._board.words.tip(self.id))
        self.update()

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if self.id not in self._board.document.rejected:
            self.chosen.emit(self.id)

    def _toggle(self) -> None:
        self._board.commands.toggle_reject(self.id)


def _name_label() -> QLabel:
    """Two lines at most; a long name never makes the column wider."""
    made = label("", "body", wrap=True)
    made.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Preferred)
    made.setMaximumHeight(2 * QFontMetrics(made.font()).lineSpacing() + 2)
    return made


class _SmallFilm(QWidget):
    """Three frames: low, zero, high."""

    def __init__(self, board: Board, id: str) -> None:
        super().__init__()
        self._board, self._id = board, id
        self.setFixedSize(QSize(3 * _FRAME + 2, _FRAME))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHints(
            QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
        )
        if not self.isEnabled():
            painter.setOpacity(_FADED)
        places = [QRectF(k * (_FRAME + 1), 0, _FRAME, _FRAME) for k in range(3)]
        paint_film(painter, places, self._board.frames(self._id, 3))
        painter.end()
