"""Chooses a class of a conditional model from a list that can be searched."""

from PySide6.QtCore import (
    QModelIndex,
    QPersistentModelIndex,
    QPoint,
    QSize,
    QSortFilterProxyModel,
    QStringListModel,
    Qt,
    Signal,
)
from PySide6.QtGui import QKeyEvent
from PySide6.QtWidgets import QFrame, QListView, QPushButton, QVBoxLayout, QWidget

from latentstudio.ui.model.words import class_words
from latentstudio.ui.theme import set_role
from latentstudio.ui.widgets.search_field import SearchField
from latentstudio.ui.widgets.words import tr

_WIDE, _HIGH = 260, 320
_APART = 4  # from the edge of the screen


class ClassList(QFrame):
    """Search field over a list, in a window that closes when one is chosen."""

    chosen = Signal(int)

    def __init__(self, texts: list[str], now: int) -> None:
        super().__init__(None, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.setProperty("surface", "raised")
        self.resize(_WIDE, _HIGH)
        self.search = SearchField(tr("Search classes"))
        self._source = QStringListModel(texts, self)
        self.found = QSortFilterProxyModel(self)
        self.found.setSourceModel(self._source)
        self.found.setFilterCaseSensitivity(Qt.CaseSensitivity.CaseInsensitive)
        self.list = QListView()
        self.list.setModel(self.found)
        self.list.setUniformItemSizes(True)
        self.list.setAccessibleName(tr("Classes"))
        self.list.setEditTriggers(QListView.EditTrigger.NoEditTriggers)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self.search.textChanged.connect(self._filter)
        self.search.returnPressed.connect(self._take)
        self.list.clicked.connect(self._take_index)
        self.list.activated.connect(self._take_index)
        self._point(self.found.mapFromSource(self._source.index(now)))
        self.search.setFocus()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
            return
        row = self.list.currentIndex().row() + step
        self._point(self.found.index(min(self.found.rowCount() - 1, max(0, row)), 0))

    def _filter(self, text: str) -> None:
        self.found.setFilterFixedString(text.strip())
        self._point(self.found.index(0, 0))

    def _point(self, index: QModelIndex) -> None:
        self.list.setCurrentIndex(index)
        self.list.scrollTo(index)

    def _take(self) -> None:
        self._take_index(self.list.currentIndex())

    def _take_index(self, index: QModelIndex | QPersistentModelIndex) -> None:
        if index.isValid():
            self.chosen.emit(self.found.mapToSource(index).row())
            self.close()


class ClassPicker(QPushButton):
    """Shows the class now; a press opens the list."""

    chosen = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._texts: list[str] = []
        self._now = 0
        self.popup: ClassList | None = None
        self.setProperty("kind", "field")
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        set_role(self, "label")
        self.clicked.connect(self.open)

    def set_classes(self, count: int, names: tuple[str, ...]) -> None:
        """Offer the classes of a model."""
        self._texts = [class_words(number, names) for number in range(count)]
        self.show_class(min(self._now, max(0, count - 1)))

    def show_class(self, number: int) -> None:
        """Show a class of the document."""
        self._now = number
        if number < len(self._texts):
            self.setText(self._texts[number])
            self.setAccessibleName(": ".join((tr("Class"), self._texts[number])))

    def open(self) -> None:
        """Show the list under the button."""
        self.popup = ClassList(self._texts, self._now)
        self.popup.chosen.connect(self.chosen)
        self.popup.destroyed.connect(self._closed)
        self.popup.move(self._place(self.popup.size()))
        self.popup.show()

    def _place(self, size: QSize) -> QPoint:
        """Under the button, moved so far that all of it is on the screen."""
        place = self.mapToGlobal(self.rect().bottomLeft())
        room = self.screen().availableGeometry().adjusted(_APART, _APART, -_APART, -_APART)
        left = min(place.x(), room.right() + 1 - size.width())
        top = min(place.y(), room.bottom() + 1 - size.height())
        return QPoint(max(room.left(), left), max(room.top(), top))

    def _closed(self) -> None:
        self.popup = None
