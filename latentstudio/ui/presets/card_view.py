"""The grid of presets: arrows move, Enter adds, Space stars, cards are dragged as files."""

from PySide6.QtCore import QPoint, QSize, Qt, Signal
from PySide6.QtGui import QDrag, QKeyEvent, QPixmap, QResizeEvent
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from latentstudio.store.preset_cards import PresetCard
from latentstudio.ui.presets.card_delegate import CardDelegate
from latentstudio.ui.presets.cards import CARD, STRIP, CardFilter
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.words import tr

_ONE_COLUMN = 260
_DRAGGED = 96


class CardView(QListView):
    """Two columns, one where it is narrow."""

    chosen = Signal(object)
    """The preset that is shown in the details, or None."""
    add_asked = Signal(object)
    trash_asked = Signal(object)
    rename_asked = Signal(object)
    menu_asked = Signal(object, QPoint)

    def __init__(self, cards: CardFilter, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.delegate = CardDelegate(self)
        self.setModel(cards)
        self.setItemDelegate(self.delegate)
        self.setAccessibleName(tr("Presets"))
        self.setViewMode(QListView.ViewMode.IconMode)
        self.setMovement(QListView.Movement.Static)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setUniformItemSizes(True)
        self.setDragEnabled(True)
        self.setDragDropMode(QAbstractItemView.DragDropMode.DragOnly)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setContextMenuPolicy(Qt.ContextMenuPolicy.CustomContextMenu)
        self.customContextMenuRequested.connect(self._menu_at)
        self.doubleClicked.connect(lambda index: self.add_asked.emit(index.data(CARD)))
        self.selectionModel().currentChanged.connect(
            lambda now, _: self.chosen.emit(now.data(CARD))
        )
        theme().changed.connect(self._lay_out)

    @property
    def card(self) -> PresetCard | None:
        """The preset that is chosen."""
        found: PresetCard | None = self.currentIndex().data(CARD)
        return found

    def choose(self, path: object) -> None:
        """Choose a preset by its file, the first where it is not there."""
        model = self.model()
        rows = range(model.rowCount())
        places = [model.index(row, 0) for row in rows]
        found = next((one for one in places if one.data(CARD).path == path), None)
        if found is None and places:
            found = places[0]
        if found is None:
            self.chosen.emit(None)
            return
        self.setCurrentIndex(found)
        self.chosen.emit(found.data(CARD))

    def startDrag(self, actions: Qt.DropAction) -> None:
        """Drag the file, with its strip in hand."""
        index = self.currentIndex()
        if not index.isValid():
            return
        drag = QDrag(self)
        drag.setMimeData(self.model().mimeData([index]))
        strip: QPixmap | None = index.data(STRIP)
        if strip is not None and not strip.isNull():
            drag.setPixmap(strip.scaledToWidth(_DRAGGED))
        drag.exec(Qt.DropAction.CopyAction)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        card, key = self.card, event.key()
        asks = {
            Qt.Key.Key_Return: self.add_asked,
            Qt.Key.Key_Enter: self.add_asked,
            Qt.Key.Key_Space: self.delegate.star_asked,
            Qt.Key.Key_Delete: self.trash_asked,
            Qt.Key.Key_F2: self.rename_asked,
        }
        ask = asks.get(Qt.Key(key))
        if card is not None and ask is not None:
            ask.emit(card)
        elif event.text() and event.text().isprintable():
            event.ignore()  # single keys belong to the window
        else:
            super().keyPressEvent(event)

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._lay_out()

    def _lay_out(self) -> None:
        room = self.viewport().width()
        columns = 1 if room < _ONE_COLUMN else 2
        self.delegate.width = room // columns
        self.setGridSize(QSize())
        self.scheduleDelayedItemsLayout()

    def _menu_at(self, place: QPoint) -> None:
        index = self.indexAt(place)
        if index.isValid():
            self.setCurrentIndex(index)
            self.menu_asked.emit(index.data(CARD), self.viewport().mapToGlobal(place))
