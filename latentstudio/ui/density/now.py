"""The marker of the picture now: made once for a reference, then only moved."""

import numpy as np
import pyqtgraph as pg
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen

from latentstudio.core.reading import Reading
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.words import fixed, tr

WALK = (-0.07, -0.33)
"""Where the walk begins and ends, as shares of the highest bar."""
_HEAD, _BESIDE, _ABOVE = 0.98, 0.93, 1.15


class NowMarker:
    """Line, diamond, words and trail on a plot. Heights are shares of `top`."""

    def __init__(self, plot: pg.PlotWidget, top: float, shell: tuple[float, float]) -> None:
        self._top, self._shell = top, shell
        self._tone = ""
        tokens = theme().current()
        self._line, self._leader = pg.PlotCurveItem(), pg.PlotCurveItem()
        pen = pg.mkPen(tokens.color("tx"), width=1.5)
        self._trail = pg.PlotCurveItem(pen=pen, antialias=True)
        self._mark = pg.ScatterPlotItem(symbol="d", size=12, pen=QPen(Qt.PenStyle.NoPen))
        self._start = pg.ScatterPlotItem(symbol="o", size=8)
        self._start.setBrush(tokens.color("panel"))
        self._start.setPen(pg.mkPen(tokens.color("tx"), width=1.8))
        self._words = pg.TextItem("", anchor=(0.0, 0.5))
        self._words.setFont(theme().font("title"))
        self._items = (
            self._trail,
            self._line,
            self._leader,
            self._mark,
            self._start,
            self._words,
        )
        for item in self._items:
            plot.addItem(item, ignoreBounds=True)
        self.hide()

    def hide(self) -> None:
        """There is no reading."""
        for item in self._items:
            item.setVisible(False)

    def show(self, now: Reading, trail: tuple[float, ...], span: tuple[float, float]) -> None:
        """Show a reading and the way there; what lies outside `span` stands at its end."""
        self._color("tx" if now.state == "on" else "warn")
        x = min(span[1], max(span[0], now.coordinate))
        self._line.setData([x, x], [WALK[1] * self._top, _HEAD * self._top])
        self._mark.setData([x], [WALK[1] * self._top])
        self._show_words(now, x, span)
        points = np.clip(np.asarray(trail), *span)
        walked = len(points) > 1
        if walked:
            heights = np.linspace(WALK[0] * self._top, WALK[1] * self._top, len(points))
            self._trail.setData(points, heights)
            self._start.setData(points[:1], heights[:1])
        for item in self._items:
            item.setVisible(True)
        self._trail.setVisible(walked)
        self._start.setVisible(walked)
        self._leader.setVisible(now.state == "on")

    def _show_words(self, now: Reading, x: float, span: tuple[float, float]) -> None:
        """Beside the shell with a line to the marker; above the marker where it is outside."""
        inside = now.state == "on"
        text = tr("now %1").replace("%1", fixed(now.coordinate, 1))
        # Farther out than the plot goes: say where it would be.
        arrow = " →" if now.coordinate > span[1] else ""
        self._words.setText(text + arrow)
        self._words.setAnchor((0.0 if inside else _lean(x, self._shell, span), 0.5))
        beside = max(x, self._shell[1]) + 0.02 * (span[1] - span[0])
        y = (_BESIDE if inside else _ABOVE) * self._top
        self._words.setPos(beside if inside else x, y)
        self._leader.setData([x, beside], [y, y])

    def _color(self, tone: str) -> None:
        if tone == self._tone:
            return
        self._tone = tone
        color = theme().current().color(tone)
        self._line.setPen(pg.mkPen(color, width=2))
        self._leader.setPen(pg.mkPen(color, width=1.2))
        self._mark.setBrush(color)
        self._words.setColor(color)


def _lean(x: float, shell: tuple[float, float], span: tuple[float, float]) -> float:
    """Anchor of a text over `x`: away from the shell, whose caption stands at the same height.

    0 begins at `x`, 1 ends there, 0.5 is centred; what would not fit at the plot's side leans in.
    """
    share = (x - span[0]) / max(1e-9, span[1] - span[0])
    if x > shell[1]:
        return 0.0 if share < 0.76 else 0.5 if share < 0.88 else 1.0
    return 1.0 if share > 0.24 else 0.5 if share > 0.12 else 0.0
