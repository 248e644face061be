"""The three columns and how wide they are."""

from PySide6.QtCore import Qt
from PySide6.QtWidgets import QSplitter

from latentstudio.ui.directions.column import DirectionsColumn
from latentstudio.ui.window.centre import Centre
from latentstudio.ui.window.fold import Fold
from latentstudio.ui.window.side import USUAL, Side

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
        self.setSizes([LEFT, width - LEFT - USUAL - 1, USUAL])

    def apply(self, fold: Fold, width: int) -> None:
        """Fold what a window `width` wide has no room for."""
        compact = fold.compact_left
        self._left.set_compact(compact)
        self._left.set_edits_folded(fold.edits_folded)
        self._left.setMinimumWidth(LEFT_COMPACT if compact else LEFT_LEAST)
        self._left.setMaximumWidth(LEFT_COMPACT if compact else LEFT_MOST)
        self._side.set_railed(fold.rail)
        if not self._left.isHidden():
            left, side = LEFT_COMPACT if compact else LEFT, self._side.usual_width
            self.setSizes([left, max(1, width - left - side - 2), side])

    def set_bare(self, bare: bool) -> None:
        """Leave nothing but the canvas, or bring the rest back."""
        self._side.drawer.dismiss()
        self._left.setVisible(not bare)
        self._side.setVisible(not bare)
        self._centre.set_bare(bare)
