"""The top of the library: search, tags, what can be done, and what is said where nothing is."""

from collections.abc import Callable, Sequence
from pathlib import Path

from PySide6.QtWidgets import QHBoxLayout, QMenu, QToolButton, QVBoxLayout, QWidget

from latentstudio.store.preset_cards import PresetCard
from latentstudio.ui.presets import cards as chips
from latentstudio.ui.presets.cards import common_tags
from latentstudio.ui.widgets.buttons import icon_button, text_button
from latentstudio.ui.widgets.chip import ChipRow
from latentstudio.ui.widgets.labels import label
from latentstudio.ui.widgets.search_field import SearchField
from latentstudio.ui.widgets.sentences import filled
from latentstudio.ui.widgets.words import tr


class PresetTools(QWidget):
    """Shows what the panel tells it.

    Args:
        save: Opens the card that saves.
        watch: Asks for a folder.
        fill_order: Fills the menu of orders.
        fill_folders: Fills the menu of folders.
    """

    def __init__(
        self,
        save: Callable[[], None],
        watch: Callable[[], None],
        fill_order: Callable[[QMenu], None],
        fill_folders: Callable[[QMenu], None],
    ) -> None:
        super().__init__()
        self.search = SearchField(tr("Search presets"))
        self.chips = ChipRow()
        self.missing = label("", "label", "warn", wrap=True)
        self.empty = label("", "label", "tx2", wrap=True)
        self.save = icon_button("save", tr("Save preset…"), save)
        self.sorting = _menu_button("list-filter", tr("Sort"), fill_order)
        self.places = _menu_button("folder-open", tr("Folders"), fill_folders)
        self.begin = _begin(save, watch)
        line = QHBoxLayout()
        line.setSpacing(4)
        line.addWidget(self.search, 1)
        for button in (self.save, self.sorting, self.places):
            line.addWidget(button)
        column = QVBoxLayout(self)
        column.setContentsMargins(12, 8, 12, 8)
        column.setSpacing(8)
        column.addLayout(line)
        for part in (self.chips, self.missing, self.empty, self.begin):
            column.addWidget(part)

    def show_missing(self, folders: Sequence[Path]) -> None:
        """Say which watched folders can't be reached."""
        names = ", ".join(folder.name for folder in folders)
        words = tr("The folder %1 is not reachable. Its last known presets are shown.")
        self.missing.setText(filled(words, names) if names else "")
        self.missing.setVisible(bool(names))

    def show_chips(self, found: Sequence[PresetCard]) -> None:
        """Offer stars, what is shared, and the tags there are."""
        keys = [(chips.ALL, tr("All"))]
        if any(card.starred for card in found):
            keys.append((chips.STARRED, tr("Starred")))
        if any(card.shared for card in found):
            keys.append((chips.SHARED, tr("Shared")))
        keys += [(chips.TAG + tag.casefold(), tag) for tag in common_tags(found)]
        self.chips.set_chips(keys)

    def show_count(self, count: int, shown: int, *, listed: bool) -> None:
        """Say how many presets there are, and what to do where none is.

        Args:
            count: In the library.
            shown: After search and chips.
            listed: The library was read.
        """
        words = filled(tr("Search %1 presets"), str(count))
        self.search.setPlaceholderText(words if count > 1 else tr("Search presets"))
        words = tr("No presets yet. Save directions you like, or watch a shared folder.")
        self.empty.setText(tr("No preset has these words.") if count else words)
        self.empty.setVisible(listed and not shown)
        self.begin.setVisible(listed and not count)
        self.search.setEnabled(count > 0)
        self.chips.setVisible(count > 0)
        self.missing.setVisible(bool(self.missing.text()))


def _menu_button(image: str, verb: str, fill: Callable[[QMenu], None]) -> QToolButton:
    button = icon_button(image, verb)
    menu = QMenu(button)
    menu.aboutToShow.connect(lambda: fill(menu))
    button.setMenu(menu)
    button.setPopupMode(button.ToolButtonPopupMode.InstantPopup)
    return button


def _begin(save: Callable[[], None], watch: Callable[[], None]) -> QWidget:
    """What to do while there is nothing."""
    begin = QWidget()
    row = QHBoxLayout(begin)
    row.setContentsMargins(0, 0, 0, 0)
    row.setSpacing(6)
    row.addWidget(text_button(tr("Save preset…"), "save", save, kind=""))
    row.addWidget(text_button(tr("Watch a folder…"), "folder-open", watch, kind=""))
    row.addStretch(1)
    return begin
