"""The rows as Qt's list model."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt

from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.rows import Item, Row
from latentstudio.ui.widgets.plain_text import plain_tip
from latentstudio.ui.widgets.words import grouped, spoken

Index = QModelIndex | QPersistentModelIndex
ROW = Qt.ItemDataRole.UserRole


class RowModel(QAbstractListModel):
    """Rows made by `build_rows`; a row itself is under the role `ROW`."""

    def __init__(self, board: Board, parent: QObject) -> None:
        super().__init__(parent)
        self._board = board
        self._rows: tuple[Row, ...] = ()
        self._numbers: dict[str, int] = {}

    @property
    def rows(self) -> tuple[Row, ...]:
        """What is shown, top to bottom."""
        return self._rows

    def show(self, rows: list[Row]) -> bool:
        """Show other rows; True if any came, went or moved."""
        if tuple(rows) == self._rows:
            return False
        self.beginResetModel()
        self._rows = tuple(rows)
        self._numbers = {row.id: i for i, row in enumerate(rows) if isinstance(row, Item)}
        self.endResetModel()
        return True

    def index_of(self, id: str) -> QModelIndex:
        """Where a direction is, or an invalid index."""
        number = self._numbers.get(id)
        return QModelIndex() if number is None else self.index(number)

    def rowCount(self, parent: Index = QModelIndex()) -> int:  # noqa: B008
        return 0 if parent.isValid() else len(self._rows)

    def data(self, index: Index, role: int = Qt.ItemDataRole.DisplayRole) -> object:
        if not index.isValid():
            return None
        row = self._rows[index.row()]
        if role == ROW:
            return row
        if role in (Qt.ItemDataRole.DisplayRole, Qt.ItemDataRole.AccessibleTextRole):
            return self._words(row)
        if role == Qt.ItemDataRole.ToolTipRole and isinstance(row, Item):
            return plain_tip(self._board.words.tip(row.id))
        return None

    def _words(self, row: Row) -> str:
        if not isinstance(row, Item):
            return f"{row.title}, {grouped(row.count)}"
        parts = [self._board.name(row.id), self._board.words.source_words(row.id)]
        parts.append(spoken(self._board.document.picture.amount(row.id)))
        return ", ".join(part for part in parts if part)
