"""Curves of a run that learns: what is made small, and how often directions are recognised."""

import math
from collections.abc import Mapping, Sequence

import numpy as np
import pyqtgraph as pg
from numpy.typing import NDArray
from PySide6.QtCore import Qt
from PySide6.QtGui import QPen
from PySide6.QtWidgets import QWidget

from latentstudio.core.marked import marked
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.quiet_plot import QuietPlot
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import MINUS, grouped, tr

_HEIGHT = 128
_MOST = 600  # points drawn of each curve
_FADED = 0.28
_ROOM = 0.18  # of the height, what a name above its curve needs
_WORDS = {
    "which": marked("which one"),
    "size": marked("how far"),
    "loss": marked("loss"),
    "accuracy": marked("recognised"),
}
Floats = NDArray[np.float64]


def smooth(values: Sequence[float], at: NDArray[np.intp] | None = None) -> Floats:
    """A running mean that looks back a twentieth of the run, at least five steps.

    Args:
        values: (N,).
        at: Where it is wanted, (P,); everywhere where it is left out.

    Returns:
        (P,), or (N,).
    """
    raw = np.array(values, dtype=np.float64)
    width = min(len(raw), max(5, len(raw) // 20))
    sums = np.concatenate([[0.0], np.cumsum(raw)])
    ends = (np.arange(len(raw)) if at is None else at) + 1
    starts = np.maximum(0, ends - width)
    mean: Floats = (sums[ends] - sums[starts]) / (ends - starts)
    return mean


def thinned(count: int) -> NDArray[np.intp]:
    """Which points to draw of so many, the first and the last among them."""
    return np.unique(np.linspace(0, count - 1, min(count, _MOST)).astype(np.intp))


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
        said = [f"{_name(name)} {values[-1]:.3g}" for name, values in curves.items() if values]
        self.setAccessibleName(tr("Curves: %1").replace("%1", ", ".join(said)))
        self._draw()

    def _draw(self) -> None:
        self.clear()
        if self._shown is None or not self._shown[0]:
            return
        steps, curves, last, share = self._shown
        keep = thinned(len(steps))
        lines = {name: smooth(values, keep) for name, values in curves.items()}
        low, high = _range(list(lines.values()), share)
        self.setYRange(low, high, padding=0.04)
        self.setXRange(0, last * 1.0, padding=0)
        self._dress_axes(low, high, last, share)
        x = np.array(steps, dtype=np.float64)[keep]
        tokens = theme().current()
        ends = {name: float(line[-1]) for name, line in lines.items()}
        for number, (name, values) in enumerate(curves.items()):
            color = tokens.color("tx2" if number else "acc")
            style = [4, 3] if number else None
            faded = tokens.color("tx2" if number else "acc", _FADED)
            self.plot(x, np.array(values)[keep], pen=pg.mkPen(faded, width=1))
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

    def _dress_axes(self, low: float, high: float, last: int, share: bool) -> None:
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
        self.getPlotItem().getAxis("left").setWidth(40)
        middle = [(n, grouped(n)) for n in (0, last // 2)]
        self.getPlotItem().getAxis("bottom").setTicks([[*middle, (last * 0.97, grouped(last))]])
        ticks = [low, (low + high) / 2, high]
        texts = [
            f"{t * 100:.0f}\u00a0%" if share else f"{t:.3g}".replace("-", MINUS) for t in ticks
        ]
        self.getPlotItem().getAxis("left").setTicks([list(zip(ticks, texts, strict=True))])
        for tick in ticks:
            pen = pg.mkPen(tokens.color("line"), width=1)
            self.addItem(pg.InfiniteLine(tick, angle=0, pen=pen))


def _range(lines: Sequence[Floats], share: bool) -> tuple[float, float]:
    if share:
        return 0.0, 1.0
    values = np.concatenate([line for line in lines if len(line)])
    low, high = float(values.min()), float(values.max())
    if low >= 0:
        low = 0.0
    span = max(high - low, abs(high) * 1e-3, 1e-6)
    step = 10.0 ** math.floor(math.log10(span))
    return math.floor(low / step) * step, math.ceil((low + span) / step) * step


def _name(name: str) -> str:
    return shown(_WORDS.get(name, name))
