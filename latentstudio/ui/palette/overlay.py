"""A box over the dimmed window: it takes the focus and gives it back."""

from PySide6.QtCore import QEvent, QObject, QPointF, QRectF, Qt
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QApplication, QWidget

from latentstudio.ui.theme import theme

_SCRIM = QColor(0, 0, 0, round(0.65 * 255))


class Overlay(QWidget):
    """Covers `window`; Escape or a click beside the box closes it.

    A subclass lays its content out in `self.box` and says in `place_box` where that goes.
    """

    def __init__(self, window: QWidget) -> None:
        super().__init__(window)
        self.box = QWidget(self)
        self._before: QWidget | None = None
        window.installEventFilter(self)
        self.hide()

    def open(self, focus: QWidget) -> None:
        """Show it and put the focus into one of its widgets."""
        self._before = QApplication.focusWidget()
        self.setGeometry(self._window().rect())
        self.place_box()
        self.raise_()
        self.show()
        focus.setFocus(Qt.FocusReason.PopupFocusReason)

    def dismiss(self) -> None:
        """Close it and give the focus back."""
        self.hide()
        if self._before is not None and self._before.isVisible():
            self._before.setFocus(Qt.FocusReason.PopupFocusReason)
        self._before = None

    def place_box(self) -> None:
        """Put the box where it belongs."""
        raise NotImplementedError

    def _window(self) -> QWidget:
        parent = self.parentWidget()
        assert parent is not None
        return parent

    def eventFilter(self, watched: QObject, event: QEvent) -> bool:
        if event.type() == QEvent.Type.Resize and self.isVisible():
            self.setGeometry(self._window().rect())
            self.place_box()
        return False

    def paintEvent(self, event: QPaintEvent) -> None:
        tokens = theme().current()
        painter = QPainter(self)
        painter.fillRect(self.rect(), _SCRIM)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        painter.setPen(QPen(tokens.color("line2"), 1))
        painter.setBrush(tokens.color("raised"))
        painter.drawRoundedRect(QRectF(self.box.geometry()).adjusted(-0.5, -0.5, 0.5, 0.5), 6, 6)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        place: QPointF = event.position()
        if not self.box.geometry().contains(place.toPoint()):
            self.dismiss()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() == Qt.Key.Key_Escape:
            self.dismiss()
        event.accept()  # nothing below the scrim hears a key

    def focusNextPrevChild(self, forward: bool) -> bool:
        """Keep Tab inside the box."""
        inside = [
            w
            for w in self.box.findChildren(QWidget)
            if w.isVisible() and w.focusPolicy() & Qt.FocusPolicy.TabFocus
        ]
        if not inside:
            return True
        now = QApplication.focusWidget()
        place = inside.index(now) if now in inside else -1
        target = inside[(place + (1 if forward else -1)) % len(inside)]
        target.setFocus(Qt.FocusReason.TabFocusReason)
        return True
