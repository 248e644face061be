"""The list of directions with its header, search and filters."""

from dataclasses import replace
from functools import partial
from typing import TYPE_CHECKING

from PySide6.QtCore import QPoint, Qt, Signal
from PySide6.QtGui import QAction, QActionGroup
from PySide6.QtWidgets import (
    QHBoxLayout,
    QMenu,
    QStackedWidget,
    QToolButton,
    QVBoxLayout,
    QWidget,
)

from latentstudio.core.marked import marked
from latentstudio.ui.directions.board import Board
from latentstudio.ui.directions.card import DirectionCard
from latentstudio.ui.directions.edits import EditsPanel
from latentstudio.ui.directions.effect_naming import EffectNaming
from latentstudio.ui.directions.empty import EmptyList, why_empty
from latentstudio.ui.directions.measuring import Measuring
from latentstudio.ui.directions.menu import direction_menu
from latentstudio.ui.directions.place_preview import PlacePreview
from latentstudio.ui.directions.requests import Requests, Visible
from latentstudio.ui.directions.rows import ALL, Order, RowFilter, build_rows, changed_rows, chips
from latentstudio.ui.directions.view import DirectionsView
from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.chip import ChipRow
from latentstudio.ui.widgets.labels import rule
from latentstudio.ui.widgets.panel_header import PanelHeader
from latentstudio.ui.widgets.search_field import ListSearch
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_SOON = 30  # ms after a change before rows come and go: the picture comes first
_METHODS = ("sefa", "ganspace")
_ORDERS: tuple[tuple[Order, str], ...] = (
    ("found", marked("As found")),
    ("strength", marked("Strongest first")),
    ("locality", marked("Most local first")),
    ("agreement", marked("Most agreed on first")),
    ("name", marked("By name")),
)


class DirectionsPanel(QWidget):
    """Find, filter and move directions."""

    current_changed = Signal(str)
    discover_asked = Signal()
    again_asked = Signal(object)
    """A direction whose run is to be run again."""
    save_asked = Signal(object)
    """Directions that are to be saved as a preset."""
    split_asked = Signal(str)
    """A direction that is to be split into groups of channels."""
    hold_asked = Signal(str)
    """A direction that is to be held to what is painted."""

    def __init__(self, board: Board, client: "StudioClient", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._board, self._client = board, client
        self._wanted = RowFilter()
        self._shown = board.document
        self._edits: EditsPanel | None = None
        self.others: Visible | None = None
        """Rows that are in view elsewhere and want films too."""
        self.view = DirectionsView(board)
        self.empty = EmptyList()
        self.chips = ChipRow()
        self.search = ListSearch(tr("Search directions"))
        self._arrange()
        self._pending = timer(self, _SOON, self._catch_up)
        self._stale: set[str] | None = set()
        self.requests = Requests(board, client, self.wanted_films, self)
        sliders = self.view.editor.slider, self.view.hover_slider
        self.place = PlacePreview(board.history, client, sliders, self)
        self.measuring = Measuring(board, client, self)
        self.naming = EffectNaming(board, client, self)
        self._connect()
        self._show_rows()

    @property
    def wanted(self) -> RowFilter:
        """What the artist asked to see."""
        return self._wanted

    def watch(self, edits: EditsPanel) -> None:
        """Ask for films of the edits in view too, and mark the selected one."""
        self._edits = edits
        self.current_changed.connect(edits.set_current)
        edits.set_current(self.view.current)

    def wanted_films(self) -> dict[str, int]:
        """Rows in view, with the most frames that each shows anywhere."""
        edits = self._edits.visible_ids() if self._edits is not None else ()
        others = self.others() if self.others is not None else {}
        found = dict.fromkeys(edits, 3) | dict(others)
        for id, count in self.view.visible_ids().items():
            found[id] = max(count, found.get(id, 0))
        return found

    def reveal(self, id: str) -> None:
        """Select a direction, dropping filters that would hide it."""
        if not self.view.rows.index_of(id).isValid():
            self.search.clear()
            self._wanted = replace(self._wanted, text="", folded=frozenset())
            self.chips.choose(ALL)
            self._show_rows()
        self.view.select(id)
        self.view.editor.slider.setFocus(Qt.FocusReason.OtherFocusReason)

    def set_compact(self, compact: bool) -> None:
        """Fold header and chips into the search row, for narrow windows."""
        self._header.setVisible(not compact)
        self._rule.setVisible(not compact)
        self.chips.setVisible(not compact)
        for button in self._folded:
            button.setVisible(compact)
        self._chip_line.setContentsMargins(*((0, 0, 0, 0) if compact else (12, 8, 12, 8)))
        self._search_row.setContentsMargins(*((8, 8, 8, 8) if compact else (12, 8, 12, 0)))
        self._low_rule.setVisible(compact)
        self.view.set_compact(compact)

    def _arrange(self) -> None:
        self._header = PanelHeader(tr("Directions"))
        self._discover = text_button(tr("Discover"), "sparkles", self.discover_asked.emit)
        self._header.add(self._discover)
        self.sorting = self._filter_button()
        self._header.add(self.sorting)
        self._folded = [self._filter_button(), self._discover_button()]
        self._rule = rule()
        self._search_row = QHBoxLayout()
        self._search_row.setSpacing(4)
        self._search_row.addWidget(self.search, 1)
        for button in self._folded:
            self._search_row.addWidget(button)
        self._stack = QStackedWidget()
        self._stack.addWidget(self.view)
        self._stack.addWidget(self.empty)
        self._chip_line = QHBoxLayout()
        self._chip_line.addWidget(self.chips)
        self._low_rule = rule()
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self._header)
        column.addWidget(self._rule)
        column.addLayout(self._search_row)
        column.addLayout(self._chip_line)
        column.addWidget(self._low_rule)
        column.addWidget(self._stack, 1)
        QWidget.setTabOrder(self.search, self.view)
        self.chips.before = self.search
        self.set_compact(False)

    def _connect(self) -> None:
        self._board.directions_changed.connect(self._show_rows)
        self._board.document_changed.connect(self._document_changed)
        self._board.row_changed.connect(self._row_changed)
        self._board.measures_changed.connect(self._show_measured)
        self._board.agreement_changed.connect(self._show_measured)
        self._board.names_changed.connect(self._show_measured)
        self.search.textChanged.connect(self._searched)
        self.search.went_down.connect(self.view.enter)
        self.chips.chosen.connect(self._chosen)
        self.view.fold_asked.connect(self._fold)
        self.view.selected.connect(self.current_changed)
        self.view.view_changed.connect(self.requests.changed)
        self.view.editor.menu_asked.connect(self._open_menu)
        self.view.menu_asked.connect(self._open_menu)
        self.empty.pressed.connect(self._way_out)
        for slider in (self.view.editor.slider, self.view.hover_slider):
            slider.sliderReleased.connect(self._pending.start)
            slider.sliderReleased.connect(self.view.bring_back)

    # Rows

    def _show_rows(self) -> None:
        if self.view.dragging:
            return  # rows must not move under the hand; the release shows them
        doc, directions = self._board.document, self._board.directions
        self.chips.set_chips(chips(directions, doc))
        rows = build_rows(
            directions,
            doc,
            self._wanted,
            self._board.agreement,
            self._board.measures,
            self._board.effect_names,
        )
        if not rows:
            self.empty.show_why(why_empty(self._board, self._wanted))
        self.view.show_rows(rows)
        self._stack.setCurrentWidget(self.view if rows else self.empty)
        known = len(directions)
        self.search.setEnabled(known > 0)
        self.chips.setEnabled(known > 0)
        words = tr("Search %1 directions").replace("%1", str(known))
        self.search.setPlaceholderText(words if known else tr("Search directions"))
        self._discover.setEnabled(self._board.model is not None)

    def _document_changed(self) -> None:
        self._shown, before = self._board.document, self._shown
        changed = changed_rows(before, self._shown)
        self._stale = None if changed is None or self._stale is None else self._stale | changed
        self.view.refresh_live(changed)
        if not self._pending.isActive():  # a drag must not put it off for ever
            self._pending.start()

    def _catch_up(self) -> None:
        stale, self._stale = self._stale, set()
        self.view.refresh(stale)
        self._show_rows()

    def _row_changed(self, id: str) -> None:
        self.view.refresh({id})

    def _searched(self, text: str) -> None:
        self._wanted = replace(self._wanted, text=text)
        self._show_rows()

    def _chosen(self, chip: str) -> None:
        self._wanted = replace(self._wanted, chip=chip)
        self._show_rows()

    def _fold(self, key: str) -> None:
        folded = self._wanted.folded ^ {key}
        self._wanted = replace(self._wanted, folded=folded)
        self._show_rows()

    def _fold_all(self, fold: bool) -> None:
        every = build_rows(self._board.directions, self._board.document, RowFilter())
        keys = frozenset(getattr(row, "key", "") for row in every) - {""}
        self._wanted = replace(self._wanted, folded=keys if fold else frozenset())
        self._show_rows()

    def _sort(self, order: Order) -> None:
        self._wanted = replace(self._wanted, order=order)
        self._board.words.order = order
        self.measuring.order_changed()
        self._show_measured()

    def _show_measured(self) -> None:
        self._show_rows()
        self.view.refresh()

    # Menus

    def _filter_button(self) -> QToolButton:
        button = icon_button("list-filter", tr("Sort and fold"))
        menu = QMenu(button)
        orders = QActionGroup(menu)
        for order, words in _ORDERS:
            action = menu.addAction(shown(words), partial(self._sort, order))
            action.setCheckable(True)
            orders.addAction(action)
            # There are two buttons: each shows what was chosen by the other.
            menu.aboutToShow.connect(partial(self._check_order, action, order))
        menu.addSeparator()
        menu.addAction(tr("Fold all groups"), lambda: self._fold_all(True))
        menu.addAction(tr("Unfold all groups"), lambda: self._fold_all(False))
        button.setMenu(menu)
        button.setPopupMode(button.ToolButtonPopupMode.InstantPopup)
        return button

    def _check_order(self, action: QAction, order: Order) -> None:
        action.setChecked(self._wanted.order == order)

    def _discover_button(self) -> QWidget:
        return icon_button("sparkles", tr("Discover"), self.discover_asked.emit)

    def _open_menu(self, id: str, at: QPoint | None = None) -> None:
        button = self.view.editor.menu
        at = button.mapToGlobal(QPoint(0, button.height())) if at is None else at
        rename = self.view.editor.begin_rename
        chosen = self.view.chosen_with(id)
        menu = direction_menu(
            self._board,
            id,
            self,
            rename,
            at,
            lambda: self.open_card(id),
            lambda: self.split_asked.emit(id),
            lambda: self.hold_asked.emit(id),
            lambda: self.save_asked.emit(chosen),
            len(chosen),
        )
        menu.aboutToHide.connect(menu.deleteLater)
        menu.popup(at)

    def open_card(self, id: str) -> DirectionCard | None:
        """Show how a direction was found."""
        direction = self._board.direction(id)
        if direction is None:
            return None
        model = self._board.model
        known = any(form.id == direction.method for form in (model.methods if model else ()))
        again = (lambda: self.again_asked.emit(direction)) if known else None
        card = DirectionCard(direction, self._board.name(id), again, self)
        card.finished.connect(card.deleteLater)
        self._client.directions.changes_ready.connect(card.show_changes)
        self._client.directions.want_changes(id)
        card.open()
        return card

    def _way_out(self, key: str) -> None:
        if key == "clear":
            self.search.clear()
        elif key == "all":
            self.chips.choose(ALL)
        elif key == "find":
            for method in _METHODS:
                self._client.directions.discover(method, ())
