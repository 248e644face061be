"""The canvas without a picture, and the tint while a file is dragged over the window."""

from collections.abc import Callable, Sequence

from PySide6.QtCore import QRectF, QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent, QPen
from PySide6.QtWidgets import QLabel, QPushButton, QVBoxLayout, QWidget

from latentstudio.ui.theme import icon, set_role, set_tone, theme
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.words import tr


class EmptyCanvas(QWidget):
    """Asks for a model; while a file hangs over the window, offers to take it."""

    open_model = Signal()
    open_built_in = Signal()

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self._dragging = False
        self._mark = bare()
        self._title = _centred("heading", "tx")
        self._hint = _centred("body", "tx2")
        self._open = _button(tr("Open a model"), self.open_model.emit)
        self._open.setProperty("kind", "primary")
        self._open.setIcon(icon("box", "onacc"))
        self._or = _centred("label", "tx2")
        self._or.setText(tr("Or start from here"))
        self._built_in = _button(tr("The built-in portraits"), self.open_built_in.emit)
        self._built_in.setIcon(icon("image", "tx"))
        self._build()
        self._say()
        theme().changed.connect(self._say)

    def set_dragging(self, names: Sequence[str]) -> None:
        """Name the file that hangs over the window, or count them; none when they have gone."""
        self._dragging = bool(names)
        self.setAttribute(Qt.WidgetAttribute.WA_TransparentForMouseEvents, self._dragging)
        self._say(names)

    def _build(self) -> None:
        column = QVBoxLayout(self)
        column.setSpacing(8)
        column.addStretch(1)
        middle = Qt.AlignmentFlag.AlignHCenter
        for part in (self._mark, self._title, self._hint):
            column.addWidget(part, alignment=middle)
        column.addSpacing(8)
        column.addWidget(self._open, alignment=middle)
        column.addSpacing(24)
        column.addWidget(self._or, alignment=middle)
        column.addWidget(self._built_in, alignment=middle)
        column.addStretch(1)

    def _say(self, names: Sequence[str] = ()) -> None:
        drag = self._dragging
        self._mark.setPixmap(icon("download", "acc" if drag else "tx3", 36).pixmap(36, 36))
        one = tr("Drop to open “%1”").replace("%1", names[0] if names else "")
        several = tr("Drop to open %1 files").replace("%1", str(len(names)))
        drop = several if len(names) > 1 else one
        self._title.setText(drop if drag else tr("Open a model to begin"))
        facts = tr("Only numbers are read from a file; nothing in it is run.")
        where = tr("Drop a model file anywhere in this window.")
        self._hint.setText(facts if drag else f"{where}\n{facts}")
        for part in (self._open, self._or, self._built_in):
            part.setVisible(not drag)
        self.update()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        tokens = theme().current()
        painter.fillRect(self.rect(), tokens.color("canvas", 0.8 if self._dragging else 1.0))
        if not self._dragging:
            return
        painter.setRenderHint(QPainter.RenderHint.Antialiasing)
        pen = QPen(tokens.color("acc"), 2, Qt.PenStyle.CustomDashLine)
        pen.setDashPattern([3, 2])
        painter.setPen(pen)
        painter.setBrush(tokens.color("accbg", 0.5))
        painter.drawRoundedRect(QRectF(self.rect()).adjusted(17, 17, -17, -17), 6, 6)


def _centred(role: str, tone: str) -> QLabel:
    label = bare()
    label.setAlignment(Qt.AlignmentFlag.AlignHCenter)
    set_role(label, role)  # type: ignore[arg-type]
    set_tone(label, tone)
    return label


def _button(text: str, run: Callable[[], object]) -> QPushButton:
    button = QPushButton(text)
    button.setIconSize(QSize(19, 16))
    set_role(button, "control")
    button.setFocusPolicy(Qt.FocusPolicy.TabFocus)
    button.clicked.connect(lambda: run())
    return button
