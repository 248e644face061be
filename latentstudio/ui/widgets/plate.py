"""The rounded ground that small pictures stand on."""

from PySide6.QtCore import QRectF
from PySide6.QtGui import QPainter, QPainterPath
from PySide6.QtWidgets import QWidget

from latentstudio.ui.theme import theme

_RADIUS = 4


def painter_on_plate(widget: QWidget) -> QPainter:
    """A painter for all of a widget, cut to round corners, with the ground painted; end it."""
    painter = QPainter(widget)
    painter.setRenderHints(
        QPainter.RenderHint.Antialiasing | QPainter.RenderHint.SmoothPixmapTransform
    )
    outer = QPainterPath()
    outer.addRoundedRect(QRectF(widget.rect()), _RADIUS, _RADIUS)
    painter.setClipPath(outer)
    painter.fillRect(widget.rect(), theme().current().color("raised"))
    return painter
