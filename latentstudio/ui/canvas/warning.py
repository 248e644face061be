"""What the canvas says when the picture has left the region the model knows."""

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen, QPixmap, QResizeEvent
from PySide6.QtWidgets import (
    QFrame,
    QHBoxLayout,
    QPushButton,
    QVBoxLayout,
    QWidget,
)

from latentstudio.render.messages import Frame
from latentstudio.ui.canvas import warning_words
from latentstudio.ui.theme import icon, set_role, set_tone, theme
from latentstudio.ui.widgets.flow import FlowLayout
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.words import tr

_NARROW, _LEAST = 560, 300
_THUMB = 28


class WarningFrame(QWidget):
    """A 2 px amber frame round the canvas; it lets the mouse through."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents)
        self.hide()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        pen = QPen(theme().current().color("warn"), 2)
        pen.setJoinStyle(Qt.PenJoinStyle.MiterJoin)
        painter.setPen(pen)
        painter.drawRect(self.rect().adjusted(1, 1, -1, -1))


class WarningBar(QFrame):
    """Says what happened and offers three ways on. It never takes the focus by itself."""

    snap_back = Signal()
    stay_on_shell = Signal()
    ignored = Signal()
    """Nothing more of this picture."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setAccessibleName(tr("Warning: too far"))
        self._title = bare()
        self._title.setWordWrap(True)
        set_role(self._title, "title")
        self._sentence = bare()
        self._sentence.setWordWrap(True)
        set_role(self._sentence, "label")
        set_tone(self._sentence, "tx2")
        self._mark = bare()
        self._hint = bare(tr("Preview of Snap back"))
        set_role(self._hint, "label")
        set_tone(self._hint, "tx3")
        self._thumb = bare()
        self._thumb.setFixedSize(_THUMB, _THUMB)
        self._thumb.setAccessibleName(self._hint.text())
        self._thumb_pixmap = QPixmap()
        self._build()
        theme().changed.connect(self._dress)
        self._dress()
        self.hide()

    def _build(self) -> None:
        words = QVBoxLayout()
        words.setSpacing(2)
        words.addWidget(self._title)
        words.addWidget(self._sentence)
        words.addSpacing(7)
        words.addLayout(self._buttons())
        row = QHBoxLayout(self)
        row.setContentsMargins(16, 12, 12, 11)
        row.setSpacing(12)
        row.addWidget(self._mark, alignment=Qt.AlignmentFlag.AlignTop)
        row.addLayout(words, 1)

    def _buttons(self) -> QHBoxLayout:
        row = QHBoxLayout()
        row.setSpacing(8)
        choose = QWidget()
        flow = FlowLayout(choose, 8)
        choices = (
            (tr("Snap back"), "undo-dot", self.snap_back),
            (tr("Stay on shell"), "orbit", self.stay_on_shell),
            (tr("Ignore for this picture"), "", self.ignored),
        )
        for number, (text, image, signal) in enumerate(choices):
            button = QPushButton(text)
            set_role(button, "control")
            button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
            if image:
                button.setIcon(icon(image, "tx" if number else "onacc"))
                button.setIconSize(QSize(19, 16))
            if not number:
                button.setProperty("kind", "primary")
                self._snap = button
            button.clicked.connect(signal)
            flow.addWidget(button)
        row.addWidget(choose, 1)
        row.addWidget(self._hint)
        row.addWidget(self._thumb)
        return row

    def say(self, frame: Frame, carrier: str) -> None:
        """Fill the words in for a picture that is off the shell.

        Args:
            frame: The picture and its readings.
            carrier: Name of the edit that leads most of the way out, or empty.
        """
        self._title.setText(warning_words.title(frame))
        self._sentence.setText(warning_words.sentence(frame, carrier))
        self._snap.setEnabled(bool(frame.picture.active()))  # a start has no way back

    def set_preview(self, picture: QPixmap | None) -> None:
        """Show what Snap back would give, or nothing until that is known."""
        self._thumb_pixmap = picture or QPixmap()
        self._show_thumb()

    def place(self, width: int) -> None:
        """Take the top of a canvas `width` wide."""
        side = 18 if width >= _NARROW else 8
        inner = max(_LEAST, width - 2 * side)
        self._show_thumb(inner)
        height = self.heightForWidth(inner)
        self.setGeometry(side, 10, inner, height if height > 0 else self.sizeHint().height())

    def resizeEvent(self, event: QResizeEvent) -> None:
        super().resizeEvent(event)
        self._show_thumb()

    def _show_thumb(self, width: int = 0) -> None:
        room = (width or self.width()) >= _NARROW * theme().text_scale ** 1.5
        shown = room and not self._thumb_pixmap.isNull()
        self._hint.setVisible(shown)
        self._thumb.setVisible(shown)
        if shown:
            ratio = self.devicePixelRatioF()
            side = QSize(_THUMB, _THUMB) * ratio
            scaled = self._thumb_pixmap.scaled(
                side,
                Qt.AspectRatioMode.KeepAspectRatio,
                Qt.TransformationMode.SmoothTransformation,
            )
            scaled.setDevicePixelRatio(ratio)
            self._thumb.setPixmap(scaled)

    def _dress(self) -> None:
        self._mark.setPixmap(icon("triangle-alert", "warn", 22).pixmap(22, 22))
        tokens = theme().current()
        self.setStyleSheet(
            f"WarningBar {{ background: {tokens.raised}; border: 1px solid {tokens.warn};"
            " border-radius: 6px; }"
        )
