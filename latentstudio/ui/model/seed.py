"""The seed: typed, thrown, or taken again from those of before."""

import random

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QMenu, QWidget

from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.numeric_field import NumericField
from latentstudio.ui.widgets.words import tr

LARGEST = 2**32 - 1
_THROWN = 100_000  # a thrown seed is short enough to remember
_KEPT = 12


class SeedRow(QWidget):
    """Field, dice and a menu of the seeds shown before."""

    asked = Signal(int)

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._recent: list[int] = []
        self.field = NumericField(
            tr("Seed"), 0, LARGEST, form=lambda value: str(int(value)), whole=True
        )
        self.dice = icon_button("dices", tr("New seed"), self._throw)
        self.before = icon_button("rotate-ccw", tr("Seeds before this one"))
        self.menu = QMenu(self.before)
        self.menu.aboutToShow.connect(self._fill)
        self.before.setMenu(self.menu)
        self.before.setPopupMode(self.before.ToolButtonPopupMode.InstantPopup)
        self.before.setEnabled(False)
        self.field.committed.connect(lambda value: self.asked.emit(int(value)))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(4)
        row.addWidget(self.field, 1)
        for button in (self.dice, self.before):
            row.addWidget(button, alignment=Qt.AlignmentFlag.AlignTop)

    @property
    def recent(self) -> tuple[int, ...]:
        """Seeds shown, newest first; the first is the one now."""
        return tuple(self._recent)

    def show_seed(self, seed: int) -> None:
        """Show the document's seed."""
        self.field.show_value(seed)
        if seed in self._recent:
            self._recent.remove(seed)
        self._recent.insert(0, seed)
        del self._recent[_KEPT:]
        self.before.setEnabled(len(self._recent) > 1)

    def _throw(self) -> None:
        self.asked.emit(random.randrange(_THROWN))

    def _fill(self) -> None:
        self.menu.clear()
        for seed in self._recent[1:]:
            action = self.menu.addAction(str(seed))
            action.triggered.connect(lambda _=False, seed=seed: self.asked.emit(seed))
