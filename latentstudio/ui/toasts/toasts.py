"""Messages that come and go by themselves: at most three, each as long as it takes to read."""

from collections.abc import Callable

from PySide6.QtCore import (
    QObject,
    QPoint,
    QPropertyAnimation,
    QRect,
    QRectF,
    Qt,
    Signal,
)
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
from latentstudio.ui.widgets.timers import timer
from latentstudio.ui.widgets.words import tr

WIDTH = 360
_LEAST = 200  # px beside a drawer; with less room messages lie below it
MOST = 3
_LIFE = 6000  # ms at least
_READING = 60  # ms for a letter
_SLOW = 2  # times as long for what went wrong, and where there is something to do
_SHARE = 4  # of the picture at most a fourth is covered
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
        self.about = ""
        """What it is about; a newer message about it takes its place."""
        self.setAccessibleName(self.text)
        self._timer = timer(self, life(self.kind, self.text, action), self.close_softly)
        self._build(action)
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


def life(kind: str, text: str, action: object = None) -> int:
    """How long a message stays, in milliseconds; the mouse over it holds it."""
    time = max(_LIFE, _READING * len(text))
    return time * _SLOW if kind == "error" or action is not None else time


class ToastStack(QObject):
    """Places the messages over `canvas`, the newest lowest.

    Args:
        canvas: In whose lower right corner they stand.
        picture: Where the picture is in it, of which they leave three fourths free.
    """

    def __init__(self, canvas: QWidget, picture: Callable[[], QRect] = QRect) -> None:
        super().__init__(canvas)
        self._canvas, self._picture = canvas, picture
        self._toasts: list[Toast] = []
        self._cover = 0
        self.beside: list[QWidget] = []
        """Cards in the same corner, which messages don't hide."""

    @property
    def toasts(self) -> tuple[Toast, ...]:
        """Those to be seen, oldest first."""
        return tuple(self._toasts)

    def show(
        self,
        kind: str,
        text: str,
        action: tuple[str, Callable[[], object]] | None = None,
        about: str = "",
    ) -> None:
        """Say something: ``ok``, ``info``, ``warn`` or ``error``.

        The same text is not doubled; of messages about the same thing only the last stays.
        """
        for old in self.toasts:
            if old.text == text or (about and old.about == about):
                self._remove(old)
        while len(self._toasts) >= MOST:
            # Errors stay as long as they can: the oldest message that is none goes first.
            self._remove(next((t for t in self._toasts if t.kind != "error"), self._toasts[0]))
        # Above all that lies on the canvas, a drawer too.
        toast = Toast(kind, text, action, self._canvas.window())
        toast.about = about
        toast.closed.connect(self._remove)
        self._toasts.append(toast)
        toast.show()
        self.place()

    def forget_errors(self) -> None:
        """What went wrong is no longer of interest: something else is being done."""
        for toast in self.toasts:
            if toast.kind == "error":
                self._remove(toast)

    def set_cover(self, pixels: int) -> None:
        """How much of the right side a drawer hides."""
        self._cover = pixels
        self.place()

    def place(self) -> None:
        """Find the corner again after the canvas has moved; what covers too much goes."""
        self._stack()
        while len(self._toasts) > 1 and self._covers_much():
            self._toasts[0].hide()
            self._toasts.pop(0).deleteLater()
            self._stack()

    def _stack(self) -> None:
        free = self._canvas.width() - self._cover
        free = min((free, *(card.x() for card in self.beside if card.isVisible())))
        self._stack_until(free if free >= _LEAST else self._canvas.width())
        if self._cover and self._covers_much():
            self._stack_until(self._canvas.width())  # over the drawer, not over the picture

    def _stack_until(self, edge: int) -> None:
        corner = self._canvas.mapTo(self._canvas.window(), QPoint(edge - 12, self._canvas.height()))
        bottom = corner.y() - 12
        for toast in reversed(self._toasts):
            toast.setFixedWidth(max(1, min(WIDTH, edge - 24)))
            layout = toast.layout()
            height = max(40, layout.heightForWidth(toast.width()) if layout is not None else 40)
            left = corner.x() - toast.width()
            toast.setGeometry(left, bottom - height, toast.width(), height)
            toast.raise_()
            bottom -= height + _GAP

    def _covers_much(self) -> bool:
        picture = self._picture()
        at = self._canvas.mapTo(self._canvas.window(), picture.topLeft())
        box = QRect(at, picture.size())
        parts = (box.intersected(toast.geometry()) for toast in self._toasts)
        covered = sum(part.width() * part.height() for part in parts if not part.isEmpty())
        return _SHARE * covered > box.width() * box.height()

    def _remove(self, toast: Toast) -> None:
        if toast in self._toasts:
            self._toasts.remove(toast)
            toast.hide()
            toast.deleteLater()
            self.place()
