"""The presets of the library as a list for Qt: searched, filtered, sorted, dragged as files."""

from collections.abc import Sequence
from typing import Literal

from PySide6.QtCore import (
    QAbstractListModel,
    QMimeData,
    QModelIndex,
    QObject,
    QPersistentModelIndex,
    QSortFilterProxyModel,
    Qt,
    QUrl,
)
from PySide6.QtGui import QImage, QPixmap

from latentstudio.core.spaces import GeneratorInfo
from latentstudio.core.texts import one_line
from latentstudio.exchange.presets.fit import Fit, fit
from latentstudio.store.preset_cards import PresetCard
from latentstudio.ui.presets.words import card_words
from latentstudio.ui.widgets.plain_text import plain_tip

Index = QModelIndex | QPersistentModelIndex
Order = Literal["name", "newest", "author"]
_Role = Qt.ItemDataRole
CARD = int(_Role.UserRole) + 1
STRIP = int(_Role.UserRole) + 2
FIT = int(_Role.UserRole) + 3
ALL, STARRED, SHARED, FITTING = "all", "starred", "shared", "fitting"
TAG = "tag:"
_MOST_TAGS = 8


class CardModel(QAbstractListModel):
    """Shows what the library holds; strips become pixmaps when they are first painted."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self.cards: tuple[PresetCard, ...] = ()
        self._info: GeneratorInfo | None = None
        self._strips: dict[bytes, QPixmap] = {}

    def show_cards(self, cards: Sequence[PresetCard]) -> None:
        """Show other presets."""
        self.beginResetModel()
        self.cards = tuple(cards)
        shown = {card.strip for card in cards}
        self._strips = {data: p for data, p in self._strips.items() if data in shown}
        self.endResetModel()

    def show_model(self, info: GeneratorInfo | None) -> None:
        """Another model is open, or none."""
        self._info = info
        if self.cards:
            self.dataChanged.emit(self.index(0), self.index(len(self.cards) - 1))

    def fit_of(self, card: PresetCard) -> Fit | None:
        """Whether a preset suits the open model; None while none is open."""
        if self._info is None or card.problem:
            return None
        return fit(card.model, card.spaces, self._info)

    def usable(self, card: PresetCard) -> bool:
        """Whether a preset can be brought to the open model."""
        fits = self.fit_of(card)
        return fits is not None and fits.verdict != "other"

    def rowCount(self, parent: Index | None = None) -> int:
        return 0 if parent is not None and parent.isValid() else len(self.cards)

    def data(self, index: Index, role: int = int(_Role.DisplayRole)) -> object:
        if not index.isValid():
            return None
        card = self.cards[index.row()]
        if role in (_Role.DisplayRole, _Role.EditRole):
            return one_line(card.name)
        if role == _Role.AccessibleTextRole:
            return card_words(card, self.fit_of(card))
        if role == _Role.ToolTipRole:
            return plain_tip(card.problem or card_words(card, self.fit_of(card)))
        if role == CARD:
            return card
        if role == STRIP:
            return self._strip(card.strip)
        return self.fit_of(card) if role == FIT else None

    def flags(self, index: Index) -> Qt.ItemFlag:
        flag = Qt.ItemFlag
        return flag.ItemIsEnabled | flag.ItemIsSelectable | flag.ItemIsDragEnabled

    def supportedDragActions(self) -> Qt.DropAction:
        return Qt.DropAction.CopyAction

    def mimeTypes(self) -> list[str]:
        return ["text/uri-list"]

    def mimeData(self, indexes: Sequence[QModelIndex]) -> QMimeData:
        """The files: the canvas and the list take them, and so do folders and mails."""
        data = QMimeData()
        paths = [str(self.cards[index.row()].path) for index in indexes]
        data.setUrls([QUrl.fromLocalFile(path) for path in paths])
        return data

    def _strip(self, data: bytes) -> QPixmap | None:
        if data and data not in self._strips:
            self._strips[data] = QPixmap.fromImage(QImage.fromData(data))
        return self._strips.get(data)


class CardFilter(QSortFilterProxyModel):
    """Search, one chip, and an order; starred ones come first."""

    def __init__(self, parent: QObject | None = None) -> None:
        super().__init__(parent)
        self._words: tuple[str, ...] = ()
        self._chip = ALL
        self._order: Order = "name"
        self.setDynamicSortFilter(True)
        self.sort(0)

    def search(self, text: str) -> None:
        """Show presets that have all words in their name, author, notes, tags or directions."""
        self._words = tuple(text.casefold().split())
        self.invalidate()

    def choose(self, chip: str) -> None:
        """Show those of one chip."""
        self._chip = chip
        self.invalidate()

    @property
    def order(self) -> Order:
        """How they are sorted."""
        return self._order

    def sort_by(self, order: Order) -> None:
        """Sort otherwise."""
        self._order = order
        self.invalidate()

    def filterAcceptsRow(self, row: int, parent: Index) -> bool:
        index = self.sourceModel().index(row, 0)
        card: PresetCard = index.data(CARD)
        if not self._in_chip(card, index.data(FIT)):
            return False
        text = _searched(card) if self._words else ""
        return all(word in text for word in self._words)

    def lessThan(self, left: Index, right: Index) -> bool:
        return self._key(left.data(CARD)) < self._key(right.data(CARD))

    def _key(self, card: PresetCard) -> tuple[object, ...]:
        name = card.name.casefold()
        if self._order == "newest":
            return (not card.starred, -card.changed, name)
        if self._order == "author":
            return (not card.starred, card.author.casefold(), name)
        return (not card.starred, name, str(card.path))

    def _in_chip(self, card: PresetCard, fits: Fit | None) -> bool:
        if self._chip.startswith(TAG):
            return self._chip.removeprefix(TAG) in {tag.casefold() for tag in card.tags}
        if self._chip == FITTING:
            return fits is not None and fits.verdict != "other"
        return {STARRED: card.starred, SHARED: card.shared}.get(self._chip, True)


def common_tags(cards: Sequence[PresetCard]) -> list[str]:
    """Tags for chips, those of most presets first, as they are written first."""
    counts: dict[str, int] = {}
    written: dict[str, str] = {}
    for tag in (tag for card in cards for tag in card.tags):
        key = tag.casefold()
        counts[key] = counts.get(key, 0) + 1
        written.setdefault(key, tag)
    keys = sorted(counts, key=lambda key: (-counts[key], key))[:_MOST_TAGS]
    return [one_line(written[key]) for key in keys]


def _searched(card: PresetCard) -> str:
    rows = [*(row.name for row in card.directions), *(look.name for look in card.looks)]
    return "\n".join((card.name, card.author, card.notes, *card.tags, *rows)).casefold()
