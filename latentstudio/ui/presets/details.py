"""One preset: licence, notes, whether it fits, and a row for each thing in it."""

from pathlib import Path

from PySide6.QtCore import Qt, Signal
from PySide6.QtWidgets import QHBoxLayout, QVBoxLayout, QWidget

from latentstudio.core.texts import one_line
from latentstudio.exchange.presets.fit import Fit
from latentstudio.store.preset_cards import PresetCard
from latentstudio.store.preset_inside import Inside
from latentstudio.ui.presets import words
from latentstudio.ui.presets.detail_row import Row
from latentstudio.ui.theme import icon
from latentstudio.ui.widgets.labels import ElidedLabel, label, rule
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.scroll_column import ScrollColumn

_MOST_ROWS = 200


class Details(QWidget):
    """Shows a card; a look is chosen by pressing its row."""

    look_chosen = Signal(str)

    def __init__(self) -> None:
        super().__init__()
        self.look = ""
        self._path: Path | None = None
        self.title = ElidedLabel("title")
        self.licence = ElidedLabel("caption", "tx2", at_right=True)
        self.notes = label("", "label", "tx2", wrap=True)
        self.fit = label("", "label", "tx", wrap=True)
        self._mark = bare()
        self._count = label("", "label", "tx")
        self._rows = QWidget()
        self._column = QVBoxLayout(self._rows)
        self._column.setContentsMargins(12, 0, 12, 8)
        self._column.setSpacing(4)
        self.rows: list[Row] = []
        self._arrange()

    def show_card(self, card: PresetCard | None, fits: Fit | None, *, tried: bool = False) -> None:
        """Show a preset, or nothing; `tried` is one of another model that is in use."""
        self._path = None if card is None else card.path
        self.setVisible(card is not None)
        if card is None:
            return
        self.title.say(one_line(card.name))
        self.licence.say(one_line(card.licence))
        self.notes.setText(card.problem or card.notes)
        self.notes.setVisible(bool(self.notes.text()))
        mark, tone, said = words.fit_words(fits, tried=tried)
        self._mark.setPixmap(icon(mark, tone).pixmap(16, 16))
        self.fit.setText(said)
        for part in (self.fit, self._mark):
            part.setVisible(not card.problem)
        self._count.setText(words.count_words(card))
        self._count.setVisible(not card.problem)
        self._show_rows(card)

    def _show_rows(self, card: PresetCard) -> None:
        for row in self.rows:
            self._column.removeWidget(row)
            row.deleteLater()
        self.look = card.looks[0].id if card.looks else ""
        self.rows = [
            Row(look.id, words.LOOK_ICON, words.look_words(look), card.previews, look=True)
            for look in card.looks[:_MOST_ROWS]
        ]
        self.rows += [
            Row(one.id, words.ICONS[one.kind], words.row_words(one), card.previews)
            for one in card.directions[:_MOST_ROWS]
        ]
        for row, one in zip(self.rows[len(card.looks) :], card.directions, strict=False):
            row.explain(words.useful_words(one))
        for row in self.rows:
            row.pressed.connect(self._choose)
            self._column.insertWidget(self._column.count() - 1, row)
        self._mark_look()

    def show_inside(self, inside: Inside) -> None:
        """Show masks and points of the preset that is shown."""
        if self._path != inside.path:
            return
        for row in self.rows:
            mask, count = inside.masks.get(row.id), inside.points.get(row.id)
            if mask is not None:
                row.thumb.show_mask(mask)
            if count is not None and not row.look:
                row.say_points(count)

    def _choose(self, id: str) -> None:
        self.look = id
        self._mark_look()
        self.look_chosen.emit(id)

    def _mark_look(self) -> None:
        looks = [row for row in self.rows if row.look]
        for row in looks:
            row.set_chosen(row.id == self.look and len(looks) > 1)

    def _arrange(self) -> None:
        head = QHBoxLayout()
        head.setContentsMargins(12, 8, 12, 0)
        head.addWidget(self.title, 1)
        head.addWidget(self.licence)
        notes = QVBoxLayout()
        notes.setContentsMargins(12, 2, 12, 0)
        notes.addWidget(self.notes)
        fits = QHBoxLayout()
        fits.setContentsMargins(12, 4, 12, 8)
        fits.setSpacing(6)
        fits.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignTop)
        fits.addWidget(self.fit, 1)
        count = QVBoxLayout()
        count.setContentsMargins(12, 8, 12, 6)
        count.addWidget(self._count)
        self._column.addStretch(1)
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(0)
        column.addLayout(head)
        column.addLayout(notes)
        column.addLayout(fits)
        column.addWidget(rule())
        column.addLayout(count)
        column.addWidget(ScrollColumn(self._rows), 1)
