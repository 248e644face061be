"""How strong and how local a direction is, as two bars with their numbers."""

from PySide6.QtCore import QRectF, Qt
from PySide6.QtGui import QPainter

from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.words import tr

_BAR = 4
_BETWEEN = 12


def paint_local(painter: QPainter, place: QRectF, strength: float, local: float) -> None:
    """Paint both bars side by side.

    Args:
        painter: On the list.
        place: Room for both.
        strength: Compared with the strongest of the list, 0 to 1.
        local: Share of the change that lies inside the mask, 0 to 1.
    """
    half = (place.width() - _BETWEEN) / 2
    words = tr("Strength %1").replace("%1", str(round(100 * strength)))
    _bar(painter, QRectF(place.left(), place.top(), half, place.height()), strength, words, "tx2")
    words = tr("Local %1 %").replace("%1", str(round(100 * local)), 1)
    right = place.left() + half + _BETWEEN
    _bar(painter, QRectF(right, place.top(), half, place.height()), local, words, "acc")


def _bar(painter: QPainter, place: QRectF, share: float, words: str, tone: str) -> None:
    tokens = theme().current()
    painter.setPen(Qt.PenStyle.NoPen)
    painter.setBrush(tokens.color("groove"))
    painter.drawRoundedRect(QRectF(place.left(), place.top(), place.width(), _BAR), 2, 2)
    painter.setBrush(tokens.color(tone))
    filled = place.width() * min(1.0, max(0.0, share))
    painter.drawRoundedRect(QRectF(place.left(), place.top(), filled, _BAR), 2, 2)
    painter.setFont(theme().font("caption"))
    painter.setPen(tokens.color("tx3"))
    box = place.adjusted(0, _BAR + 2, 0, 0)
    painter.drawText(box, Qt.AlignmentFlag.AlignLeft | Qt.AlignmentFlag.AlignTop, words)
