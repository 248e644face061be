"""Curves of a run that learns: what is made small, and how often directions are recognised."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QFontMetrics, QPen
from PySide6.QtWidgets import QWidget

from latentstudio.core.marked import marked
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.quiet_plot import QuietPlot
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import fixed, grouped, percent, plain, tr

_HEIGHT = 128
_MOST = 90  # points of a raw curve: one for every three pixels
_LEAST_BACK = 10
_FADED = 0.28
_ROOM = 0.18  # of the height, what a name above its curve needs
_WORDS = {
    "which": marked("which one"),
    "size": marked("how far"),
    "loss": marked("loss"),
    "accuracy": marked("recognised"),
}
Floats = NDArray[np.float64]


def smooth(values: Sequence[float]) -> Floats:
    """A running mean that looks back a tenth of the run, at least ten points: (N,) to (N,)."""
    raw = np.array(values, dtype=np.float64)
    width = min(len(raw), max(_LEAST_BACK, len(raw) // 10))
    sums = np.concatenate([[0.0], np.cumsum(raw)])
    ends = np.arange(len(raw)) + 1
    starts = np.maximum(0, ends - width)
    mean: Floats = (sums[ends] - sums[starts]) / (ends - starts)
    return mean


def coarse(steps: Sequence[int], values: Sequence[float]) -> tuple[Floats, Floats]:
    """Means of neighbours, few enough to be a line on the screen and no block: steps and values."""
    parts = np.array_split(np.arange(len(values)), min(len(values), _MOST) or 1)
    raw, at = np.array(values, dtype=np.float64), np.array(steps, dtype=np.float64)
    x = np.array([at[part].mean() for part in parts])
    y: Floats = np.array([raw[part].mean() for part in parts])
    return x, y


def ticks(low: float, high: float, most: int = 5) -> list[float]:
    """Round numbers that cover a range, a step of 1, 2 or 5 tenths apart; at most so many."""
    span = max(high - low, abs(high) * 1e-3, 1e-9)
    ten = 10.0 ** math.floor(math.log10(span / most))
    for step in (ten, 2 * ten, 5 * ten, 10 * ten, 20 * ten):
        first, last = math.floor(low / step + 1e-9), math.ceil(high / step - 1e-9)
        last = max(last, first + 1)
        if last - first < most:
            return [number * step for number in range(first, last + 1)]
    return [low, high]


class RunCurves(QuietPlot):
    """One or two curves over the steps; the mouse passes through."""

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(_HEIGHT, parent)
        self._shown: tuple[Sequence[int], Mapping[str, Sequence[float]], int, bool] | None = None
        self.setFocusPolicy(Qt.FocusPolicy.NoFocus)
        theme().changed.connect(self._draw)

    def show_curves(
        self, steps: Sequence[int], curves: Mapping[str, Sequence[float]], last: int, *, share: bool
    ) -> None:
        """Show curves by name over `steps`, on an axis up to `last`; shares are in percent."""
        self._shown = (steps, curves, last, share)
        said = [f"{_name(name)} {plain(values[-1])}" for name, values in curves.items() if values]
        self.setAccessibleName(tr("Curves: %1").replace("%1", ", ".join(said)))
        self._draw()

    def _draw(self) -> None:
        self.clear()
        if self._shown is None or not self._shown[0]:
            return
        steps, curves, last, share = self._shown
        lines = {name: smooth(values) for name, values in curves.items()}
        raws = {name: coarse(steps, values) for name, values in curves.items()}
        marks = [0.0, 0.5, 1.0] if share else _marks(lines, raws)
        low, high = marks[0], marks[-1]
        self.setYRange(low, high, padding=0)
        self.setXRange(0, last * 1.0, padding=0)
        self._dress_axes(marks, last, share)
        x = np.array(steps, dtype=np.float64)
        tokens = theme().current()
        ends = {name: float(line[-1]) for name, line in lines.items()}
        for number, name in enumerate(curves):
            color = tokens.color("tx2" if number else "acc")
            style = [4, 3] if number else None
            faded = tokens.color("tx2" if number else "acc", _FADED)
            self.plot(*raws[name], pen=pg.mkPen(faded, width=1))
            self.plot(x, lines[name], pen=pg.mkPen(color, width=2, dash=style))
            room = (high - ends[name]) / (high - low) > _ROOM
            above = room and ends[name] == max(ends.values())
            self._name_end(name, (float(x[-1]), ends[name]), last, number, above=above)

    def _name_end(
        self, name: str, end: tuple[float, float], last: int, number: int, *, above: bool
    ) -> None:
        """Write a curve's name at its end, above or below it."""
        tokens = theme().current()
        late = end[0] > last * 0.7
        words = pg.TextItem(_name(name), anchor=(1.0 if late else 0.0, 1.0 if above else 0.0))
        words.setFont(theme().font("caption"))
        words.setColor(tokens.color("tx2" if number else "tx"))
        words.setPos(*end)
        self.addItem(words, ignoreBounds=True)

    def _dress_axes(self, marks: Sequence[float], last: int, share: bool) -> None:
        tokens = theme().current()
        for side in ("bottom", "left"):
            axis = self.getPlotItem().getAxis(side)
            axis.setPen(QPen(Qt.PenStyle.NoPen))
            axis.setTextPen(tokens.color("tx3"))
            axis.setStyle(
                tickFont=theme().font("caption"),
                tickLength=0,
                tickTextOffset=4,
                hideOverlappingLabels=False,
            )
        metrics = QFontMetrics(theme().font("caption"))
        digits = max(0, -math.floor(math.log10(marks[1] - marks[0]) + 1e-9))
        texts = [percent(mark) if share else fixed(mark, digits) for mark in marks]
        widest = max(map(metrics.horizontalAdvance, texts))
        end = metrics.horizontalAdvance(grouped(last)) // 2 + 2
        # Labels stand in the middle of their ticks: half of one above, and half of the last beside.
        self.getPlotItem().layout.setContentsMargins(0, metrics.height() // 2 + 2, end, 2)
        self.getPlotItem().getAxis("left").setWidth(widest + 18)
        steps = [(n, grouped(n)) for n in (0, last // 2, last)]
        self.getPlotItem().getAxis("bottom").setTicks([steps])
        self.getPlotItem().getAxis("left").setTicks([list(zip(marks, texts, strict=True))])
        for mark in marks:
            pen = pg.mkPen(tokens.color("line"), width=1)
            self.addItem(pg.InfiniteLine(mark, angle=0, pen=pen))


def _marks(lines: Mapping[str, Floats], raws: Mapping[str, tuple[Floats, Floats]]) -> list[float]:
    """Ticks that hold all smooth curves, and what is no outlier of the raw ones."""
    raw = np.concatenate([y for _, y in raws.values()])
    values = np.concatenate([*lines.values(), np.quantile(raw, [0.05, 0.95])])
    low, high = float(values.min()), float(values.max())
    return ticks(0.0 if 0 <= low < high / 2 else low, high)


def _name(name: str) -> str:
    return shown(_WORDS.get(name, name))
