"""Lucide icons that take their colour from the theme when they are drawn."""

from functools import cache

from PySide6.QtCore import QByteArray, QPoint, QRect, QRectF, QSize, Qt
from PySide6.QtGui import QIcon, QIconEngine, QPainter, QPixmap, QPixmapCache
from PySide6.QtSvg import QSvgRenderer

from latentstudio.core.paths import resources_dir
from latentstudio.ui.theme.theme import theme

DISABLED = 0.55
"""Opacity of whatever is disabled."""

_clones: list[QIconEngine] = []


@cache
def icon(name: str, role: str = "tx2", size: int = 16, on: str = "acc") -> QIcon:
    """An icon of the set, drawn in the colour `role` has when it is painted.

    It needs no update when the theme changes. `on` is the role while a button is checked.

    Raises:
        FileNotFoundError: There is no such icon among the resources.
    """
    _source(name)
    return QIcon(_Engine(name, role, size, on))


def pixmap(name: str, color: str, size: int, ratio: float = 1.0) -> QPixmap:
    """An icon in a fixed ``#rrggbb``, `size` logical pixels, sharp at the device pixel ratio."""
    key = f"icon/{name}/{color}/{size}/{ratio:.3f}"
    found = QPixmap()
    if not QPixmapCache.find(key, found):
        found = _render(name, color, round(size * ratio))
        found.setDevicePixelRatio(ratio)
        QPixmapCache.insert(key, found)
    return found


class _Engine(QIconEngine):
    def __init__(self, name: str, role: str, size: int, on: str) -> None:
        super().__init__()
        self._what = (name, role, size, on)

    def clone(self) -> QIconEngine:
        copy = _Engine(*self._what)
        # Qt takes a clone's pointer but not Python's reference: without one it dies at once.
        _clones.append(copy)
        return copy

    def actualSize(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QSize:
        # Asked for more width than height, it keeps that as air before a button's text.
        side = min(self._what[2], size.width(), size.height())
        return QSize(max(side, size.width()) if size.width() > size.height() else side, side)

    def paint(self, painter: QPainter, rect: QRect, mode: QIcon.Mode, state: QIcon.State) -> None:
        name, role, size, on = self._what
        tokens = theme().current()
        if mode == QIcon.Mode.Disabled:
            role = "tx2"  # whatever stood on the accent stands on grey now
        color = tokens.hex(on if state == QIcon.State.On else role)
        side = min(size, rect.width(), rect.height())
        if side < 1:
            return  # a button that is squeezed to nothing
        ratio = painter.device().devicePixelRatioF()
        corner = rect.center() - QPoint((side - 1) // 2, (side - 1) // 2)
        if rect.width() > rect.height():
            corner.setX(rect.left())
        painter.save()
        if mode == QIcon.Mode.Disabled:
            painter.setOpacity(painter.opacity() * DISABLED)
        painter.drawPixmap(corner, pixmap(name, color, side, ratio))
        painter.restore()

    def pixmap(self, size: QSize, mode: QIcon.Mode, state: QIcon.State) -> QPixmap:
        return self.scaledPixmap(size, mode, state, 1.0)

    def scaledPixmap(
        self, size: QSize, mode: QIcon.Mode, state: QIcon.State, scale: float
    ) -> QPixmap:
        # `size` is in logical pixels, `scale` the device pixel ratio.
        canvas = QPixmap(size * scale)
        if canvas.isNull():
            return canvas  # of no size, on which no painter can begin
        canvas.fill(Qt.GlobalColor.transparent)
        canvas.setDevicePixelRatio(scale)
        painter = QPainter(canvas)
        self.paint(painter, QRect(QPoint(), size), mode, state)
        painter.end()
        return canvas


@cache
def _source(name: str) -> str:
    return (resources_dir() / "icons" / f"{name}.svg").read_text(encoding="utf-8")


def _render(name: str, color: str, side: int) -> QPixmap:
    made = QPixmap(side, side)
    made.fill(Qt.GlobalColor.transparent)
    painter = QPainter(made)
    svg = _source(name).replace("currentColor", color)
    QSvgRenderer(QByteArray(svg.encode())).render(painter, QRectF(0, 0, side, side))
    painter.end()
    return made
