"""The grid of variations in the place of the canvas, with what it says of itself."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from latentstudio.document.state import Picture
from latentstudio.render.messages import Pixels
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.theme import set_role, set_tone, theme
from latentstudio.ui.variations.grid import TileGrid
from latentstudio.ui.variations.large import LargeView
from latentstudio.ui.variations.words import caption, counts, made_in
from latentstudio.ui.variations.work import VariationWork
from latentstudio.ui.widgets.canvas_page import CanvasPage
from latentstudio.ui.widgets.labels import ElidedLabel
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.words import tr

_MARGIN, _FOOT, _CAPTION = 16, 30, 26


class VariationsPage(CanvasPage):
    """Covers the canvas while the grid is open; messages lie above it.

    `told` says how long drawing took.
    """

    told = Signal(str)

    def __init__(self, work: VariationWork, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._work = work
        self._shown = -1
        self.grid = TileGrid(work, self)
        self.large = LargeView(self)
        self._caption = ElidedLabel("label", "hud", centred=True)  # names may be long
        self._caption.setParent(self)
        self._counts, self._trouble = bare(), bare()
        set_role(self._counts, "caption")
        set_role(self._trouble, "body")
        for words in (self._counts, self._trouble):
            words.setParent(self)
            set_tone(words, "hud")
        self._trouble.setAlignment(Qt.AlignmentFlag.AlignCenter)
        self._trouble.setWordWrap(True)
        self.setFocusProxy(self.grid)
        work.opened.connect(self._open)
        work.changed.connect(self._say)
        work.tile_changed.connect(lambda _: self._say())
        work.large_ready.connect(self._larger)
        self.grid.looked_at.connect(self._look)
        theme().changed.connect(self._place)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(self.rect(), theme().current().color("canvas"))
        painter.end()

    def _open(self, opened: bool) -> None:
        if opened:
            self._place()
            self.raise_()
        self.setVisible(opened)
        if opened:
            self.grid.setFocus(Qt.FocusReason.OtherFocusReason)
        else:
            self.large.hide()
            self.told.emit("")

    def _free(self) -> QRect:
        return self.rect().adjusted(0, 0, -self._cover, 0)

    def _place(self) -> None:
        self.setGeometry(self._canvas.rect())
        free = self._free()
        room = free.adjusted(_MARGIN, 12, -_MARGIN, -_FOOT - _CAPTION)
        self.grid.setGeometry(room)
        self._counts.setGeometry(14, free.height() - 24, free.width() - 28, 20)
        self._trouble.setGeometry(free.adjusted(40, 40, -40, -40))
        self._place_caption()

    def _place_caption(self) -> None:
        free, tiles = self._free(), self.grid.tiles
        below = self.grid.y() + tiles.whole.bottom() + 4 if tiles is not None else 0
        top = min(below, free.height() - _FOOT - _CAPTION + 4)
        self._caption.setGeometry(free.left() + 8, top, free.width() - 16, _CAPTION)

    def _say(self) -> None:
        work = self._work
        asked = work.asked
        trouble = work.trouble
        if asked is None and work.is_open and not trouble:
            trouble = tr("Directions are still on their way; random steps need none.")
        self._trouble.setText(trouble)
        self._trouble.setVisible(bool(trouble))
        self.grid.setVisible(not trouble)
        self._caption.say("" if asked is None or trouble else caption(asked))
        self._place_caption()
        self._counts.setText(counts(tile.state for tile in work.tiles.values()))
        done = asked is not None and work.seconds > 0
        self.told.emit(made_in(len(work.tiles), work.seconds) if done else "")

    # Large

    def _look(self, cell: int) -> None:
        self._shown = cell
        picture, tiles = self.grid.picture(cell), self.grid.tiles
        if cell < 0 or picture is None or tiles is None:
            self.large.hide()
            return
        tile = tiles.box(cell).translated(self.grid.pos())
        space = self._free().adjusted(8, 8, -8, -8)
        self.large.show_beside(picture, tile, space)
        longer = max(self.large.width(), self.large.height())
        self._work.want_large(cell, round(longer * self.devicePixelRatioF()))

    def _larger(self, picture: Picture, pixels: Pixels) -> None:
        known = self._work.pictures
        if 0 <= self._shown < len(known) and known[self._shown] == picture:
            self.large.replace(to_pixmap(pixels))
