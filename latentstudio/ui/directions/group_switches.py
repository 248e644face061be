"""Switches for the groups of channels that a direction works through."""

import math

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from latentstudio.ui.directions.board import Board
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.chip import Chip
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr

_WORDS = 56
_SIDE, _HIGH, _GAP = 30, 24, 4


def switches_height(count: int, width: float, text_scale: float = 1.0) -> int:
    """How high the switches of `count` groups are where they may take `width`; 0 without any."""
    if not count:
        return 0
    lines = math.ceil(count / _per_line(width, text_scale))
    return round(lines * (_HIGH * text_scale + _GAP))


class GroupSwitches(QWidget):
    """One numbered chip a group; a filled one is on. Every press is a command."""

    def __init__(self, board: Board, parent: QWidget) -> None:
        super().__init__(parent)
        self._board = board
        self._id = ""
        self.chips: dict[int, Chip] = {}

    def refresh(self, id: str) -> None:
        """Show the groups of a direction."""
        switches = self._board.rows.groups(id)
        if (self._id, list(self.chips)) != (id, list(switches)):
            self._rebuild(id, tuple(switches))
        name = self._board.name(id)
        for group, chip in self.chips.items():
            chip.setChecked(switches[group])
            words = tr("Switch group %1 off") if switches[group] else tr("Switch group %1 on")
            set_tip(chip, words.replace("%1", str(group + 1)))
            state = tr("on") if switches[group] else tr("off")
            chip.setAccessibleName(
                tr("Group %1 of %2").replace("%1", str(group + 1)).replace("%2", name)
                + f", {state}"
            )

    def resizeEvent(self, event: object) -> None:
        self._place()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setFont(theme().font("caption"))
        painter.setPen(theme().current().color("tx3"))
        line = QRectF(0, 0, _WORDS * theme().text_scale, _HIGH * theme().text_scale)
        painter.drawText(line, Qt.AlignmentFlag.AlignVCenter, tr("Channels"))
        painter.end()

    def _rebuild(self, id: str, groups: tuple[int, ...]) -> None:
        for chip in self.chips.values():
            chip.hide()
            chip.deleteLater()
        self._id = id
        self.chips = {group: Chip(str(group), str(group + 1), self) for group in groups}
        for group, chip in self.chips.items():
            chip.clicked.connect(
                lambda _=False, g=group: self._board.commands.toggle_group(self._id, g)
            )
            chip.show()
        self._place()

    def _place(self) -> None:
        scale = theme().text_scale
        per_line = _per_line(self.width(), scale)
        for number, chip in enumerate(self.chips.values()):
            line, place = divmod(number, per_line)
            left = (_WORDS + place * (_SIDE + _GAP)) * scale
            chip.setGeometry(
                round(left),
                round(line * (_HIGH * scale + _GAP)),
                round(_SIDE * scale),
                round(_HIGH * scale),
            )


def _per_line(width: float, text_scale: float) -> int:
    return max(1, int((width / text_scale - _WORDS + _GAP) / (_SIDE + _GAP)))
