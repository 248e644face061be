"""Where each walk leads: distance against amount, the shell as a band, percentiles at its side."""

from collections.abc import Mapping

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget

from latentstudio.core.walk import Walk
from latentstudio.render.messages import WalkPicture
from latentstudio.ui.density.walk_words import NAMES
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.quiet_plot import QuietPlot
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import plain, short, tr

_HEIGHT = 230
LOOKS: Mapping[Walk, tuple[str, Qt.PenStyle]] = {
    "straight": ("warn", Qt.PenStyle.SolidLine),
    "preserve": ("acc", Qt.PenStyle.SolidLine),
    "geodesic": ("tx", Qt.PenStyle.DashLine),
}
"""Colour and line of each walk; where two lie on each other both are seen."""


class WalkPlot(QuietPlot):
    """Shows a `WalkPicture` and a line at the slider's place."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_HEIGHT, parent)
        for side in ("left", "bottom"):  # until there is something to measure on them
            self.getPlotItem().hideAxis(side)

    def show_walks(self, found: WalkPicture, now: float) -> None:
        """Show curves, and where the slider stands."""
        self.clear()
        tokens = theme().current()
        region = pg.LinearRegionItem(
            found.shell,
            orientation="horizontal",
            movable=False,
            brush=tokens.color("ok", 0.14),
            pen=QPen(Qt.PenStyle.NoPen),
        )
        region.setZValue(-10)
        self.addItem(region)
        for curve in found.curves:
            role, line = LOOKS[curve.walk]
            pen = pg.mkPen(tokens.color(role), width=2, style=line)
            self.addItem(
                pg.PlotCurveItem(np.array(found.amounts), np.array(curve.coordinates), pen=pen)
            )
        pen = pg.mkPen(tokens.color("tx3"), width=1, dash=[2, 3])
        self.addItem(pg.InfiniteLine(now, pen=pen))
        self._fit(found)
        self._name_axes(found)
        self.setAccessibleName(_spoken(found))

    def _fit(self, found: WalkPicture) -> None:
        values = [c for curve in found.curves for c in curve.coordinates] + list(found.limit)
        low, high = min(values), max(values)
        room = 0.06 * (high - low)
        self.setYRange(low - room, high + room, padding=0)
        self.setXRange(found.amounts[0], found.amounts[-1], padding=0.02)

    def _name_axes(self, found: WalkPicture) -> None:
        tokens, item = theme().current(), self.getPlotItem()
        percent = [(c, tr("%1 %").replace("%1", plain(p))) for c, p in found.ticks]
        item.getAxis("left").setTicks([percent])
        item.getAxis("bottom").setTicks([[(a, short(a)) for a in found.shown]])
        for side in ("left", "bottom"):
            axis = item.getAxis(side)
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTextPen(tokens.color("tx3"))
            axis.show()
            axis.setStyle(tickFont=theme().font("caption"), tickLength=0, tickTextOffset=6)
        item.getAxis("left").setWidth(52)


def _spoken(found: WalkPicture) -> str:
    """The plot for people who can't see it."""
    parts = []
    for curve in found.curves:
        inside = [found.shell[0] <= c <= found.shell[1] for c in curve.coordinates]
        share = round(100 * sum(inside) / len(inside))
        words = tr("%1: %2 of 100 places on the shell")
        parts.append(words.replace("%1", shown(NAMES[curve.walk])).replace("%2", str(share)))
    return ". ".join(parts)
