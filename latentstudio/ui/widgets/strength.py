"""How a strength slider looks and where its numbers lie; painted by the widget and the rows."""

from dataclasses import dataclass
from functools import cache
from typing import Literal

from PySide6.QtCore import QPointF, QRectF, Qt
from PySide6.QtGui import QBrush, QColor, QPainter, QPainterPath, QPen, QPixmap, QTransform

from latentstudio.render.messages import Band
from latentstudio.ui.theme import Tokens, theme

HEIGHT = 22
INSET = 6.0
AXIS = 11.0
HIT = 8.0
"""Half the width of the place where a press takes the handle."""

_GROOVE = 4.0
_CAP = (1.5, 10.0)
_HANDLE = (10.0, 16.0)
_TILE = 7  # 5 px across a 45 degree stripe, along the axis
_STRIPE = 2.6 / 5.0
_DISABLED = 0.45

Kind = Literal["bare", "edge", "shell"]


@dataclass(frozen=True, slots=True)
class Track:
    """The line between amounts and pixels. `left` and `right` are the ends in pixels."""

    left: float
    right: float
    low: float
    high: float

    def x(self, amount: float) -> float:
        """Where an amount lies; amounts outside the range lie at its end."""
        inside = min(self.high, max(self.low, amount))
        return self.left + (inside - self.low) * self.pixels_per_unit

    def amount(self, x: float) -> float:
        """The amount at a pixel, kept inside the range."""
        free = self.low + (x - self.left) / self.pixels_per_unit
        return min(self.high, max(self.low, free))

    @property
    def pixels_per_unit(self) -> float:
        """Never zero, so that a squeezed slider divides by something."""
        return max(1e-6, self.right - self.left) / max(1e-6, self.high - self.low)


@dataclass(frozen=True, slots=True)
class StrengthLook:
    """Everything that decides a slider's pixels.

    Attributes:
        amount: Where the handle stands.
        low: Least amount.
        high: Greatest amount.
        band: Where it is safe, None until that is known.
        all_safe: Every walk stays on the shell.
        enabled: False is faint and shows no band.
        hovered: The mouse is over the handle.
        focused: The keyboard goes here.
        start: Where a drag began, else None.
    """

    amount: float = 0.0
    low: float = -6.0
    high: float = 6.0
    band: Band | None = None
    all_safe: bool = False
    enabled: bool = True
    hovered: bool = False
    focused: bool = False
    start: float | None = None


@dataclass(frozen=True, slots=True)
class Zone:
    """One stretch of the track, in amounts."""

    kind: Kind
    low: float
    high: float


def zones(look: StrengthLook) -> list[Zone]:
    """Split the track, left to right; empty stretches are left out."""
    whole = (look.low, look.high)
    if not look.enabled or (look.band is None and not look.all_safe):
        return [Zone("bare", *whole)]
    if look.all_safe or look.band is None:
        return [Zone("shell", *whole)]
    middle = _clip(look.band.shell, whole)
    outer = _clip(look.band.limit, whole) or middle
    if outer is None:
        return [Zone("bare", *whole)]
    marks: list[tuple[Kind, float, float]] = [("bare", whole[0], outer[0])]
    if middle is None:
        marks.append(("edge", *outer))
    else:
        marks.append(("edge", outer[0], middle[0]))
        marks.append(("shell", *middle))
        marks.append(("edge", middle[1], outer[1]))
    marks.append(("bare", outer[1], whole[1]))
    return [Zone(kind, a, b) for kind, a, b in marks if b > a]


def track_in(rect: QRectF, look: StrengthLook, inset: float = INSET) -> Track:
    """The track of a slider painted into `rect`."""
    return Track(rect.left() + inset, rect.right() - inset, look.low, look.high)


def paint_strength(
    painter: QPainter, rect: QRectF, look: StrengthLook, inset: float = INSET
) -> None:
    """Paint a slider into `rect`, which is `HEIGHT` high."""
    tokens = theme().current()
    track = track_in(rect, look, inset)
    axis = rect.top() + AXIS
    painter.save()
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    if not look.enabled:
        painter.setOpacity(painter.opacity() * _DISABLED)
    _paint_track(painter, track, axis, look, tokens)
    if abs(look.amount) >= 0.005 and look.low < 0 < look.high:
        notch = QRectF(round(track.x(0.0)), axis + 5, 1, 4)
        painter.fillRect(notch, tokens.color("tx3", 0.8))
    if look.start is not None:
        _paint_ghost(painter, track.x(look.start), axis, tokens)
    if look.focused:
        _paint_focus(painter, track.x(look.amount), axis, tokens)
    _paint_handle(painter, track.x(look.amount), axis, look, tokens)
    painter.restore()


def _clip(
    span: tuple[float, float] | None, whole: tuple[float, float]
) -> tuple[float, float] | None:
    if span is None:
        return None
    low, high = max(span[0], whole[0]), min(span[1], whole[1])
    return (low, high) if low < high else None


def _paint_track(
    painter: QPainter, track: Track, axis: float, look: StrengthLook, tokens: Tokens
) -> None:
    groove = QRectF(track.left, axis - _GROOVE / 2, track.right - track.left, _GROOVE)
    rounded = QPainterPath()
    rounded.addRoundedRect(groove, _GROOVE / 2, _GROOVE / 2)
    ratio = painter.device().devicePixelRatioF()
    fills: dict[Kind, QBrush] = {
        "bare": QBrush(tokens.color("groove")),
        "edge": _hatch(tokens.hex("band2"), ratio),
        "shell": QBrush(tokens.color("ok")),
    }
    found = zones(look)
    painter.save()
    painter.setClipPath(rounded)
    painter.setBrushOrigin(groove.topLeft())
    for zone in found:
        left, right = track.x(zone.low), track.x(zone.high)
        painter.fillRect(QRectF(left, groove.top(), right - left, _GROOVE), fills[zone.kind])
    painter.restore()
    for zone in found:
        if zone.kind == "shell":
            _paint_caps(painter, track, axis, zone, tokens)


def _paint_caps(painter: QPainter, track: Track, axis: float, zone: Zone, tokens: Tokens) -> None:
    width, height = _CAP
    for end in (zone.low, zone.high):
        if track.low < end < track.high:
            left = track.x(end) - width / 2
            painter.fillRect(QRectF(left, axis - height / 2, width, height), tokens.color("ok"))


def _handle_rect(x: float, axis: float, grow: float = 0.0) -> QRectF:
    width, height = _HANDLE
    return QRectF(x - width / 2, axis - height / 2, width, height).adjusted(
        -grow, -grow, grow, grow
    )


def _paint_handle(
    painter: QPainter, x: float, axis: float, look: StrengthLook, tokens: Tokens
) -> None:
    moved = abs(look.amount) >= 0.005
    fill = tokens.color("handle" if moved else "handle0")
    if look.hovered and look.enabled:
        fill = fill.lighter(118)
    painter.setPen(QPen(tokens.color("hline"), 1))
    painter.setBrush(fill)
    painter.drawRoundedRect(_handle_rect(x, axis), 4, 4)
    if moved:
        tick = QColor(0x54, 0x54, 0x54, 128)
        painter.fillRect(QRectF(x - 1, axis - 4, 2, 8), tick)


def _paint_focus(painter: QPainter, x: float, axis: float, tokens: Tokens) -> None:
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.setPen(QPen(tokens.color("acc"), 2))
    painter.drawRoundedRect(_handle_rect(x, axis).adjusted(-3, -2, 3, 2), 6, 6)


def _paint_ghost(painter: QPainter, x: float, axis: float, tokens: Tokens) -> None:
    pen = QPen(tokens.color("tx3"), 1)
    pen.setDashPattern([3, 2])
    painter.setPen(pen)
    painter.setBrush(Qt.BrushStyle.NoBrush)
    painter.drawRoundedRect(_handle_rect(x, axis), 4, 4)


@cache
def _hatch(color: str, ratio: float) -> QBrush:
    """Stripes leaning right, as a tile that repeats without a seam."""
    side = max(1, round(_TILE * ratio))
    tile = QPixmap(side, side)
    tile.fill(Qt.GlobalColor.transparent)
    painter = QPainter(tile)
    painter.setRenderHint(QPainter.RenderHint.Antialiasing)
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(QColor(color))
    wide = side * _STRIPE
    for shift in (-side, 0, side):
        corners = [(0, side), (wide, side), (wide + side, 0), (side, 0)]
        painter.drawPolygon([QPointF(x + shift, y) for x, y in corners])
    painter.end()
    brush = QBrush(tile)
    brush.setTransform(QTransform.fromScale(_TILE / side, _TILE / side))
    return brush
