"""Words for how a drawn figure changes its shape: thicker, wider, higher, leaning to the right.

A figure is what differs from a ground of one colour, as a digit does on black. Where the border of
a picture has several colours, or nothing stands clear of it, nothing is measured and nothing said:
photographs and faces that fill the frame have no words of this kind.
"""

from typing import NamedTuple

import numpy as np
import torch.nn.functional as nnf
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.marked import marked

SIDE = 64
"""Pixels of the longer side that shapes are measured on, at most."""
AGREE = 5 / 6
"""Share of the pictures in which a word has to hold, of shape or of colour."""
STEADY = 1.5
"""Least mean change over its standard deviation: what is so on six pictures is so on others."""
_GROWS, _LEANS, _FILLS, _MOVES = 0.04, 0.06, 0.012, 0.02
"""Least change to either side: of a length's logarithm, the slant, the centre, and all places."""
_MORE = 1.5
"""How many times as much as a figure its strokes grow where they are called thicker."""
_SHARE = 0.5
"""Part of the first word's change, each in least ones, that a second word has to stand for."""
_BORDER = 1 / 28
"""Width of the border, as a part of the shorter side."""
_PLAIN, _NEAR = 0.9, 0.25
"""Share of the border that is the ground, and how far from its colour that may be, of 2."""
_STANDS_OUT = 0.5
"""Least contrast of a figure, of 2."""
_PEAK = 0.98
"""Share of the pixels that differ less from the ground than the figure does."""
_FROM, _TO = 0.25, 0.75
"""Of the figure's contrast, where a pixel stops being ground, and is all figure."""
_AREA = (0.01, 0.5)
"""Least and most part of the picture that a figure covers."""
_ENDS = (0.05, 0.95)
"""Parts of the figure before its first and its last edge: stray dots are none."""

_LIES = 1.25
"""How many times as wide as high a figure is that lies, and so doesn't lean."""
_PIXEL = 1 / 12
"""Variance within a pixel."""

Floats = NDArray[np.floating]


class Shape(NamedTuple):
    """What is measured of a figure, each of any shape; lengths are parts of the longer side.

    Attributes:
        thickness: Of its strokes: twice the area over the length of the outline, above 0.
        width: Standard deviation from its centre line, above 0.
        height: Likewise.
        x: Its centre, from the left, 0 to 1.
        y: Likewise from the top.
        left: Its edge, from the left, 0 to 1.
        right: Likewise.
        top: Likewise from the top.
        bottom: Likewise.
        slant: Covariance of right and up over the mean of both variances, -1 to 1.
    """

    thickness: Floats
    width: Floats
    height: Floats
    x: Floats
    y: Floats
    left: Floats
    right: Floats
    top: Floats
    bottom: Floats
    slant: Floats


MEASURES = len(Shape._fields)

SHAPE_WORDS = {
    "thickness": (marked("thicker"), marked("thinner")),
    "size": (marked("larger"), marked("smaller")),
    "width": (marked("wider"), marked("narrower")),
    "height": (marked("taller"), marked("flatter")),
    "across": (marked("to the right"), marked("to the left")),
    "down": (marked("lower"), marked("higher")),
    "x": (marked("fuller on the right"), marked("fuller on the left")),
    "y": (marked("fuller below"), marked("fuller above")),
    "slant": (marked("leaning right"), marked("leaning left")),
}
"""Words for what grows and what shrinks, by what is measured."""


def shapes_of(images: Tensor) -> NDArray[np.float32]:
    """What is measured of pictures (N, C, H, W) in [-1, 1]: (N, `MEASURES`).

    All NaN where no figure stands clear of a plain ground.
    """
    height, width = images.shape[-2:]
    scale = min(1.0, SIDE / max(height, width))
    sides = max(1, round(scale * height)), max(1, round(scale * width))
    small = nnf.adaptive_avg_pool2d(images.float(), sides).cpu().numpy()
    return np.stack([_measured(_figure(one)) for one in small])


def shape_words(shapes: Floats) -> tuple[str, ...]:
    """At most two words that hold in nearly every picture, strongest first.

    Args:
        shapes: At the lower and the upper end of a walk from each start, (S, 2, `MEASURES`).
    """
    seen = shapes[np.isfinite(shapes).all((1, 2))]
    if not len(seen) or len(seen) < AGREE * len(shapes):
        return ()
    sizes = {name: _held(*one) for name, one in _changes(seen).items()}
    held = {name: size for name, size in sizes.items() if size}
    if held.get("width", 0.0) * held.get("height", 0.0) > 0:
        held["size"] = (held.pop("width") + held.pop("height")) / 2
    for moved, fuller in (("across", "x"), ("down", "y")):
        if moved in held:  # all of it has moved, not only the more of it
            held.pop(fuller, None)
    strongest = sorted(held, key=lambda name: -abs(held[name]))[:2]
    return tuple(
        SHAPE_WORDS[name][0 if held[name] > 0 else 1]
        for name in strongest
        if abs(held[name]) >= _SHARE * abs(held[strongest[0]])
    )


def _figure(picture: Floats) -> Floats | None:
    """How much each pixel of (C, H, W) belongs to the figure, (H, W), 0 to 1; None without one."""
    edge = max(1, round(_BORDER * min(picture.shape[1:])))
    border = np.ones(picture.shape[1:], bool)
    border[edge:-edge, edge:-edge] = False
    ground = np.median(picture[:, border], axis=1)[:, None, None]
    contrast = np.sqrt(np.square(picture - ground).mean(0))
    most = float(np.quantile(contrast, _PEAK))
    if (contrast[border] < _NEAR).mean() < _PLAIN or most < _STANDS_OUT:
        return None
    figure: Floats = np.clip((contrast / most - _FROM) / (_TO - _FROM), 0.0, 1.0)
    return figure if _AREA[0] < figure.mean() < _AREA[1] else None


def _measured(figure: Floats | None) -> NDArray[np.float32]:
    """A `Shape` of one figure (H, W) as an array, (`MEASURES`,)."""
    if figure is None:
        return np.full(MEASURES, np.nan, np.float32)
    area, unit = float(figure.sum()), max(figure.shape)
    columns, rows = figure.sum(0) / area, figure.sum(1) / area
    across, down = (np.arange(len(one)) + 0.5 for one in (columns, rows))
    x, y = float(columns @ across), float(rows @ down)
    wide = columns @ np.square(across - x) + _PIXEL
    tall = rows @ np.square(down - y) + _PIXEL
    mixed = -((down - y) @ figure @ (across - x)) / area  # rows count downwards
    left, right = (_edge(columns, part) for part in _ENDS)
    top, bottom = (_edge(rows, part) for part in _ENDS)
    lengths = (2 * area / _outline(figure), np.sqrt(wide), np.sqrt(tall))
    places = (x, y, left, right, top, bottom)
    scaled = [one / unit for one in (*lengths, *places)]
    return np.array([*scaled, 2 * mixed / (wide + tall)], np.float32)


def _edge(masses: Floats, part: float) -> float:
    """Place, in pixels, before which a part of all mass (L,) lies."""
    before = np.concatenate([[0.0], np.cumsum(masses)])
    return float(np.interp(part * before[-1], before, np.arange(len(before))))


def _outline(figure: Floats) -> float:
    """Length of its outline, in pixels: all that it rises and falls by, (H, W)."""
    framed = np.pad(figure, 1)
    return float(np.hypot(np.diff(framed, axis=0)[:, 1:], np.diff(framed, axis=1)[1:]).sum())


def _changes(shapes: Floats) -> dict[str, tuple[Floats, float]]:
    """What is told apart of (S, 2, `MEASURES`): its change in each picture, (S,), and the least."""
    ends = Shape(*np.moveaxis(shapes, -1, 0))  # (S, 2) each
    thickness, width, height = (_half(np.log(one)) for one in ends[:3])
    # What only lies farther from the middle has not grown: its edges have to move apart, too.
    across = _half(np.log(ends.right - ends.left))
    down = _half(np.log(ends.bottom - ends.top))
    if _in_step(thickness, (width + height) / 2):
        thickness = np.zeros_like(thickness)
    lies = (ends.width > _LIES * ends.height).any(1)
    x, y = _half(ends.x), _half(ends.y)
    return {
        "thickness": (thickness, _GROWS),
        "width": (_together(width, across), _GROWS),
        "height": (_together(height, down), _GROWS),
        "across": (_together(x, _half(ends.left), _half(ends.right)), _MOVES),
        "down": (_together(y, _half(ends.top), _half(ends.bottom)), _MOVES),
        "x": (x, _FILLS),
        "y": (y, _FILLS),
        "slant": (np.where(lies, 0.0, _half(ends.slant)), _LEANS),
    }


def _half(ends: Floats) -> Floats:
    """Half of what the second end is above the first, (S, 2) -> (S,)."""
    found: Floats = (ends[:, 1] - ends[:, 0]) / 2
    return found


def _in_step(thickness: Floats, size: Floats) -> bool:
    """Whether strokes only grow as the figure does, as those of a disc or of a closer look."""
    strokes, whole = float(thickness.mean()), float(size.mean())
    return strokes * whole > 0 and abs(strokes) < _MORE * abs(whole)


def _together(*changes: Floats) -> Floats:
    """What all of them change by, the least, where they go the same way; else 0: (S,) each."""
    every = np.stack(changes)
    way = np.sign(every).sum(0) / len(every)
    least: Floats = np.where(np.abs(way) == 1, way * np.abs(every).min(0), 0.0)
    return least


def _held(changes: Floats, least: float) -> float:
    """The mean of (S,) in least ones where nearly all pictures change so, and evenly; else 0."""
    mean = float(changes.mean())
    agree = (np.sign(mean) * changes >= least).mean() >= AGREE
    return mean / least if agree and abs(mean) >= STEADY * changes.std() else 0.0
