"""The strip that a preset will show: the film of the first direction that is saved."""

from collections.abc import Sequence

from PySide6.QtCore import QRect, QSize
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from latentstudio.ui.directions.board import Board
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.words import tr

_SIDE = 56
_FRAMES = 3
_GAP = 2


class FilmStrip(QWidget):
    """Three frames, as in the row of the direction; grey until they are made."""

    def __init__(self, board: Board) -> None:
        super().__init__()
        self._board = board
        self._ids: tuple[str, ...] = ()
        self.setAccessibleName(tr("Preview"))
        self.setFixedHeight(_SIDE)
        board.row_changed.connect(lambda _: self.update())

    def show_ids(self, ids: Sequence[str]) -> None:
        """Show the first of these directions whose film is known."""
        self._ids = tuple(ids)
        self.update()

    def sizeHint(self) -> QSize:
        return QSize(_FRAMES * (_SIDE + _GAP) - _GAP, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        films = (self._board.frames(id, _FRAMES) for id in self._ids)
        film = next((found for found in films if found), None)
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.SmoothPixmapTransform)
        for number in range(_FRAMES):
            place = QRect(number * (_SIDE + _GAP), 0, _SIDE, _SIDE)
            if film is None or number >= len(film):
                painter.fillRect(place, theme().current().color("ctl"))
            else:
                painter.drawPixmap(place, film[number])
        painter.end()
