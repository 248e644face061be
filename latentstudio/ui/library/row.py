"""One line of the library: a picture, what it is, and what can be done with it."""

from PySide6.QtCore import QEvent, QRectF, QSize, Qt, Signal
from PySide6.QtGui import (
    QKeyEvent,
    QMouseEvent,
    QPainter,
    QPaintEvent,
    QPen,
    QPixmap,
)
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QVBoxLayout, QWidget

from latentstudio.ui.theme import icon, theme
from latentstudio.ui.widgets.labels import ElidedLabel, label
from latentstudio.ui.widgets.plate import painter_on_plate

_SIDE = 56
_FULL = 1000


class Thumb(QWidget):
    """A picture with round corners, or an icon in its place."""

    def __init__(self, picture: QPixmap, icon_name: str) -> None:
        super().__init__()
        self._picture, self._icon = picture, icon_name
        self.setFixedSize(_SIDE, _SIDE)

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = painter_on_plate(self)
        if self._picture.isNull():
            sign = icon(self._icon, "tx3", 24).pixmap(QSize(24, 24), self.devicePixelRatioF())
            painter.drawPixmap((_SIDE - 24) // 2, (_SIDE - 24) // 2, sign)
        else:
            painter.drawPixmap(self.rect(), self._picture)
        painter.end()


class LibraryRow(QWidget):
    """A thumb, up to three lines, a bar while it is on its way, and actions at the right."""

    activated = Signal()
    """Double-clicked, or Enter pressed."""

    def __init__(self, title: str, facts: str, picture: QPixmap, icon_name: str = "box") -> None:
        super().__init__()
        self.setFocusPolicy(Qt.FocusPolicy.StrongFocus)
        self.setAttribute(Qt.WidgetAttribute.WA_Hover)
        self.setAccessibleName(f"{title}, {facts}")
        self.title = ElidedLabel("body")
        self.title.say(title)
        self.facts = ElidedLabel("label", "tx2")
        self.facts.say(facts)
        self.bar = QProgressBar()
        self.bar.setRange(0, _FULL)
        self.bar.setTextVisible(False)
        self.bar.hide()
        self._lines = QVBoxLayout()
        self._lines.setSpacing(1)
        self._lines.addStretch(1)
        for line in (self.title, self.facts):
            self._lines.addWidget(line)
        self._lines.addWidget(self.bar)
        self._lines.addStretch(1)
        self._row = QHBoxLayout(self)
        self._row.setContentsMargins(16, 8, 12, 8)
        self._row.setSpacing(12)
        self._row.addWidget(Thumb(picture, icon_name), alignment=Qt.AlignmentFlag.AlignVCenter)
        self._row.addLayout(self._lines, 1)

    def add(self, widget: QWidget) -> None:
        """Put an action at the right."""
        self._row.addWidget(widget, alignment=Qt.AlignmentFlag.AlignVCenter)

    def add_line(self, text: str, tone: str = "tx3") -> None:
        """Add a line in small type; all of it is shown."""
        small = label(text, "caption", tone, wrap=True)
        self._lines.insertWidget(self._lines.count() - 2, small)
        self.setAccessibleDescription(f"{self.accessibleDescription()} {text}".strip())

    def show_progress(self, fraction: float | None) -> None:
        """How far it is, or None when nothing is on its way."""
        self.bar.setVisible(fraction is not None)
        self.bar.setValue(round(_FULL * (fraction or 0.0)))

    def mouseDoubleClickEvent(self, event: QMouseEvent) -> None:
        if event.button() == Qt.MouseButton.LeftButton:
            self.activated.emit()

    def keyPressEvent(self, event: QKeyEvent) -> None:
        if event.key() in (Qt.Key.Key_Return, Qt.Key.Key_Enter):
            self.activated.emit()
        else:
            super().keyPressEvent(event)

    def focusInEvent(self, event: QEvent) -> None:
        self.update()

    def focusOutEvent(self, event: QEvent) -> None:
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        tokens = theme().current()
        body = QRectF(self.rect()).adjusted(5, 1, -5, -1)
        if self.underMouse():
            painter.setPen(Qt.PenStyle.NoPen)
            painter.setBrush(tokens.color("raised"))
            painter.drawRoundedRect(body, 6, 6)
        if self.hasFocus():
            painter.setPen(QPen(tokens.color("acc"), 2))
            painter.setBrush(Qt.BrushStyle.NoBrush)
            painter.drawRoundedRect(body.adjusted(1, 1, -1, -1), 6, 6)
        painter.end()
