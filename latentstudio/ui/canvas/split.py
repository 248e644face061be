"""The line between before and now, and the handle that drags it."""

from PySide6.QtCore import QRect, Qt, Signal
from PySide6.QtGui import QColor, QKeyEvent, QMouseEvent, QPainter, QPaintEvent
from PySide6.QtWidgets import QWidget

from latentstudio.ui.theme import theme
from latentstudio.ui.theme.icons import pixmap
from latentstudio.ui.widgets.plain_text import set_tip
from latentstudio.ui.widgets.words import tr

WIDTH = 28
_GRIP = 32
_STEP = 0.02


class SplitHandle(QWidget):
    """A vertical line with a grip; drag it, or move it with the arrow keys."""

    dragged = Signal(float)
    """The x of the line in the parent."""
    stepped = Signal(float)
    """By how much of the picture's width to move."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._grab: float | None = None
        self.setCursor(Qt.CursorShape.SplitHCursor)
        self.setFocusPolicy(Qt.FocusPolicy.TabFocus)
        self.setAccessibleName(tr("Split between before and after"))
        set_tip(self, tr("Drag to move the split (← →)"))
        self.hide()

    def place(self, x: float, top: int, bottom: int) -> None:
        """Stand at `x` of the parent, between two heights."""
        self.setGeometry(round(x) - WIDTH // 2, top, WIDTH, max(0, bottom - top))

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        middle = WIDTH // 2
        painter.fillRect(QRect(middle - 2, 0, 4, self.height()), QColor(0, 0, 0, 150))
        painter.fillRect(QRect(middle - 1, 0, 2, self.height()), QColor("white"))
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        grip = QRect(1, (self.height() - _GRIP) // 2, WIDTH - 2, _GRIP)
        focused = self.hasFocus()
        painter.setPen(theme().current().color("acc") if focused else QColor("#101010"))
        painter.setBrush(QColor("white"))
        painter.drawRoundedRect(grip, 6, 6)
        arrows = pixmap("move-horizontal", "#191919", 16, self.devicePixelRatioF())
        painter.drawPixmap(grip.center().x() - 7, grip.center().y() - 7, arrows)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self._grab = event.position().x() - WIDTH / 2

    def mouseMoveEvent(self, event: QMouseEvent) -> None:
        if self._grab is not None:
            self.dragged.emit(self.mapToParent(event.position()).x() - self._grab)

    def mouseReleaseEvent(self, event: QMouseEvent) -> None:
        self._grab = None

    def keyPressEvent(self, event: QKeyEvent) -> None:
        step = {Qt.Key.Key_Left: -_STEP, Qt.Key.Key_Right: _STEP}.get(Qt.Key(event.key()))
        if step is None:
            super().keyPressEvent(event)
        else:
            self.stepped.emit(step)
