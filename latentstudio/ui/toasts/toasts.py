"""Messages that come by themselves: at most three, each 6 s, errors until they are closed."""

from collections.abc import Callable

from PySide6.QtCore import QObject, QPropertyAnimation, QRectF, Qt, QTimer, Signal
from PySide6.QtGui import QEnterEvent, QPainter, QPainterPath, QPaintEvent, QPen
from PySide6.QtWidgets import (
    QGraphicsOpacityEffect,
    QHBoxLayout,
    QPushButton,
    QToolButton,
    QWidget,
)

from latentstudio.ui.theme import icon, set_role, theme
from latentstudio.ui.widgets.plain_text import bare, set_tip
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import tr

WIDTH = 360
_LEAST = 200  # px beside a drawer; with less room messages lie below it
MOST = 3
_LIFE = 6000
_FADE = 120
_GAP = 8
_LOOKS = {
    "ok": ("circle-check", "ok"),
    "info": ("info", "acc"),
    "warn": ("triangle-alert", "warn"),
    "error": ("circle-alert", "bad"),
}


class Toast(QWidget):
    """One message with a stripe in its colour, its icon, and at most one thing to do."""

    closed = Signal(object)

    def __init__(
        self,
        kind: str,
        text: str,
        action: tuple[str, Callable[[], object]] | None,
        parent: QWidget,
    ) -> None:
        super().__init__(parent)
        self.kind = kind if kind in _LOOKS else "info"
        self.text = shown(text)
        self.setAccessibleName(self.text)
        self._timer = QTimer(self, singleShot=True, interval=_LIFE)
        self._timer.timeout.connect(self.close_softly)
        self._build(action)
        if self.kind != "error":
            self._timer.start()

    def _build(self, action: tuple[str, Callable[[], object]] | None) -> None:
        name, role = _LOOKS[self.kind]
        mark = bare()
        mark.setPixmap(icon(name, role).pixmap(16, 16))
        words = bare(self.text)
        words.setWordWrap(True)
        set_role(words, "label")
        row = QHBoxLayout(self)
        row.setContentsMargins(15, 6, 6, 6)
        row.setSpacing(8)
        row.addWidget(mark)
        row.addWidget(words, 1)
        if action is not None:
            row.addWidget(self._link(*action))
        close = QToolButton()
        close.setProperty("kind", "plain")
        close.setIcon(icon("x", "tx"))
        close.setAccessibleName(tr("Close this message"))
        set_tip(close, close.accessibleName())
        close.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        close.clicked.connect(self.close_now)
        row.addWidget(close)

    def _link(self, text: str, run: Callable[[], object]) -> QPushButton:
        button = QPushButton(text)
        button.setProperty("kind", "link")
        button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        button.clicked.connect(lambda: run())
        button.clicked.connect(self.close_now)
        return button

    def close_now(self) -> None:
        self.closed.emit(self)

    def close_softly(self) -> None:
        """Fade out, then go."""
        time = theme().milliseconds(_FADE)
        if not time or not self.isVisible():
            self.close_now()
            return
        effect = QGraphicsOpacityEffect(self)
        self.setGraphicsEffect(effect)
        fade = QPropertyAnimation(effect, b"opacity", self)
        fade.setDuration(time)
        fade.setStartValue(1.0)
        fade.setEndValue(0.0)
        fade.finished.connect(self.close_now)
        fade.start()

    def enterEvent(self, event: QEnterEvent) -> None:
        self._timer.stop()
        super().enterEvent(event)

    def leaveEvent(self, event: object) -> None:
        if self.kind != "error":
            self._timer.start()
        super().leaveEvent(event)  # type: ignore[arg-type]

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme().current()
        box = QRectF(self.rect()).adjusted(0.5, 0.5, -0.5, -0.5)
        path = QPainterPath()
        path.addRoundedRect(box, 6, 6)
        painter.fillPath(path, tokens.color("raised"))
        painter.save()
        painter.setClipPath(path)
        painter.fillRect(QRectF(0, 0, 3, self.height()), tokens.color(_LOOKS[self.kind][1]))
        painter.restore()
        painter.setPen(QPen(tokens.color("line2"), 1))
        painter.drawPath(path)


class ToastStack(QObject):
    """Places the messages over `canvas`, the newest lowest."""

    def __init__(self, canvas: QWidget) -> None:
        super().__init__(canvas)
        self._canvas = canvas
        self._toasts: list[Toast] = []
        self._cover = 0
        self.beside: QWidget | None = None
        """A card in the same corner, which messages don't hide."""

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """Those to be seen, oldest first."""
        return tuple(self._toasts)

    def show(
        self, kind: str, text: str, action: tuple[str, Callable[[], object]] | None = None
    ) -> None:
        """Say something: ``ok``, ``info``, ``warn`` or ``error``. The same text is not doubled."""
        for old in self.toasts:
            if old.text == text:
                self._remove(old)
        while len(self._toasts) >= MOST:
            # Errors stay as long as they can: the oldest message that is none goes first.
            self._remove(next((t for t in self._toasts if t.kind != "error"), self._toasts[0]))
        toast = Toast(kind, text, action, self._canvas)
        toast.closed.connect(self._remove)
        self._toasts.append(toast)
        toast.show()
        self.place()

    def set_cover(self, pixels: int) -> None:
        """How much of the right side a drawer hides."""
        self._cover = pixels
        self.place()

    def place(self) -> None:
        """Find the corner again after the canvas has moved."""
        bottom = self._canvas.height() - 12
        free = self._canvas.width() - self._cover
        if self.beside is not None and self.beside.isVisible():
            free = min(free, self.beside.x())
        right = (free if free >= _LEAST else self._canvas.width()) - 12
        for toast in reversed(self._toasts):
            toast.setFixedWidth(max(1, min(WIDTH, right - 12)))
            layout = toast.layout()
            height = max(40, layout.heightForWidth(toast.width()) if layout is not None else 40)
            toast.setGeometry(right - toast.width(), bottom - height, toast.width(), height)
            toast.raise_()
            bottom -= height + _GAP

    def _remove(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self.place()
