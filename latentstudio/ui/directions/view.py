"""The list itself: which row is selected and hovered, keys, and the live controls in place."""

from PySide6.QtCore import QEvent, QPoint, QRectF, Qt, Signal
from PySide6.QtGui import (
    QContextMenuEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QResizeEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QAbstractItemView, QFrame, QListView, QWidget

from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.chosen import Chosen
from latentstudio.ui.directions.delegate import RowDelegate
from latentstudio.ui.directions.editor import RowEditor, RowSlider
from latentstudio.ui.directions.model import ROW, Index, RowModel
from latentstudio.ui.directions.rows import Group, Item, Row
from latentstudio.ui.theme import theme

_ALT = Qt.KeyboardModifier.AltModifier
_UP_DOWN = {Qt.Key.Key_Up: -1, Qt.Key.Key_Down: 1}


class DirectionsView(QListView):
    """Rows of directions. The selected one is large; the hovered one has a live slider."""

    fold_asked = Signal(str)
    view_changed = Signal()
    """Other rows came into view."""
    selected = Signal(str)
    menu_asked = Signal(str, QPoint)
    """The menu of a direction, at a point of the screen."""

    def __init__(self, board: Board, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board = board
        self.rows = RowModel(board, self)
        self.delegate = RowDelegate(board, self)
        self._chosen = Chosen()
        self._pressed = ""
        self._hidden = False
        # First of all: Qt lays the list out while it is still being set up.
        self.editor = RowEditor(board, self.viewport())
        self.editor.hide()
        self.hover_slider = RowSlider(board, self.viewport())
        self.hover_slider.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        self.hover_slider.hide()
        self.setModel(self.rows)
        self.setItemDelegate(self.delegate)
        self.setFrameShape(QFrame.Shape.NoFrame)
        self.setSelectionMode(QAbstractItemView.SelectionMode.NoSelection)
        self.setEditTriggers(QAbstractItemView.EditTrigger.NoEditTriggers)
        self.setVerticalScrollMode(QAbstractItemView.ScrollMode.ScrollPerPixel)
        self.setHorizontalScrollBarPolicy(Qt.ScrollBarPolicy.ScrollBarAlwaysOff)
        self.setResizeMode(QListView.ResizeMode.Adjust)
        self.verticalScrollBar().setSingleStep(20)
        self.viewport().setMouseTracking(True)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.delegate.buttons_width = self.editor.head_width
        self.verticalScrollBar().valueChanged.connect(self._scrolled)
        theme().changed.connect(self._restyled)

    # What is shown

    @property
    def current(self) -> str:
        """The selected direction, or empty."""
        return self.delegate.current

    def chosen_with(self, id: str = "") -> tuple[str, ...]:
        """The rows that are chosen together with one, in the order of the list; else it alone.

        Without an id, those that are chosen, or none.
        """
        found = self._chosen.within(self._order())
        return found if not id or id in found else (id,)

    @property
    def dragging(self) -> bool:
        """A slider is held: the rows stay where they are."""
        return self.editor.slider.dragging or self.hover_slider.dragging

    def show_rows(self, rows: list[Row]) -> None:
        """Show other rows, keeping the place."""
        at = self.verticalScrollBar().value()
        if not self.rows.show(rows):
            return
        items = [row.id for row in rows if isinstance(row, Item)]
        if self.current not in items:
            self.select(items[0] if items else "", reveal=False)
        self.doItemsLayout()
        self.verticalScrollBar().setValue(at)
        self._hover_at(self.viewport().mapFromGlobal(self.cursor().pos()))
        self.place_editors()
        self.view_changed.emit()

    def refresh(self, changed: set[str] | None = None) -> None:
        """Show other amounts, bands or films in the same rows; in all of them with None."""
        self.refresh_live(changed)
        if changed is None:
            self.viewport().update()
        for id in changed or ():
            # Not dataChanged: that would lay out every row again.
            self.update(self.rows.index_of(id))

    def refresh_live(self, changed: set[str] | None = None) -> None:
        """The same for the controls that take the hand's presses: they follow it at once."""
        if self.editor.isVisible() and (changed is None or self.current in changed):
            self.editor.refresh()
        hovered = self.hover_slider
        if hovered.isVisible() and (changed is None or hovered.id in changed):
            hovered.refresh()

    def set_compact(self, compact: bool) -> None:
        """Keep the selected row as small as the others."""
        self.delegate.compact = compact
        self._lay_out()

    def visible_ids(self) -> dict[str, int]:
        """Rows in view, with the frames each shows."""
        if not self.isVisible():
            return {}
        found: dict[str, int] = {}
        top = self.indexAt(QPoint(1, 1))
        for number in range(max(0, top.row()), len(self.rows.rows)):
            if self.visualRect(self.rows.index(number)).top() >= self.viewport().height():
                break
            row = self.rows.rows[number]
            if isinstance(row, Item):
                found[row.id] = 7 if self.delegate.large(row.id) else 3
        return found

    def select(self, id: str, *, reveal: bool = True) -> None:
        """Make a direction the selected one; empty for none."""
        if id == self.current and id == self.editor.id:
            return
        self.delegate.current = id
        self.delegate.focused_group = ""
        if self.hover_slider.id == id:
            self._set_hover("")
        self.setCurrentIndex(self.rows.index_of(id))
        if id:
            self.editor.bind(id)
        self._lay_out()
        if reveal and id:
            self.scrollTo(self.rows.index_of(id))
        self.selected.emit(id)
        self.view_changed.emit()

    # Events

    def mousePressEvent(self, event: QMouseEvent) -> None:
        row = self._row_at(event.position().toPoint())
        self._pressed = ""
        if event.button() == Qt.MouseButton.RightButton:
            event.accept()  # the menu follows, of all that are chosen
            return
        if isinstance(row, Item):
            rect = QRectF(self.visualRect(self.rows.index_of(row.id)))
            name = self.delegate.places(row.id, rect).name
            self._pressed = row.id if name.contains(event.position()) else ""
        if isinstance(row, Group):
            self.fold_asked.emit(row.key)
        elif isinstance(row, Item):
            several = self._choose(row.id, event.modifiers())
            if not several:
                self.select(row.id)
            self.editor.slider.setFocus(Qt.FocusReason.MouseFocusReason)
        event.accept()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The first click may have moved the rows: the name that it hit is what counts.
        if self._pressed and self._pressed == self.current:
            self.editor.begin_rename()

    def contextMenuEvent(self, event: QContextMenuEvent) -> None:
        # From the keyboard it is the selected row's; in narrow windows rows have no button.
        typed = event.reason() == QContextMenuEvent.Reason.Keyboard
        row = Item(self.current, "") if typed else self._row_at(event.pos())
        if isinstance(row, Item) and row.id:
            if row.id not in self._chosen.ids:
                self._choose(row.id, Qt.KeyboardModifier.NoModifier)
                self.select(row.id, reveal=typed)
            below = self.visualRect(self.rows.index_of(row.id)).bottomLeft()
            at = self.viewport().mapToGlobal(below) if typed else event.globalPos()
            self.menu_asked.emit(row.id, at)
        event.accept()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        self._hover_at(event.position().toPoint())

    def viewportEvent(self, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Leave and not self.hover_slider.dragging:
            at = self.viewport().mapFromGlobal(self.cursor().pos())
            if not self.viewport().rect().contains(at):
                self._set_hover("")
        return super().viewportEvent(event)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        key = Qt.Key(event.key())
        if event.modifiers() == _ALT and self.current:
            if key == Qt.Key.Key_S:
                self._board.commands.toggle_solo(self.current)
                return
            if key == Qt.Key.Key_M:
                self._board.commands.toggle_mute(self.current)
                return
        if key == Qt.Key.Key_F2 and self.current:
            self.editor.begin_rename()
        elif key == Qt.Key.Key_Escape and self._chosen.clear():
            self._show_chosen()
        elif key in _UP_DOWN:
            self._step(_UP_DOWN[key], event.modifiers())
        elif key in (Qt.Key.Key_Home, Qt.Key.Key_End):
            self._step(-len(self.rows.rows) if key == Qt.Key.Key_Home else len(self.rows.rows))
        elif self.delegate.focused_group and key in (
            Qt.Key.Key_Return,
            Qt.Key.Key_Enter,
            Qt.Key.Key_Space,
        ):
            self.fold_asked.emit(self.delegate.focused_group)
        else:
            event.ignore()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        if event.reason() == Qt.FocusReason.BacktabFocusReason and self.current:
            self.focusPreviousChild()
        elif self.current and not self.delegate.focused_group:
            self.editor.slider.setFocus(event.reason())

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.delegate.focused_group = ""
        self.viewport().update()

    def resizeEvent(self, event: QResizeEvent) -> None:
        self.delegate.width = float(self.width())
        seen = self._in_sight(event.oldSize().height())
        super().resizeEvent(event)
        self._lay_out()
        # The list of edits grows when a slider is moved for the first time: the row that is
        # being moved must not go under it. While it is held it stays where it is, though.
        self._hidden = (seen or self._hidden) and not self._in_sight(self.height())
        if not self.dragging:
            self.bring_back()
        self.view_changed.emit()

    def bring_back(self) -> None:
        """Scroll to the selected row if the list has shrunk over it."""
        if self._hidden:
            self._hidden = False
            self.scrollTo(self.rows.index_of(self.current))

    def _in_sight(self, height: int) -> bool:
        index = self.rows.index_of(self.current)
        row = self.visualRect(index)
        return index.isValid() and row.top() >= 0 and row.bottom() < height

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        self.view_changed.emit()

    def updateGeometries(self) -> None:
        super().updateGeometries()
        self.place_editors()

    def place_editors(self) -> None:
        """Put the live controls where their rows are."""
        index = self.rows.index_of(self.current)
        large = self.delegate.large(self.current)
        self.editor.setVisible(index.isValid())
        if index.isValid():
            places = self.delegate.places(self.current, QRectF(self.visualRect(index)))
            self.editor.place(places, large=large)
        hover = self.rows.index_of(self.hover_slider.id)
        self.hover_slider.setVisible(hover.isValid())
        if hover.isValid():
            rect = QRectF(self.visualRect(hover))
            places = self.delegate.places(self.hover_slider.id, rect)
            self.hover_slider.setGeometry(places.slider.toRect())
        shown = {self.current, self.hover_slider.id} - {""}
        self.delegate.live = frozenset(shown)
        self.delegate.hovered = self.hover_slider.id

    # Inside

    def _row_at(self, at: QPoint) -> Row | None:
        index = self.indexAt(at)
        return index.data(ROW) if index.isValid() else None

    def _hover_at(self, at: QPoint) -> None:
        if self.hover_slider.dragging:
            return
        inside = self.viewport().rect().contains(at)
        row = self._row_at(at) if inside else None
        self._set_hover(row.id if isinstance(row, Item) and row.id != self.current else "")

    def _set_hover(self, id: str) -> None:
        if id == self.hover_slider.id:
            return
        if id:
            self.hover_slider.bind(id)
        else:
            self.hover_slider.id = ""
        self.place_editors()
        self.viewport().update()

    def enter(self) -> None:
        """The focus comes from the search: go to the selected row, or the first there is."""
        ids = [row.id for row in self.rows.rows if isinstance(row, Item)]
        if ids:
            self.select(self.current if self.current in ids else ids[0])
            self.editor.slider.setFocus(Qt.FocusReason.OtherFocusReason)

    def _order(self) -> list[str]:
        return [row.id for row in self.rows.rows if isinstance(row, Item)]

    def _choose(self, id: str, keys: Qt.KeyboardModifier) -> bool:
        several = self._chosen.press(id, keys, self.current, self._order())
        self._show_chosen()
        return several

    def _show_chosen(self) -> None:
        if self.delegate.chosen != self._chosen.ids:
            self.delegate.chosen = self._chosen.ids
            self.viewport().update()

    def _step(self, by: int, keys: Qt.KeyboardModifier = Qt.KeyboardModifier.NoModifier) -> None:
        rows = self.rows.rows
        if not rows:
            return
        last = len(rows) - 1
        number = min(last, max(0, self._number() + by))
        row = rows[number]
        if isinstance(row, Item):
            self._choose(row.id, keys & Qt.KeyboardModifier.ShiftModifier)
            self.select(row.id)
            self.editor.slider.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.delegate.focused_group = row.key
            self.setFocus(Qt.FocusReason.OtherFocusReason)
            self.scrollTo(self.rows.index(number))
            self.viewport().update()

    def _number(self) -> int:
        group = self.delegate.focused_group
        for number, row in enumerate(self.rows.rows):
            if isinstance(row, Group) and row.key == group:
                return number
            if not group and isinstance(row, Item) and row.id == self.current:
                return number
        return -1

    def _scrolled(self) -> None:
        self.place_editors()
        self.view_changed.emit()

    def _restyled(self) -> None:
        self.delegate.buttons_width = self.editor.head_width
        self._lay_out()

    def _lay_out(self) -> None:
        self.delegate.width = float(self.width())
        self.scheduleDelayedItemsLayout()
        self.executeDelayedItemsLayout()
        self.place_editors()
        self.viewport().update()

    def currentChanged(self, current: Index, previous: Index) -> None:
        """Scrolling is ours: Qt would jump to the top of a row that just grew."""
