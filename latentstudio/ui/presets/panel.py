"""The library of presets: search, tags, cards, details, and what can be done with one."""

from collections.abc import Callable
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, QTimer, Signal
from PySide6.QtGui import (
    QDragEnterEvent,
    QDropEvent,
    QKeyEvent,
    QShowEvent,
)
from PySide6.QtWidgets import QHBoxLayout, QMenu, QSplitter, QVBoxLayout, QWidget

from latentstudio.exchange.presets.sources import ENDING
from latentstudio.session.messages import ModelSummary
from latentstudio.store.preset_cards import PresetCard
from latentstudio.store.preset_library import Listing
from latentstudio.ui.presets import cards as chips
from latentstudio.ui.presets.actions import PresetActions
from latentstudio.ui.presets.card_view import CardView
from latentstudio.ui.presets.cards import CardFilter, CardModel
from latentstudio.ui.presets.details import Details
from latentstudio.ui.presets.foreign import ForeignPresets
from latentstudio.ui.presets.tools import PresetTools
from latentstudio.ui.presets.watching import Watching
from latentstudio.ui.presets.words import look_name
from latentstudio.ui.widgets.buttons import text_button
from latentstudio.ui.widgets.labels import label, rule
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.studio_client import StudioClient

_FIRST = 500  # ms: the window and its first picture come before the library


class PresetsPanel(QWidget):
    """Shows the library; presets are brought in by the same way as a file that is dropped."""

    close_asked = Signal()

    def __init__(
        self,
        client: "StudioClient",
        actions: PresetActions,
        folders: Callable[[], tuple[str, ...]],
        foreign: ForeignPresets,
    ) -> None:
        super().__init__()
        self._foreign = foreign
        self._client, self._asks, self._folders = client, actions, folders
        self._listed = False
        self._chosen: Path | None = None
        self.setProperty("surface", "panel")
        self.setAcceptDrops(True)
        self.setProperty("takesFiles", True)
        self.model = CardModel(self)
        self.filter = CardFilter(self)
        self.filter.setSourceModel(self.model)
        self.tools = PresetTools(
            self.ask_save, actions.ask_folder, self._fill_order, actions.fill_folders
        )
        self.search, self.chips, self.save = self.tools.search, self.tools.chips, self.tools.save
        self.cards = CardView(self.filter)
        self.details = Details()
        self.add = text_button(tr("Add to list"), "plus", self._add, kind="")
        self.apply = text_button(tr("Apply look"), "sparkles", self._apply, kind="")
        self.share = text_button(tr("Share…"), "", lambda: self._with_card(actions.share), kind="")
        self._watching = Watching(self.refresh, self)
        self._arrange()
        self._connect()
        self._show()

    @property
    def card(self) -> PresetCard | None:
        """The preset that is chosen."""
        return self.cards.card

    def ask_save(self) -> None:
        """Open the card that saves."""
        self._asks.save_preset()

    def looks(self) -> list[tuple[tuple[Path, str], str]]:
        """File and id of each look that fits the open model, with what to call it."""
        return [
            ((card.path, look.id), look_name(card, look))
            for card in self.model.cards
            if self.model.usable(card)
            for look in card.looks
        ]

    def refresh(self) -> None:
        """List the library anew."""
        self._client.presets.watch(self._folders())

    # Building

    def _arrange(self) -> None:
        upper = QWidget()
        grid = QVBoxLayout(upper)
        grid.setContentsMargins(12, 0, 8, 0)
        grid.addWidget(self.cards)
        split = QSplitter(Qt.Orientation.Vertical)
        split.setHandleWidth(1)
        split.setChildrenCollapsible(False)
        split.addWidget(upper)
        split.addWidget(self.details)
        split.setSizes([300, 300])
        buttons = QHBoxLayout()
        buttons.setContentsMargins(12, 8, 12, 8)
        buttons.setSpacing(6)
        for wide in (self.add, self.apply, self.share):
            buttons.addWidget(wide, 1)
        self._hint = label(
            tr("Adding changes nothing in the picture. Applying is one undo step."),
            "caption",
            "tx3",
            wrap=True,
        )
        self._hint.setContentsMargins(12, 0, 12, 8)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addWidget(self.tools)
        column.addWidget(split, 1)
        column.addWidget(rule())
        column.addLayout(buttons)
        column.addWidget(self._hint)

    def _connect(self) -> None:
        client = self._client
        client.presets.listed.connect(self._show_listing)
        client.presets.inside.connect(self.details.show_inside)
        client.presets.saved.connect(lambda path, _: self._remember(path))
        client.models.model_opened.connect(self._model_opened)
        client.models.model_closed.connect(lambda: self._model_opened(None))
        self._foreign.changed.connect(lambda: self._show_card(self.card))
        self.search.textChanged.connect(self._searched)
        self.chips.chosen.connect(self._filter)
        self.cards.chosen.connect(self._show_card)
        self.cards.add_asked.connect(lambda _: self._add())
        self.cards.delegate.star_asked.connect(self._asks.toggle_star)
        self.cards.trash_asked.connect(self._asks.throw_away)
        self.cards.rename_asked.connect(self._asks.rename)
        self.cards.menu_asked.connect(self._asks.open_menu)

    # What is there

    def _show_listing(self, listing: Listing) -> None:
        folders = [self._client.presets.home, *map(Path, self._folders())]
        self._watching.follow(folders, listing)
        self.tools.show_missing(listing.missing)
        if self._listed and not self._chosen and listing.cards == self.model.cards:
            return  # nobody's place in the list is lost by looking again
        self._listed = True
        chosen = self._chosen or (self.card.path if self.card is not None else None)
        self.model.show_cards(listing.cards)
        self.tools.show_chips(listing.cards)
        self.cards.choose(chosen)
        self._chosen = None
        self._show()

    def _remember(self, path: str) -> None:
        self._chosen = Path(path)

    def _model_opened(self, summary: ModelSummary | None) -> None:
        self.model.show_model(None if summary is None else summary.info)
        self._show_card(self.card)

    def _searched(self, text: str) -> None:
        self.filter.search(text)
        self._after_filter()

    def _filter(self, chip: str) -> None:
        self.filter.choose(chip)
        self._after_filter()

    def _after_filter(self) -> None:
        self.cards.choose(self.card.path if self.card is not None else None)
        self._show()

    # Showing

    def _show(self) -> None:
        shown = self.filter.rowCount()
        self.tools.show_count(len(self.model.cards), shown, listed=self._listed)
        self._show_card(self.card if shown else None)

    def _show_card(self, card: PresetCard | None) -> None:
        fits = None if card is None else self.model.fit_of(card)
        tried = card is not None and self._foreign.is_tried(card.path)
        self.details.show_card(card, fits, tried=tried)
        if card is not None and any(row.kind in ("local", "rbf") for row in card.directions):
            self._client.presets.look_into(card.path)
        sound = card is not None and not card.problem
        usable = sound and fits is not None and fits.verdict != "other"
        self.add.setEnabled(usable)
        looks = sound and card is not None and bool(card.looks)
        self.apply.setEnabled(usable and looks)
        set_tip(self.apply, "" if looks else tr("There is no look in this preset."))
        self.share.setEnabled(sound)

    def _fill_order(self, menu: QMenu) -> None:
        menu.clear()
        orders: tuple[tuple[chips.Order, str], ...] = (
            ("name", tr("By name")),
            ("newest", tr("Newest first")),
            ("author", tr("By author")),
        )
        for order, words in orders:
            action = menu.addAction(words, partial(self.filter.sort_by, order))
            action.setCheckable(True)
            action.setChecked(order == self.filter.order)

    # What hands ask

    def _with_card(self, do: Callable[[PresetCard], object]) -> None:
        if self.card is not None:
            do(self.card)

    def _add(self) -> None:
        if self.add.isEnabled():
            self._with_card(self._asks.add)

    def _apply(self) -> None:
        self._with_card(lambda card: self._asks.apply(card, self.details.look))

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.close_asked.emit()
        else:
            super().keyPressEvent(event)

    def showEvent(self, event: QShowEvent) -> None:
        super().showEvent(event)
        QTimer.singleShot(0 if self._listed else _FIRST, self, self.refresh)

    def dragEnterEvent(self, event: QDragEnterEvent) -> None:
        """Presets from elsewhere are copied in; a card that comes back does nothing."""
        if _presets_of(event):
            event.acceptProposedAction()

    def dropEvent(self, event: QDropEvent) -> None:
        if event.source() is not self.cards:
            for path in _presets_of(event):
                self._client.presets.add(path)
        event.acceptProposedAction()

    def minimumSizeHint(self) -> QSize:
        return QSize(200, 200)


def _presets_of(event: QDropEvent) -> list[str]:
    urls = [url.toLocalFile() for url in event.mimeData().urls() if url.isLocalFile()]
    return [path for path in urls if path.lower().endswith(ENDING)]
