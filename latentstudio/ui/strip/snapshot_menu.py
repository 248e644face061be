"""What can be done with a snapshot, wherever it is shown."""

from collections.abc import Callable, Sequence
from functools import partial

from PySide6.QtWidgets import QMenu, QWidget

from latentstudio.document import commands
from latentstudio.document.history import History
from latentstudio.document.state import Document
from latentstudio.ui.strip.snapshot_model import SnapshotModel
from latentstudio.ui.widgets.words import tr

NOW = -1
"""In the place of a row: the picture as it is."""


class SnapshotMenu:
    """Fills menus; what needs more than the document is asked of the window.

    Args:
        model: The snapshots.
        history: The document.
        recall: Shows one again.
        compare: Compares two rows, the second of which may be `NOW`.
        breed: Breeds them.
        more: Makes the change from the first to the second a slider.
        removed: Told the document before one was taken out, and its row.
    """

    def __init__(
        self,
        model: SnapshotModel,
        history: History,
        recall: Callable[[int], object],
        compare: Callable[[int, int], object],
        breed: Callable[[int, int], object],
        more: Callable[[int, int], object] = lambda *_: None,
        removed: Callable[[Document, int], object] = lambda *_: None,
    ) -> None:
        self._model, self._history = model, history
        self.recall, self.compare, self.breed, self.more = recall, compare, breed, more
        self._removed = removed

    def fill(self, owner: QWidget, rows: Sequence[int], rename: Callable[[int], object]) -> QMenu:
        """The menu for one snapshot, or for two that are chosen.

        Args:
            owner: The widget it opens in.
            rows: The last one is the one that was pointed at.
            rename: Begins to edit a name in its place.
        """
        menu, row = QMenu(owner), rows[-1]
        menu.addAction(tr("Recall"), lambda: self.recall(row))
        menu.addAction(tr("Rename"), lambda: rename(row))
        starred = self._model.snapshot(row).starred
        star = tr("Take the star off") if starred else tr("Star")
        menu.addAction(star, lambda: self.star(row))
        menu.addSeparator()
        self._fill_two(menu, rows)
        menu.addSeparator()
        menu.addAction(tr("Remove"), lambda: self.remove(row))
        return menu

    def star(self, row: int) -> None:
        """Star one, or take its star off."""
        starred = self._model.snapshot(row).starred
        self._history.do(commands.change_snapshot(row, starred=not starred))

    def remove(self, row: int) -> None:
        """Take one out of the document."""
        before = self._history.document
        self._history.do(commands.drop_snapshot(row))
        self._removed(before, row)

    def _fill_two(self, menu: QMenu, rows: Sequence[int]) -> None:
        if len(rows) == 2:
            first, second = rows
            menu.addAction(tr("Compare the two"), lambda: self.compare(first, second))
            menu.addAction(tr("Breed the two…"), lambda: self.breed(first, second))
            menu.addAction(tr("More of this change"), lambda: self.more(first, second))
            return
        row = rows[-1]
        is_now = row == self._model.current_row()
        for words, run in (
            (tr("Compare with the picture now"), self.compare),
            (tr("Breed with the picture now…"), self.breed),
            (tr("More of the change since then"), self.more),
        ):
            action = menu.addAction(words, partial(run, row, NOW))
            action.setEnabled(not is_now)
