"""A switch: 32 × 18, the knob left or right."""

from PySide6.QtCore import QPointF, QRectF, QSize, Qt
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QAbstractButton, QWidget

from latentstudio.ui.theme import theme

_WIDTH, _HEIGHT, _KNOB = 32, 18, 12
_RING = 3  # room for the focus ring
_DISABLED = 0.55


class Toggle(QAbstractButton):
    """On or off, with a name for screen readers; its label stands beside it."""

    def __init__(self, name: str, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setCheckable(True)
        self.setAccessibleName(name)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        theme().changed.connect(self.update)

    def show_on(self, on: bool) -> None:
        """Show a state without asking for it."""
        blocked = self.blockSignals(True)
        self.setChecked(on)
        self.blockSignals(blocked)

    def sizeHint(self) -> QSize:
        return QSize(_WIDTH + 2 * _RING, _HEIGHT + 2 * _RING)

    def minimumSizeHint(self) -> QSize:
        return self.sizeHint()

    def hitButton(self, pos: object) -> bool:
        return True

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(_DISABLED)
        middle = QRectF(self.rect()).center()
        body = QRectF(middle.x() - _WIDTH / 2, middle.y() - _HEIGHT / 2, _WIDTH, _HEIGHT)
        if self.hasFocus():
            painter.setPen(QPen(tokens.color("acc"), 2))
            ring = body.adjusted(-2, -2, 2, 2)
            painter.drawRoundedRect(ring, ring.height() / 2, ring.height() / 2)
        on = self.isChecked()
        painter.setPen(QPen(tokens.color("acc" if on else "edge"), 1))
        painter.setBrush(tokens.color("acc" if on else "ctl"))
        radius = _HEIGHT / 2 - 0.5
        painter.drawRoundedRect(body.adjusted(0.5, 0.5, -0.5, -0.5), radius, radius)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("onacc" if on else "tx2"))
        x = body.right() - 9 if on else body.left() + 9
        painter.drawEllipse(QPointF(x, middle.y()), _KNOB / 2, _KNOB / 2)
        painter.end()
