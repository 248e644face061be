"""The row of kept pictures."""

from PySide6.QtCore import QModelIndex, QPoint, Qt, Signal
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListView, QMenu, QWidget

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.ui.strip.snapshot_delegate import SnapshotDelegate
from latentstudio.ui.strip.snapshot_model import SnapshotModel
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.words import tr


class SnapshotList(QListView):
    """Click or Enter recalls, F2 renames, Delete removes, S stars; the menu has all of them."""

    recalled = Signal(int)

    def __init__(
        self, model: SnapshotModel, history: History, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._history = history
        self._shots = model
        self.setModel(model)
        self.setItemDelegate(SnapshotDelegate(self))
        self.setAccessibleName(tr("Snapshots"))
        self.setFlow(QListView.Flow.LeftToRight)
        self.setWrapping(False)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setVerticalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setHorizontalScrollMode(QListView.ScrollMode.ScrollPerPixel)
        self.setEditTriggers(QListView.EditTrigger.EditKeyPressed)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu_at)
        self.clicked.connect(lambda index: self.recalled.emit(index.row()))
        theme().changed.connect(self.doItemsLayout)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if row >= 0 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.recalled.emit(row)
        elif row >= 0 and event.key() == Qt.Key.Key_Delete:
            self._history.do(commands.drop_snapshot(row))
        elif event.text() and event.text().isprintable():
            event.ignore()  # single keys belong to the window
        else:
            super().keyPressEvent(event)

    def menu_for(self, row: int) -> QMenu:
        """What can be done with one snapshot."""
        shot = self._shots.snapshot(row)
        menu = QMenu(self)
        menu.addAction(tr("Recall"), lambda: self.recalled.emit(row))
        menu.addAction(tr("Rename"), lambda: self.edit(self._shots.index(row)))
        star = tr("Take the star off") if shot.starred else tr("Star")
        change = commands.change_snapshot(row, starred=not shot.starred)
        menu.addAction(star, lambda: self._history.do(change))
        menu.addSeparator()
        menu.addAction(tr("Remove"), lambda: self._history.do(commands.drop_snapshot(row)))
        return menu

    def _menu_at(self, place: QPoint) -> None:
        index: QModelIndex = self.indexAt(place)
        if index.isValid():
            menu = self.menu_for(index.row())
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.viewport().mapToGlobal(place))
