"""The histogram of the reference, the shell, and where the picture is."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsView, QWidget

from latentstudio.core.marked import marked
from latentstudio.core.reading import Reading, ReferenceCurve
from latentstudio.ui.density.now import WALK, NowMarker
from latentstudio.ui.density.words import plot_words
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.quiet_plot import QuietPlot
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr

_HEIGHT = 206
_TOP, _BOTTOM = 1.22, -0.42  # of the highest bar: room for labels, room for the walk
_CAPTION = marked("on the shell: 95 of 100 samples")
_SHORT_CAPTION = marked("shell: 95 of 100")


class DensityPlot(QuietPlot):
    """Shows a reference curve and readings on it; the mouse passes through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_HEIGHT, parent)
        self._curve: ReferenceCurve | None = None
        self._reading: Reading | None = None
        self._trail: tuple[float, ...] = ()
        self._now: NowMarker | None = None
        self._range = (0.0, 0.0)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        self.getPlotItem().hideAxis("left")
        theme().changed.connect(self._draw_all)

    def show_curve(self, curve: ReferenceCurve) -> None:
        """Show another reference."""
        self._curve = curve
        self._reading, self._trail = None, ()
        self._draw_all()

    def show_reading(self, reading: Reading | None, trail: tuple[float, ...]) -> None:
        """Show where the picture is now and how it came there."""
        self._reading, self._trail = reading, trail
        self._draw_now()
        if self._curve is not None:
            self.setAccessibleName(plot_words(reading, self._curve))

    # The part that stays

    def _draw_all(self) -> None:
        if self._curve is None:
            return
        self.clear()
        tokens = theme().current()
        self._top = float(max(1.0, self._curve.counts.max()))
        self._draw_shell(self._curve)
        self._draw_bars(self._curve)
        base = pg.InfiniteLine(0, angle=0, pen=pg.mkPen(tokens.color("line2"), width=1))
        self.addItem(base)
        self._walk = pg.TextItem(tr("Walk"), anchor=(0.0, 0.5))
        self._walk.setFont(theme().font("caption"))
        self._walk.setColor(tokens.color("tx3"))
        self.addItem(self._walk, ignoreBounds=True)
        axis = self.getPlotItem().getAxis("bottom")
        axis.setPen(QPen(Qt.PenStyle.NoPen))
        axis.setTextPen(tokens.color("tx3"))
        axis.setStyle(tickFont=theme().font("caption"), tickLength=0, tickAlpha=0, tickTextOffset=4)
        self.setYRange(_BOTTOM * self._top, _TOP * self._top, padding=0)
        self._range = (0.0, 0.0)
        self._fit(self._curve, float(self._curve.edges[0]))
        self._now = NowMarker(self, self._top, self._curve.shell)
        self.show_reading(self._reading, self._trail)

    def _draw_shell(self, curve: ReferenceCurve) -> None:
        tokens = theme().current()
        region = pg.LinearRegionItem(
            curve.shell,
            movable=False,
            brush=tokens.color("ok", 0.12),
            pen=QPen(Qt.PenStyle.NoPen),
            span=(0.0, (1.08 - _BOTTOM) / (_TOP - _BOTTOM)),
        )
        region.setZValue(-10)
        self.addItem(region)
        dashed = pg.mkPen(tokens.color("ok"), width=1, dash=[3, 3])
        for end in curve.shell:
            line = pg.PlotCurveItem([end, end], [_BOTTOM * self._top, 1.08 * self._top], pen=dashed)
            self.addItem(line)
        words = pg.TextItem(shown(_CAPTION), anchor=(0.5, 0.5))
        words.setFont(theme().font("caption"))
        words.setColor(tokens.color("tx2"))
        words.setPos(sum(curve.shell) / 2, 1.15 * self._top)
        self._caption = words
        self.addItem(words)

    def _draw_bars(self, curve: ReferenceCurve) -> None:
        tokens = theme().current()
        middles = (curve.edges[1:] + curve.edges[:-1]) / 2
        width = float(np.diff(curve.edges).mean()) * 0.8
        inside = (middles >= curve.shell[0]) & (middles <= curve.shell[1])
        for zone, role, opacity in ((inside, "ok", 0.85), (~inside, "bar", 1.0)):
            bars = pg.BarGraphItem(
                x=middles[zone],
                height=curve.counts[zone],
                width=width,
                brush=tokens.color(role, opacity),
                pen=QPen(Qt.PenStyle.NoPen),
            )
            self.addItem(bars)

    # The part that moves

    def _draw_now(self) -> None:
        if self._curve is None or self._now is None:
            return
        if self._reading is None:
            self._now.hide()
            return
        span = self._fit(self._curve, self._reading.coordinate)
        self._now.show(self._reading, self._trail, span)
        on = self._reading.state == "on"
        self._caption.setText(shown(_CAPTION if on else _SHORT_CAPTION))
        self._make_room(self._curve.shell, self._reading.coordinate)

    def _make_room(self, shell: tuple[float, float], now: float) -> None:
        """The caption leans away from a picture just outside, whose number stands beside it."""
        unit = self.getViewBox().viewPixelSize()[0]
        half = self._caption.textItem.boundingRect().width() * unit / 2
        middle = sum(shell) / 2
        if shell[1] < now < middle + half:
            self._caption.setPos(shell[1] - half, 1.15 * self._top)
        elif middle - half < now < shell[0]:
            self._caption.setPos(shell[0] + half, 1.15 * self._top)
        else:
            self._caption.setPos(middle, 1.15 * self._top)

    def _fit(self, curve: ReferenceCurve, now: float) -> tuple[float, float]:
        """Fit the range to the reference and, within reason, to where the walk went."""
        low, high = float(curve.edges[0]), float(curve.edges[-1])
        wide = curve.limit[1] - curve.limit[0]
        low = max(min([low, now, *self._trail]), low - wide)
        high = min(max([high, now, *self._trail]), high + wide)
        pad = (high - low) * 0.04
        if self._range != (low, high):
            self._range = (low, high)
            self.setXRange(low - pad, high + pad, padding=0)
            self._walk.setPos(low - pad, sum(WALK) / 2 * self._top)
        return low, high
