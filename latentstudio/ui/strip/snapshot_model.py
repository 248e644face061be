"""The snapshots of the document as a list for Qt."""

from collections.abc import Callable

from PySide6.QtCore import QAbstractListModel, QModelIndex, QObject, QPersistentModelIndex, Qt
from PySide6.QtGui import QPixmap

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document, Picture, Snapshot
from latentstudio.render.messages import Pixels
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.widgets.plain_text import plain_tip

Index = QModelIndex | QPersistentModelIndex
_Role = Qt.ItemDataRole
STARRED = int(_Role.UserRole) + 1
CURRENT = int(_Role.UserRole) + 2


class SnapshotModel(QAbstractListModel):
    """Shows `history.document.snapshots`; renaming goes through a command.

    Args:
        want_thumb: Asked once for every picture that has no thumb yet.
    """

    def __init__(
        self,
        history: History,
        want_thumb: Callable[[Picture], object],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._history = history
        self._want = want_thumb
        self._asked: set[Picture] = set()
        self._thumbs: dict[Picture, QPixmap] = {}
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

    def ask_again(self, *, forget: bool = False) -> None:
        """Ask for the thumbs that are missing; `forget` drops those of another model."""
        if forget:
            self._thumbs.clear()
            self._asked.clear()
        for shot in self._shots:
            if shot.picture not in self._thumbs and shot.picture not in self._asked:
                self._asked.add(shot.picture)
                self._want(shot.picture)

    def add_thumb(self, picture: Picture, pixels: Pixels) -> None:
        """Take a small picture that was asked for; others are not for this list."""
        if picture in self._asked:
            self._thumbs[picture] = to_pixmap(pixels)
            self._all_changed()

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
