"""The live strength slider: mouse, keyboard and screen reader on top of the painted look."""

from collections.abc import Callable, Hashable
from dataclasses import replace

from PySide6.QtCore import QElapsedTimer, QEvent, QPointF, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QEnterEvent,
    QFocusEvent,
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QWheelEvent,
)
from PySide6.QtWidgets import QAbstractSlider, QSizePolicy, QWidget

from latentstudio.render.messages import Band
from latentstudio.ui.theme import theme
from latentstudio.ui.widgets import strength
from latentstudio.ui.widgets.bubble import Bubble
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.strength import StrengthLook, Track
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import signed, tr

_PER_UNIT = 100
_FINE = 0.1
_REST = 250  # ms over one place of the track before it is shown what lies there
_WHEEL_PAUSE = 400  # ms after which turning the wheel is a new gesture
_STEPS = {
    Qt.Key.Key_Left: -0.1,
    Qt.Key.Key_Right: 0.1,
    Qt.Key.Key_PageDown: -1.0,
    Qt.Key.Key_PageUp: 1.0,
}


class StrengthSlider(QAbstractSlider):
    """Slider of one direction, in hundredths of its unit.

    It holds no truth: a move is asked for with `asked`, and `show_amount` shows what the
    document says. Everything from a press to its release shares one gesture, and so does
    a held key.
    """

    asked = Signal(float, object)
    """Amount wanted, and the gesture it belongs to."""
    pointed = Signal(object)
    """The mouse rests over the track at an amount, or None: it has gone on."""
    typing_asked = Signal()
    """Enter was pressed: the artist wants to type the amount."""

    def __init__(
        self, parent: QWidget | None = None, *, low: float = -6.0, high: float = 6.0
    ) -> None:
        super().__init__(parent)
        self._look = StrengthLook(low=low, high=high)
        self._inset = strength.INSET
        self._gesture: Hashable | None = None
        self._anchor: tuple[float, float, bool] | None = None  # x, amount, fine
        self._wheel = QElapsedTimer()
        self._bubble: Bubble | None = None
        self._showing = False
        self._rest = timer(self, _REST, self._rested)
        self._over = QPointF()
        self._pointing = False
        self.setOrientation(Qt.Orientation.Horizontal)
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setSizePolicy(QSizePolicy.Policy.Expanding, QSizePolicy.Policy.Fixed)
        self.setMouseTracking(True)
        self.setSingleStep(10)
        self.setPageStep(100)
        self.set_limits(low, high)
        # Screen readers set the value itself; pass that on like any other wish.
        self.valueChanged.connect(self._value_set)
        theme().changed.connect(self.update)

    @property
    def amount(self) -> float:
        """What is shown."""
        return self.value() / _PER_UNIT

    @property
    def look(self) -> StrengthLook:
        """What is painted now."""
        return replace(
            self._look,
            amount=self.amount,
            enabled=self.isEnabled(),
            focused=self.hasFocus() and self._anchor is None,
        )

    @property
    def dragging(self) -> bool:
        """Between a press and its release."""
        return self._anchor is not None

    def track(self) -> Track:
        """Where amounts lie, in this widget's pixels."""
        return strength.track_in(QRectF(self.rect()), self._look, self._inset)

    def set_limits(self, low: float, high: float, reach: tuple[float, float] | None = None) -> None:
        """Ends of the track, and how far a hand that drags on beyond them can go."""
        self._look = replace(self._look, low=low, high=high)
        least, most = reach or (low, high)
        self._reach = (min(low, least), max(high, most))
        ends = (round(amount * _PER_UNIT) for amount in self._reach)
        self._quietly(lambda: self.setRange(*ends))

    def set_inset(self, inset: float) -> None:
        """Distance of the track's ends from the edges: half a frame under a filmstrip."""
        self._inset = inset
        self.update()

    def show_amount(self, amount: float) -> None:
        """Show what the document says, without asking for anything."""
        self._quietly(lambda: self.setValue(round(amount * _PER_UNIT)))
        self._place_bubble()

    def set_band(self, band: Band | None, *, all_safe: bool = False) -> None:
        """Show where it is safe."""
        self._look = replace(self._look, band=band, all_safe=all_safe)
        lost = band is not None and band.shell is None and not all_safe
        words = tr("No green here: your other edits already leave the shell.")
        if self.isEnabled():
            set_tip(self, words if lost else "")
        self.update()

    # Mouse

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._point_nowhere()
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        x, track = event.position().x(), self.track()
        self._gesture = object()
        self._look = replace(self._look, start=self.amount)
        on_handle = abs(x - track.x(self.amount)) <= strength.HIT
        self._anchor = (x, self.amount if on_handle else track.amount(x), _is_fine(event))
        self.setSliderDown(True)
        if not on_handle:
            self._ask(self._anchor[1])
        self._place_bubble()
        self.update()

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        x = event.position().x()
        if self._anchor is None:
            self._hover(event.position())
            return
        if self._anchor[2] != _is_fine(event):
            # Shift came or went: go on from here, or the handle would jump.
            self._anchor = (x, self.amount, _is_fine(event))
        from_x, from_amount, fine = self._anchor
        moved = (x - from_x) / self.track().pixels_per_unit
        self._ask(from_amount + moved * (_FINE if fine else 1.0))

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        if event.button() != Qt.MouseButton.LeftButton:
            event.ignore()
            return
        self._end_drag()
        self._hover(event.position())

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        # The first click may have moved the handle; with its gesture both are one step.
        if event.button() == Qt.MouseButton.LeftButton:
            self._ask(0.0)

    def wheelEvent(self, event: QWheelEvent) -> None:
        notches = event.angleDelta().y() / 120
        if not self.hasFocus() or not notches:
            event.ignore()  # the list scrolls
            return
        if not self._wheel.isValid() or self._wheel.elapsed() > _WHEEL_PAUSE:
            self._gesture = object()
        self._wheel.restart()
        self._ask(self.amount + 0.1 * notches)
        event.accept()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._hover(event.position())

    def leaveEvent(self, event: QEvent) -> None:
        self._point_nowhere()
        self._look = replace(self._look, hovered=False)
        self.update()

    # Keyboard

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if not self.take_key(event):
            event.ignore()

    def take_key(self, event: QKeyEvent) -> bool:
        """Do what a key means for this slider; False if it means nothing here."""
        key = Qt.Key(event.key())
        plain = event.modifiers() & ~(
            Qt.KeyboardModifier.KeypadModifier | Qt.KeyboardModifier.ShiftModifier
        )
        if plain != Qt.KeyboardModifier.NoModifier:
            return False
        if key in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.typing_asked.emit()
            return True
        if key not in _STEPS and key != Qt.Key.Key_0:
            return False
        if not event.isAutoRepeat() or self._gesture is None:
            self._gesture = object()
        fine = _FINE if event.modifiers() & Qt.KeyboardModifier.ShiftModifier else 1.0
        self._ask(self.amount + _STEPS[key] * fine if key in _STEPS else 0.0)
        return True

    # Painting

    def sizeHint(self) -> QSize:
        return QSize(160, strength.HEIGHT)

    def minimumSizeHint(self) -> QSize:
        return QSize(48, strength.HEIGHT)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        strength.paint_strength(painter, QRectF(self.rect()), self.look, self._inset)
        painter.end()

    def focusInEvent(self, event: QFocusEvent) -> None:
        super().focusInEvent(event)
        self.update()

    def focusOutEvent(self, event: QFocusEvent) -> None:
        super().focusOutEvent(event)
        self.update()

    def hideEvent(self, event: QEvent) -> None:
        self._point_nowhere()
        self._end_drag()

    def changeEvent(self, event: QEvent) -> None:
        super().changeEvent(event)
        if event.type() == QEvent.Type.EnabledChange and not self.isEnabled():
            self._end_drag()

    # Inside

    def _ask(self, amount: float) -> None:
        inside = min(self._reach[1], max(self._reach[0], amount))
        whole = round(inside * _PER_UNIT)
        if whole != self.value():
            self.asked.emit(whole / _PER_UNIT, self._gesture)

    def _value_set(self, value: int) -> None:
        if not self._showing:
            self._gesture = object()
            self.asked.emit(value / _PER_UNIT, self._gesture)

    def _quietly(self, change: Callable[[], object]) -> None:
        self._showing = True
        try:
            change()
        finally:
            self._showing = False
        self.update()

    def _hover(self, at: QPointF) -> None:
        self._over = at
        if self.isEnabled():
            self._rest.start()
        over = abs(at.x() - self.track().x(self.amount)) <= strength.HIT
        self._look = replace(self._look, hovered=over)
        self.update()

    def _rested(self) -> None:
        low, high = self._look.low, self._look.high
        self._pointing = True
        self.pointed.emit(round(min(high, max(low, self.track().amount(self._over.x()))), 2))

    def _point_nowhere(self) -> None:
        self._rest.stop()
        if self._pointing:
            self._pointing = False
            self.pointed.emit(None)

    def _end_drag(self) -> None:
        if self._anchor is None:
            return
        self._anchor = None
        self._look = replace(self._look, start=None)
        self.setSliderDown(False)
        if self._bubble is not None:
            self._bubble.hide()
        self.update()

    def _place_bubble(self) -> None:
        if self._anchor is None:
            return
        if self._bubble is None or self._bubble.parent() is not self.window():
            self._bubble = Bubble(self.window())
            self.destroyed.connect(self._bubble.deleteLater)
        at = QPointF(self.track().x(self.amount), strength.AXIS)
        self._bubble.say(signed(self.amount), self.mapTo(self.window(), at))


def _is_fine(event: QMouseEvent) -> bool:
    return bool(event.modifiers() & Qt.KeyboardModifier.ShiftModifier)
