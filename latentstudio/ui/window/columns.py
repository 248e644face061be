"""The three columns and how wide they are."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from latentstudio.ui.directions.column import DirectionsColumn
from latentstudio.ui.window.centre import Centre
from latentstudio.ui.window.fold import Fold
from latentstudio.ui.window.side import LEAST, MOST, USUAL, Side

LEFT, LEFT_LEAST, LEFT_MOST, LEFT_COMPACT = 343, 280, 480, 299


class Columns(QSplitter):
    """Directions, the canvas, the panels; the middle takes what is left over."""

    def __init__(self, left: DirectionsColumn, centre: Centre, side: Side, width: int) -> None:
        super().__init__(Qt.Orientation.Horizontal)
        self._left, self._centre, self._side = left, centre, side
        self.setHandleWidth(1)
        self.setChildrenCollapsible(False)
        for number, part in enumerate((left, centre, side)):
            self.addWidget(part)
            self.setStretchFactor(number, int(number == 1))
        left.setMinimumWidth(LEFT_LEAST)
        left.setMaximumWidth(LEFT_MOST)
        self._wide = (LEFT, 0)
        """Of the left column, and of the right one where it was changed."""
        self._compact = False
        self.setSizes([LEFT, width - LEFT - USUAL - 1, USUAL])
        self.splitterMoved.connect(lambda *_: self._moved())

    @property
    def widths(self) -> tuple[int, int]:
        """How wide the artist has made the left column and the right one, 0 for as it comes."""
        left, side = self._wide
        return (0 if left == LEFT else left, side)

    def set_widths(self, left: int, side: int) -> None:
        """Make the columns so wide, as far as they can be; 0 is as they come."""
        wide = min(max(left, LEFT_LEAST), LEFT_MOST) if left else LEFT
        self._wide = (wide, min(max(side, LEAST), MOST) if side else 0)
        self._share(self.width())

    def _moved(self) -> None:
        left, _, side = self.sizes()
        if not self._left.isHidden():
            usual = side == self._side.usual_width
            self._wide = (
                self._wide[0] if self._compact else left,
                self._wide[1] if self._side.railed else 0 if usual else side,
            )

    def _share(self, width: int) -> None:
        if not self._left.isHidden():
            left = LEFT_COMPACT if self._compact else self._wide[0]
            railed = self._side.railed or not self._wide[1]
            side = self._side.usual_width if railed else self._wide[1]
            self.setSizes([left, max(1, width - left - side - 2), side])

    def apply(self, fold: Fold, width: int) -> None:
        """Fold what a window `width` wide has no room for."""
        compact = fold.compact_left
        self._left.set_compact(compact)
        self._left.set_edits_folded(fold.edits_folded)
        self._left.setMinimumWidth(LEFT_COMPACT if compact else LEFT_LEAST)
        self._left.setMaximumWidth(LEFT_COMPACT if compact else LEFT_MOST)
        self._side.set_railed(fold.rail)
        self._compact = compact
        self._share(width)

    def set_bare(self, bare: bool) -> None:
        """Leave nothing but the canvas, or bring the rest back."""
        self._side.drawer.dismiss()
        self._left.setVisible(not bare)
        self._side.setVisible(not bare)
        self._centre.set_bare(bare)
