"""The snapshots of the document as a list for Qt."""

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPixmap

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document, Picture, Snapshot
from latentstudio.ui.strip.thumbs import Thumbs
from latentstudio.ui.widgets.plain_text import plain_tip

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
STARRED = int(_Role.UserRole) + 1
CURRENT = int(_Role.UserRole) + 2


class SnapshotModel(QAbstractListModel):
    """Shows `history.document.snapshots`; renaming goes through a command.

    Args:
        thumbs: The small pictures.
    """

    def __init__(
        self,
        history: History,
        thumbs: Thumbs,
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._history = history
        self._thumbs = thumbs
        thumbs.changed.connect(self._all_changed)
        self._shots: tuple[Snapshot, ...] = ()
        self._picture = history.document.picture
        self.show_document(history.document)

    def show_document(self, document: Document) -> None:
        """Follow the document."""
        if document.snapshots != self._shots:
            self.beginResetModel()
            self._shots = document.snapshots
            self.endResetModel()
            self.ask_again()
        if document.picture != self._picture:
            before = self.current_row()
            self._picture = document.picture
            for row in {before, self.current_row()} - {-1}:
                self.dataChanged.emit(self.index(row), self.index(row))

    def ask_again(self) -> None:
        """Ask for the thumbs that are missing."""
        for shot in self._shots:
            self._thumbs.get(shot.picture)

    def thumb(self, picture: Picture) -> QPixmap | None:
        """The small picture, if it is there yet."""
        return self._thumbs.get(picture)

    def snapshot(self, row: int) -> Snapshot:
        """One of the shots."""
        return self._shots[row]

    def current_row(self) -> int:
        """Row of the snapshot that is what the canvas shows, or -1."""
        found = (row for row, shot in enumerate(self._shots) if shot.picture == self._picture)
        return next(found, -1)

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self._shots)

    def data(self, index: Index, role: int = int(_Role.DisplayRole)) -> object:
        if not index.isValid():
            return None
        shot = self._shots[index.row()]
        words = f"{index.row() + 1} {shot.name}"
        if role in (_Role.DisplayRole, _Role.AccessibleTextRole):
            return words
        if role == _Role.ToolTipRole:
            return plain_tip(words)
        if role == _Role.EditRole:
            return shot.name
        if role == _Role.DecorationRole:
            return self._thumbs.get(shot.picture)
        if role == STARRED:
            return shot.starred
        return shot.picture == self._picture if role == CURRENT else None

    def setData(self, index: Index, value: object, role: int = int(_Role.EditRole)) -> bool:
        name = str(value).strip()
        if role != _Role.EditRole or not name:
            return False
        self._history.do(commands.change_snapshot(index.row(), name=name))
        return True

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsEditable

    def _all_changed(self) -> None:
        if self._shots:
            self.dataChanged.emit(self.index(0), self.index(len(self._shots) - 1))
