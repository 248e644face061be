"""The hand over the picture: mouse and pen become strokes, shapes and fills of a mask."""

from collections.abc import Callable
from dataclasses import dataclass, replace

from PySide6.QtCore import QObject, QPointF, QRect, Qt, Signal

from latentstudio.ui.region.mask_item import BrushRing, MaskItem
from latentstudio.ui.region.mask_painter import Bytes, Dab, MaskPainter

PAINTING = ("brush", "eraser", "lasso", "box", "ellipse", "fill")
_LINES = ("brush", "eraser")
LARGEST = 0.5
"""Radius of the brush as a share of the picture's width, at most."""
_LEAST_PRESSURE = 0.1


@dataclass(frozen=True, slots=True)
class Brush:
    """How the brush paints.

    Attributes:
        size: Diameter in pixels of the picture.
        hardness: Share of the radius that is painted fully.
        strength: How much a stroke changes at most.
        pressure: What a pen's pressure decides: ``size``, ``strength`` or ``nothing``.
        subtract: Take away instead of adding.
        tolerance: Of the fill: largest difference of a colour.
    """

    size: float = 7.0
    hardness: float = 0.8
    strength: float = 1.0
    pressure: str = "size"
    subtract: bool = False
    tolerance: float = 0.12


class Strokes(QObject):
    """Paints on a mask; what to do with the result is told by signals.

    Args:
        item: Shows the mask.
        ring: Shows the brush.
        pixels: Gives the picture, (h, w, 3), or None.
    """

    began = Signal()
    ended = Signal(str)
    """A stroke is done; in words, what was done."""
    brush_changed = Signal()

    def __init__(
        self,
        item: MaskItem,
        ring: BrushRing,
        pixels: Callable[[], Bytes | None],
        parent: QObject | None = None,
    ) -> None:
        super().__init__(parent)
        self._item, self._ring, self._pixels = item, ring, pixels
        self.painter: MaskPainter | None = None
        self.scale = 1.0
        """Pixels of the mask for one of the picture."""
        self.brush = Brush()
        self.tool = "hand"
        self.active = False
        self._used = ""
        self._subtract = False
        self._last: Dab | None = None
        self._points: list[QPointF] = []

    @property
    def paints(self) -> bool:
        """The tool in use is one of these."""
        return self.tool in PAINTING and self.painter is not None

    def change_brush(self, **values: object) -> None:
        """Set some of the brush's values."""
        self.brush = replace(self.brush, **values)  # type: ignore[arg-type]
        self.brush_changed.emit()

    def press(
        self, at: QPointF, pressure: float = 1.0, eraser: bool = False, other: bool = False
    ) -> None:
        """The hand goes down.

        Args:
            at: In pixels of the picture.
            pressure: Of a pen, 0 to 1.
            eraser: It is the pen's other end.
            other: The other way round: Alt is held.
        """
        if self.painter is None:
            return
        self.finish()
        self.active = True
        self._used = "eraser" if eraser else self.tool
        self._subtract = (self._used == "eraser" or self.brush.subtract) != other
        self.began.emit()
        if self._used in _LINES:
            self.painter.begin(self._subtract)
            self._last = None
            self._draw(at, pressure)
        else:
            self._points = [at, at]

    def move(self, at: QPointF, pressure: float = 1.0) -> None:
        """The hand moves, down or not."""
        if not self.active:
            self._hover(at)
        elif self._used in _LINES:
            self._draw(at, pressure)
        elif self._used == "lasso":
            self._points.append(at)
            self._ring.show_shape(self._points, "lasso")
        elif self._used != "fill":
            self._points[-1] = at
            self._ring.show_shape(self._points, self._used)

    def finish(self) -> None:
        """The hand goes up, or is lost: what was painted stays."""
        if not self.active or self.painter is None:
            return
        self.active, self._last = False, None
        if self._used not in _LINES:
            self._shape()
        self._item.find_border()
        words = {
            "brush": "unpaint" if self._subtract else "paint",
            "eraser": "erase",
            "fill": "fill",
        }.get(self._used, self._used)
        self.ended.emit(words)

    def cancel(self) -> None:
        """Take the stroke back: there is nothing to paint on any more."""
        if self.active and self.painter is not None:
            self.painter.cancel()
            self._item.update_part(self.painter.whole)
        self.active, self._last, self._points = False, None, []
        self._ring.show_brush(None, 1.0)

    def leave(self) -> None:
        """The pointer left the picture's view."""
        if not self.active:
            self._ring.show_brush(None, 1.0)

    def _draw(self, at: QPointF, pressure: float) -> None:
        assert self.painter is not None
        dab = self._dab(at, pressure)
        part = self.painter.line(self._last or dab, dab, self.brush.hardness)
        self._last = dab
        self._item.update_part(part)
        self._ring.show_brush(at, dab.radius / self.scale)

    def _dab(self, at: QPointF, pressure: float) -> Dab:
        brush, press = self.brush, max(_LEAST_PRESSURE, min(1.0, pressure))
        radius = brush.size / 2 * self.scale
        strength = brush.strength
        if brush.pressure == "size":
            radius *= press
        elif brush.pressure == "strength":
            strength *= press
        return Dab(at.x() * self.scale, at.y() * self.scale, max(0.5, radius), strength)

    def _shape(self) -> None:
        assert self.painter is not None
        points = [point * self.scale for point in self._points]
        part = QRect()
        if self._used == "fill":
            part = self._filled(points[0])
        elif len(points) > 1 and points[0] != points[-1]:
            part = self.painter.shape(points, self._used, self._subtract)
        self._points = []
        self._ring.show_brush(None, 1.0)
        self._item.update_part(part)

    def _filled(self, at: QPointF) -> QRect:
        picture = self._pixels()
        if picture is None or self.painter is None:
            return QRect()
        tolerance = self.brush.tolerance
        return self.painter.fill(picture, at.x(), at.y(), tolerance, self._subtract)

    def _hover(self, at: QPointF) -> None:
        if self.tool in _LINES:
            self._ring.show_brush(at, self.brush.size / 2)
        else:
            self._ring.show_brush(None, 1.0)


def cursor(tool: str) -> Qt.CursorShape:
    """What the pointer looks like with a tool."""
    return Qt.CursorShape.BlankCursor if tool in _LINES else Qt.CursorShape.CrossCursor
