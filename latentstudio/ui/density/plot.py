"""The histogram of the reference, the shell, and where the picture is."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import QPointF, Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QGraphicsView, QWidget

from latentstudio.session.messages import Reading, ReferenceCurve
from latentstudio.ui.density.words import plot_words
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.words import tr

_HEIGHT = 210
_TOP, _BOTTOM = 1.22, -0.42  # of the highest bar: room for labels, room for the walk
_WALK = (-0.07, -0.33)  # where the walk begins and ends
_HEAD = 0.98
_CAPTION = "on the shell: 95 of 100 samples"
_SHORT_CAPTION = "shell: 95 of 100"


class DensityPlot(pg.PlotWidget):  # type: ignore[misc]
    """Shows a reference curve and readings on it; the mouse passes through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent, background=None)
        self._curve: ReferenceCurve | None = None
        self._reading: Reading | None = None
        self._trail: tuple[float, ...] = ()
        self.setFixedHeight(_HEIGHT)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.setViewportUpdateMode(QGraphicsView.ViewportUpdateMode.FullViewportUpdate)
        item = self.getPlotItem()
        item.setMenuEnabled(False)
        item.hideButtons()
        item.setMouseEnabled(False, False)
        item.hideAxis("left")
        item.getViewBox().setDefaultPadding(0)
        item.setContentsMargins(0, 0, 0, 0)
        theme().changed.connect(self._draw_all)

    def show_curve(self, curve: ReferenceCurve) -> None:
        """Show another reference."""
        self._curve = curve
        self._draw_all()

    def show_reading(self, reading: Reading | None, trail: tuple[float, ...]) -> None:
        """Show where the picture is now and how it came there."""
        self._reading, self._trail = reading, trail
        if self._curve is None:
            return
        self._frame()
        self._draw_now()
        self.setAccessibleName(plot_words(reading, self._curve))

    # The part that stays

    def _draw_all(self) -> None:
        if self._curve is None:
            return
        self.clear()
        self._now: list[pg.GraphicsObject] = []
        tokens = theme().current()
        self._top = float(max(1.0, self._curve.counts.max()))
        self._draw_shell(self._curve)
        self._draw_bars(self._curve)
        base = pg.InfiniteLine(0, angle=0, pen=pg.mkPen(tokens.color("line2"), width=1))
        self.addItem(base)
        self._label(tr("Walk"), "tx3", "caption", (0.0, 0.5))
        axis = self.getPlotItem().getAxis("bottom")
        axis.setPen(QPen(Qt.PenStyle.NoPen))
        axis.setTextPen(tokens.color("tx3"))
        axis.setStyle(tickFont=theme().font("caption"), tickLength=0, tickAlpha=0, tickTextOffset=4)
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
        dashed = pg.mkPen(tokens.color("ok"), width=1.2, dash=[3, 3])
        for end in curve.shell:
            line = pg.PlotCurveItem([end, end], [_BOTTOM * self._top, 1.08 * self._top], pen=dashed)
            self.addItem(line)
        words = pg.TextItem(tr(_CAPTION), anchor=(0.5, 0.5))
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

    def _label(self, text: str, tone: str, role: str, anchor: tuple[float, float]) -> None:
        made = pg.TextItem(text, anchor=anchor)
        made.setFont(theme().font("caption"))
        made.setColor(theme().current().color(tone))
        self._walk = made
        self.addItem(made, ignoreBounds=True)

    # The part that moves

    def _frame(self) -> None:
        """Fit the range to the reference and, within reason, to where the walk went."""
        assert self._curve is not None
        low, high = float(self._curve.edges[0]), float(self._curve.edges[-1])
        wide = self._curve.limit[1] - self._curve.limit[0]
        places = [*self._trail] + ([self._reading.coordinate] if self._reading else [])
        low = max(min([low, *places]), low - wide)
        high = min(max([high, *places]), high + wide)
        pad = (high - low) * 0.04
        self.setXRange(low - pad, high + pad, padding=0)
        self.setYRange(_BOTTOM * self._top, _TOP * self._top, padding=0)
        self._walk.setPos(low - pad, sum(_WALK) / 2 * self._top)
        self._span = (low, high)

    def _draw_now(self) -> None:
        for item in self._now:
            self.removeItem(item)
        self._now = []
        if self._reading is None:
            return
        tone = "tx" if self._reading.state == "on" else "warn"
        x = self._inside(self._reading.coordinate)
        color = theme().current().color(tone)
        self._draw_trail(x)
        self._add(
            pg.PlotCurveItem(
                [x, x], [_WALK[1] * self._top, _HEAD * self._top], pen=pg.mkPen(color, width=2)
            )
        )
        mark = pg.ScatterPlotItem([x], [_WALK[1] * self._top], symbol="d", size=12)
        mark.setBrush(color)
        mark.setPen(QPen(Qt.PenStyle.NoPen))
        self._add(mark)
        self._draw_words(x, tone)

    def _draw_trail(self, now: float) -> None:
        points = [self._inside(p) for p in self._trail]
        if len(points) < 2:
            return
        tokens = theme().current()
        begin, end = (part * self._top for part in _WALK)
        heights = np.linspace(begin, end, len(points))
        pen = pg.mkPen(tokens.color("tx"), width=1.5)
        self._add(pg.PlotCurveItem(points, heights, pen=pen, antialias=True))
        start = pg.ScatterPlotItem([points[0]], [begin], symbol="o", size=8)
        start.setBrush(tokens.color("panel"))
        start.setPen(pg.mkPen(tokens.color("tx"), width=1.8))
        self._add(start)

    def _draw_words(self, x: float, tone: str) -> None:
        """Beside the shell with a line to the marker; above the marker where it is outside."""
        assert self._reading is not None
        assert self._curve is not None
        color = theme().current().color(tone)
        low, high = self._span
        inside = self._reading.state == "on"
        text = tr("now %1").replace("%1", f"{self._reading.coordinate:.1f}")
        words = pg.TextItem(text, anchor=(0.0 if inside else _lean(x, low, high), 0.5))
        words.setFont(theme().font("title"))
        words.setColor(color)
        y = (0.93 if inside else 1.15) * self._top
        place = max(x, self._curve.shell[1]) + 0.02 * (high - low) if inside else x
        words.setPos(QPointF(place, y))
        self._add(words)
        if inside:
            self._add(pg.PlotCurveItem([x, place], [y, y], pen=pg.mkPen(color, width=1.2)))
        self._caption.setText(tr(_CAPTION if inside else _SHORT_CAPTION))

    def _inside(self, coordinate: float) -> float:
        return min(self._span[1], max(self._span[0], coordinate))

    def _add(self, item: object) -> None:
        self._now.append(item)
        self.addItem(item)


def _lean(x: float, low: float, high: float) -> float:
    """Anchor of a text over `x` that keeps it inside: 0.5 in the middle, 0 or 1 at the sides."""
    share = (x - low) / max(1e-9, high - low)
    if share < 0.12:
        return 0.0
    return 1.0 if share > 0.88 else 0.5
