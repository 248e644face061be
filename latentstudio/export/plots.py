"""Geometry of the density's plots; the templates draw them as SVG."""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass

from latentstudio.core.reading import ReferenceCurve, State

WIDTH = 640.0
BASE = 150.0
"""The histogram's axis; bars stand on it, marks hang below."""
TRACK = 600.0


@dataclass(frozen=True, slots=True)
class Bar:
    """A part of a plot: a bar of the histogram, or a stretch of a track."""

    x: float
    width: float
    height: float
    state: State


@dataclass(frozen=True, slots=True)
class Mark:
    """A picture's place: x in the plot, a short label, and which state it is in."""

    x: float
    label: str
    state: State


@dataclass(frozen=True, slots=True)
class Histogram:
    """A reference density to draw.

    Attributes:
        title: The same in words, for people who can't see it.
        bars: One for each bin.
        shell: x of both ends of the shell.
        ticks: Marks of the axis.
        marks: Pictures.
    """

    title: str
    bars: tuple[Bar, ...]
    shell: tuple[float, float]
    ticks: tuple[Mark, ...]
    marks: tuple[Mark, ...]


@dataclass(frozen=True, slots=True)
class Track:
    """A slider's safe range: stretches that are on the shell or near its edge, and zero."""

    parts: tuple[Bar, ...]
    zero: float


def histogram(curve: ReferenceCurve, places: Sequence[tuple[float, str, State]]) -> Histogram:
    """Lay out a reference density.

    Args:
        curve: The reference.
        places: Shell coordinate, label and state of each picture to mark.
    """
    ends = [float(curve.edges[0]), float(curve.edges[-1]), *(place[0] for place in places)]
    low, high = min(ends), max(ends)
    margin = 0.03 * (high - low)

    def x(value: float) -> float:
        return round(WIDTH * (value - low + margin) / (high - low + 2 * margin), 1)

    tallest = float(curve.counts.max())
    bins = zip(itertools.pairwise(curve.edges.tolist()), curve.counts.tolist(), strict=True)
    bars = tuple(
        Bar(x(a), x(b) - x(a), round(count / tallest * (BASE - 28), 1), _zone((a + b) / 2, curve))
        for (a, b), count in bins
    )
    return Histogram(
        title=f"Histogram of {curve.samples} samples, {curve.words}: 95 of 100 lie between "
        f"{curve.shell[0]:.1f} and {curve.shell[1]:.1f}.",
        bars=bars,
        shell=(x(curve.shell[0]), x(curve.shell[1])),
        ticks=tuple(Mark(x(value), f"{value:g}", "on") for value in _ticks(low, high)),
        marks=tuple(Mark(x(value), label, state) for value, label, state in places),
    )


def track(states: Sequence[State], zero: float) -> Track:
    """Lay out a slider's safe range.

    Args:
        states: At evenly spaced amounts from one end of the slider to the other.
        zero: Where amount 0 is, 0 to 1.
    """
    step = TRACK / (len(states) - 1)
    parts = []
    for state, run in itertools.groupby(range(len(states)), key=states.__getitem__):
        places = list(run)
        start = max(0.0, (places[0] - 0.5) * step)
        end = min(TRACK, (places[-1] + 0.5) * step)
        if state != "off":
            parts.append(Bar(round(start, 1), round(end - start, 1), 4, state))
    return Track(tuple(parts), round(zero * TRACK, 1))


def _zone(value: float, curve: ReferenceCurve) -> State:
    if curve.shell[0] <= value <= curve.shell[1]:
        return "on"
    return "edge" if curve.limit[0] <= value <= curve.limit[1] else "off"


def _ticks(low: float, high: float) -> list[float]:
    """Five to ten round numbers."""
    rough = (high - low) / 8
    power = 10 ** math.floor(math.log10(rough))
    step = next(s * power for s in (1, 2, 5, 10) if s * power >= rough)
    first = math.ceil(low / step)
    return [round(i * step, 6) for i in range(first, math.floor(high / step) + 1)]
