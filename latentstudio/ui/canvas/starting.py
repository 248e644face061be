"""The card on the canvas while the engine starts: what is done, what runs, what follows."""

from time import monotonic

from PySide6.QtCore import Qt, QTimer
from PySide6.QtWidgets import (
    QFrame,
    QGridLayout,
    QProgressBar,
    QVBoxLayout,
    QWidget,
)

from latentstudio.ui.theme import icon, set_role, set_tone, theme
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.words import fixed, tr

_DONE, _RUNS, _WAITS = ("circle-check", "ok"), ("loader", "acc"), ("circle", "tx3")


class StartingCard(QFrame):
    """Three steps with the seconds each has taken."""

    def __init__(self, parent: QWidget) -> None:
        super().__init__(parent)
        self.setFixedWidth(343)
        self.setAccessibleName(tr("Starting the engine"))
        self._texts: list[str] = ["", "", ""]
        self._seconds: list[float] = [0.0, 0.0, 0.0]
        self._now = 0
        self._since = monotonic()
        self._rows = [(bare(), bare(), bare()) for _ in range(3)]
        self._bar = QProgressBar()
        self._bar.setTextVisible(False)
        self._bar.setRange(0, 100)
        self._bar.setAccessibleName(tr("Progress"))
        self._timer = QTimer(self)
        self._timer.setInterval(100)
        self._timer.timeout.connect(self._tick)
        self._build()
        theme().changed.connect(self._dress)

    def start(self, window_seconds: float, model: str) -> None:
        """The window is up after so many seconds; the engine loads, then `model` opens."""
        self._texts = [
            tr("Window and settings"),
            tr("Loading the engine"),
            tr("Opening %1").replace("%1", model),
        ]
        self._seconds[0] = window_seconds
        self._go(1)
        self._timer.start()

    def engine_ready(self) -> None:
        """The engine has loaded: the model is next."""
        self._go(2)

    def finish(self) -> None:
        """Everything is there."""
        self._timer.stop()
        self.hide()

    def _go(self, step: int) -> None:
        self._tick()
        self._now = step
        self._since = monotonic()
        self._dress()

    def _tick(self) -> None:
        if self._now:
            self._seconds[self._now] = monotonic() - self._since
        self._bar.setValue((0, 46, 80)[self._now])
        for (_, _, seconds), taken in zip(self._rows, self._seconds, strict=True):
            seconds.setText(tr("%1 s").replace("%1", fixed(taken, 1)) if taken else "")

    def _build(self) -> None:
        title = bare(tr("Starting the engine"))
        set_role(title, "verdict")
        hint = bare(tr("Open a model now; it waits its turn."))
        set_role(hint, "label")
        set_tone(hint, "tx2")
        grid = QGridLayout()
        grid.setContentsMargins(0, 10, 0, 6)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(10)
        grid.setColumnStretch(1, 1)
        for number, (mark, text, seconds) in enumerate(self._rows):
            set_role(text, "body")
            set_role(seconds, "label")
            set_tone(seconds, "tx3")
            grid.addWidget(mark, number, 0)
            grid.addWidget(text, number, 1)
            grid.addWidget(seconds, number, 2, alignment=Qt.AlignmentFlag.AlignRight)
        column = QVBoxLayout(self)
        column.setContentsMargins(16, 16, 16, 16)
        column.setSpacing(4)
        for part in (title, hint):
            column.addWidget(part)
        column.addLayout(grid)
        column.addWidget(self._bar)

    def _dress(self) -> None:
        for number, (mark, text, _) in enumerate(self._rows):
            order = (number > self._now) - (number < self._now)
            name, role = {-1: _DONE, 0: _RUNS, 1: _WAITS}[order]
            mark.setPixmap(icon(name, role).pixmap(16, 16))
            text.setText(self._texts[number])
            set_tone(text, "tx3" if order > 0 else "tx")
        tokens = theme().current()
        self.setStyleSheet(
            f"StartingCard {{ background: {tokens.raised}; border: 1px solid {tokens.line};"
            " border-radius: 6px; }"
        )
