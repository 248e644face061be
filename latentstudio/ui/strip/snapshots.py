"""The row of kept pictures."""

from PySide6.QtCore import QModelIndex, QPoint, Qt
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListView, QMenu, QWidget

from latentstudio.ui.strip.snapshot_delegate import SnapshotDelegate
from latentstudio.ui.strip.snapshot_menu import SnapshotMenu
from latentstudio.ui.strip.snapshot_model import SnapshotModel
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.words import tr


class SnapshotList(QListView):
    """Click or Enter recalls, F2 renames, Delete removes; the menu stars and has all of them."""

    def __init__(
        self, model: SnapshotModel, menu: SnapshotMenu, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._menu = menu
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
        self.clicked.connect(lambda index: menu.recall(index.row()))
        theme().changed.connect(self.doItemsLayout)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        row = self.currentIndex().row()
        if row >= 0 and event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self._menu.recall(row)
        elif row >= 0 and event.key() == Qt.Key.Key_Delete:
            self._menu.remove(row)
        elif event.text() and event.text().isprintable():
            event.ignore()  # single keys belong to the window
        else:
            super().keyPressEvent(event)

    def menu_for(self, row: int) -> QMenu:
        """What can be done with one snapshot."""
        return self._menu.fill(self, (row,), lambda row: self.edit(self._shots.index(row)))

    def _menu_at(self, place: QPoint) -> None:
        index: QModelIndex = self.indexAt(place)
        if index.isValid():
            menu = self.menu_for(index.row())
            menu.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
            menu.popup(self.viewport().mapToGlobal(place))
