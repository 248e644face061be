"""Which directions a preset gets: a list with a mark before each."""

from collections.abc import Collection, Sequence

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtWidgets import QFrame, QListWidget, QListWidgetItem, QVBoxLayout, QWidget

from latentstudio.core.texts import one_line
from latentstudio.ui.widgets.search_field import SearchField
from latentstudio.ui.widgets.words import tr

_ID = int(Qt.ItemDataRole.UserRole)
_SIZE = (260, 320)


class ChooseList(QFrame):
    """Closes when something else is pressed; every mark counts at once.

    Args:
        names: Ids and names, in the order of the list.
        chosen: Ids that are marked.
        parent: Owner.
    """

    changed = Signal(object)  # ids, in the order of the list

    def __init__(
        self, names: Sequence[tuple[str, str]], chosen: Collection[str], parent: QWidget
    ) -> None:
        super().__init__(parent, Qt.WindowType.Popup)
        self.setAttribute(Qt.WidgetAttribute.WA_DeleteOnClose)
        self.search = SearchField(tr("Search directions"))
        self.list = QListWidget()
        self.list.setAccessibleName(tr("Directions"))
        for id, name in names:
            item = QListWidgetItem(one_line(name))
            item.setData(_ID, id)
            marked = id in chosen
            item.setCheckState(Qt.CheckState.Checked if marked else Qt.CheckState.Unchecked)
            self.list.addItem(item)
        column = QVBoxLayout(self)
        column.setContentsMargins(8, 8, 8, 8)
        column.setSpacing(8)
        column.addWidget(self.search)
        column.addWidget(self.list)
        self.resize(*_SIZE)
        self.search.textChanged.connect(self._search)
        self.list.itemChanged.connect(lambda _: self.changed.emit(self.ids))

    @property
    def ids(self) -> list[str]:
        """Those that are marked."""
        items = [self.list.item(row) for row in range(self.list.count())]
        return [one.data(_ID) for one in items if one.checkState() == Qt.CheckState.Checked]

    def open_below(self, button: QWidget) -> None:
        """Show the list above or below a button, where there is room."""
        corner = button.mapToGlobal(QPoint(button.width() - _SIZE[0], button.height()))
        screen = button.screen().availableGeometry()
        if corner.y() + _SIZE[1] > screen.bottom():
            corner.setY(button.mapToGlobal(QPoint(0, -_SIZE[1])).y())
        self.move(corner)
        self.show()
        self.search.setFocus()

    def _search(self, text: str) -> None:
        words = text.casefold().split()
        for row in range(self.list.count()):
            item = self.list.item(row)
            name = item.text().casefold()
            item.setHidden(not all(word in name for word in words))
