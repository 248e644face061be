"""Where the parts of a direction row lie."""

from dataclasses import dataclass

from PySide6.QtCore import QRectF

from latentstudio.ui.widgets import strength

GROUP = 28
ROW, GAP = 52, 6
BARS = 22
"""What a small row of a local direction has more: strength and locality."""
MARGIN = 12
FRAME = 36
_BETWEEN = 10  # film to name
_TOP, _SLIDER_BELOW = 10, 4
_FIELD = 24
_SCALE = 16
_ROUND = 8  # above and below the accent bar
_OVER_SWITCHES = 4


@dataclass(frozen=True, slots=True)
class Places:
    """Rectangles in the coordinates of the list."""

    row: QRectF
    bar: QRectF
    name: QRectF
    frames: tuple[QRectF, ...]
    slider: QRectF
    inset: float
    head: QRectF
    scale: QRectF
    groups: QRectF
    """Switches of a large row; empty where the direction has no groups of channels."""
    bars: QRectF
    """Strength and locality of a local direction; empty elsewhere."""


def row_height(
    width: float,
    *,
    large: bool,
    text_scale: float = 1.0,
    switches: float = 0.0,
    bars: bool = False,
) -> int:
    """How high a row is in a list of a width; large rows grow with their square frames.

    `switches` is the height of what a large row shows under its scale; `bars` says that it
    shows how strong and local its direction is.
    """
    more = BARS * text_scale if bars else 0.0
    if not large:
        return round(ROW + GAP + 18 * (text_scale - 1.0) + more)
    head = round(_FIELD * text_scale)
    scale = round(_SCALE * text_scale)
    frame = _frame_side(width)
    plain = _TOP + head + 8 + frame + _SLIDER_BELOW + strength.HEIGHT + scale + 7
    return round(plain + more + (switches + _OVER_SWITCHES if switches else 0))


def row_places(
    row: QRectF,
    width: float,
    *,
    large: bool,
    text_scale: float = 1.0,
    switches: float = 0.0,
    bars: bool = False,
) -> Places:
    """Lay out one row; `width` is the list's, with its scroll bar."""
    if large:
        return _large(row, width, text_scale, switches, bars)
    return _small(row, width, text_scale, bars)


def inner_width(width: float) -> float:
    """Room between the margins of a row."""
    return width - 2 * MARGIN


def _frame_side(width: float) -> float:
    return (width - 2 * MARGIN - 6) / 7


def _small(row: QRectF, width: float, text_scale: float, bars: bool) -> Places:
    more = round(BARS * text_scale) if bars else 0
    right = row.left() + width - MARGIN
    left = row.left() + MARGIN
    line = round(18 * text_scale)
    top = row.top() + (row.height() - more - line - strength.HEIGHT - 2) / 2
    film_top = row.top() + (row.height() - more - FRAME) / 2
    low = top + line + 2 + strength.HEIGHT
    frames = tuple(QRectF(left + i * (FRAME + 1), film_top, FRAME, FRAME) for i in range(3))
    text = left + 3 * FRAME + 2 + _BETWEEN
    return Places(
        row=row,
        bar=QRectF(row.left(), row.top() + _ROUND, 3, row.height() - 2 * _ROUND),
        name=QRectF(text, top, right - text, line),
        frames=frames,
        slider=QRectF(text, top + line + 2, right - text, strength.HEIGHT),
        inset=strength.INSET,
        head=QRectF(text, top, right - text, line),
        scale=QRectF(),
        groups=QRectF(),
        bars=QRectF(text + strength.INSET, low, right - text - 2 * strength.INSET, more),
    )


def _large(row: QRectF, width: float, text_scale: float, switches: float, bars: bool) -> Places:
    more = round(BARS * text_scale) if bars else 0
    left, right = row.left() + MARGIN, row.left() + width - MARGIN
    side = _frame_side(width)
    head = QRectF(left, row.top() + _TOP, right - left, round(_FIELD * text_scale))
    film_top = head.bottom() + 8
    frames = tuple(QRectF(left + i * (side + 1), film_top, side, side) for i in range(7))
    slider_top = film_top + side + _SLIDER_BELOW
    slider = QRectF(left, slider_top, right - left, strength.HEIGHT)
    scale = QRectF(left, slider.bottom(), right - left, round(_SCALE * text_scale))
    return Places(
        row=row,
        bar=QRectF(row.left(), row.top() + _ROUND, 3, row.height() - 2 * _ROUND),
        name=head,
        frames=frames,
        slider=slider,
        inset=side / 2,
        head=head,
        scale=scale,
        groups=QRectF(left, scale.bottom() + _OVER_SWITCHES, right - left, switches),
        bars=QRectF(left, scale.bottom(), right - left, more),
    )
