"""A slider for a plain quantity: filled to the handle, one gesture for each press."""

from collections.abc import Hashable

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from latentstudio.ui.theme import theme
from latentstudio.ui.widgets.strength import AXIS, HEIGHT, INSET, Track

_PER_UNIT = 100
_DISABLED = 0.45
_STEPS = {
    Qt.Key.Key_Left: -0.01,
    Qt.Key.Key_Right: 0.01,
    Qt.Key.Key_Down: -0.01,
    Qt.Key.Key_Up: 0.01,
    Qt.Key.Key_PageDown: -0.1,
    Qt.Key.Key_PageUp: 0.1,
}


class PlainSlider(QAbstractSlider):
    """Shows a number of the document and asks for another with `asked`."""

    asked = Signal(float, object)
    """Value wanted, and the gesture it belongs to."""

    def __init__(
        self, name: str, low: float, high: float, usual: float, parent: QWidget | None = None
    ) -> None:
        super().__init__(parent)
        self._low, self._high, self._usual = low, high, usual
        self._gesture: Hashable | None = None
        self._showing = False
        self._offset = 0.0
        self.setAccessibleName(name)
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setRange(round(low * _PER_UNIT), round(high * _PER_UNIT))
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.valueChanged.connect(self._value_set)
        theme().changed.connect(self.update)

    @property
    def number(self) -> float:
        """What is shown."""
        return self.value() / _PER_UNIT

    def show_number(self, number: float) -> None:
        """Show what the document says, without asking for anything."""
        self._showing = True
        try:
            self.setValue(round(number * _PER_UNIT))
        finally:
            self._showing = False

    def track(self) -> Track:
        """Where numbers lie, in this widget's pixels."""
        return Track(INSET, self.width() - INSET, self._low, self._high)

    def sizeHint(self) -> QSize:
        return QSize(120, HEIGHT)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x, here = event.position().x(), self.track().x(self.number)
        self._gesture = object()
        self._offset = x - here if abs(x - here) <= 8 else 0.0
        self.setSliderDown(True)
        self._ask(self.track().amount(x - self._offset))

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self.isSliderDown():
            self._ask(self.track().amount(event.position().x() - self._offset))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self.setSliderDown(False)
        self.update()

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        self._ask(self._usual)

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = _STEPS.get(Qt.Key(event.key()))
        if step is None or event.modifiers() & ~Qt.KeyboardModifier.KeypadModifier:
            event.ignore()
            return
        if not event.isAutoRepeat() or self._gesture is None:
            self._gesture = object()
        self._ask(self.number + step)

    def wheelEvent(self, event: QWheelEvent) -> None:
        event.ignore()  # the panel scrolls

    def focusInEvent(self, event: QFocusEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        if not self.isEnabled():
            painter.setOpacity(_DISABLED)
        track, x = self.track(), self.track().x(self.number)
        painter.setPen(Qt.PenStyle.NoPen)
        painter.setBrush(tokens.color("groove"))
        whole = QRectF(track.left, AXIS - 2, track.right - track.left, 4)
        painter.drawRoundedRect(whole, 2, 2)
        painter.setBrush(tokens.color("acc"))
        painter.drawRoundedRect(QRectF(track.left, AXIS - 2, x - track.left, 4), 2, 2)
        if self.hasFocus():
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.setPen(QPen(tokens.color("acc"), 2))
            painter.drawRoundedRect(QRectF(x - 8, AXIS - 10, 16, 20), 6, 6)
        painter.setPen(QPen(tokens.color("hline"), 1))
        painter.setBrush(tokens.color("handle"))
        painter.drawRoundedRect(QRectF(x - 5, AXIS - 8, 10, 16), 4, 4)
        painter.end()

    def _ask(self, number: float) -> None:
        inside = min(self._high, max(self._low, number))
        whole = round(inside * _PER_UNIT)
        if whole != self.value():
            self.asked.emit(whole / _PER_UNIT, self._gesture)

    def _value_set(self, value: int) -> None:
        if not self._showing:
            self.asked.emit(value / _PER_UNIT, object())
