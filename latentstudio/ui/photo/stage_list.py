"""The stages of a search, one below the other: where each is, what it led to, how long it took."""

import time
from collections.abc import Callable
from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt
from PySide6.QtWidgets import QGridLayout, QProgressBar, QVBoxLayout, QWidget

from latentstudio.core.marked import marked
from latentstudio.session.photo_messages import PhotoNews, PhotoStage
from latentstudio.ui.canvas.pixels import to_pixmap
from latentstudio.ui.theme import icon
from latentstudio.ui.widgets.labels import ElidedLabel, label
from latentstudio.ui.widgets.plain_text import bare
from latentstudio.ui.widgets.sentences import shown
from latentstudio.ui.widgets.words import fixed, tr

if TYPE_CHECKING:
    from latentstudio.render.messages import Pixels

STAGES = {
    "start": marked("Beginning"),
    "code": marked("Find the code"),
    "refine": marked("Refine"),
    "tune": marked("Fit the model"),
}
_THUMB = 32
_SOON = 1.0
"""Seconds after which the rest can be told."""


class StageRow(QWidget):
    """One stage: a picture of it, its name, a line on how it went, and a bar while it runs."""

    def __init__(self, title: str, clock: Callable[[], float]) -> None:
        super().__init__()
        self._clock = clock
        self._began = 0.0
        self.state = "waits"
        self.sign = bare()
        self.thumb = bare()
        self.thumb.setFixedSize(_THUMB, _THUMB)
        self.title = label(title)
        self.words = ElidedLabel("caption", "tx2", at_right=True)
        self.bar = QProgressBar()
        self.bar.setTextVisible(False)
        self.bar.setFixedHeight(4)
        grid = QGridLayout(self)
        grid.setContentsMargins(0, 0, 0, 0)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(2)
        grid.addWidget(self.sign, 0, 0)
        grid.addWidget(self.title, 0, 1)
        grid.addWidget(self.words, 0, 2)
        grid.addWidget(self.thumb, 0, 3)
        grid.addWidget(self.bar, 1, 1, 1, 3)
        grid.setColumnStretch(2, 1)
        self.show_waiting(tr("Waits"))

    def show_waiting(self, words: str) -> None:
        """It has not begun."""
        self._show("waits", "circle", words)
        self.thumb.setVisible(False)

    def show_running(self, news: PhotoNews) -> None:
        """It is under way."""
        if self.state != "running":
            self._began = self._clock()
        share = news.step / max(1, news.steps)
        self.bar.setValue(round(100 * share))
        self._show("running", "loader", self._how_far(share))

    def show_done(self, pixels: "Pixels", error: float, seconds: float | None = None) -> None:
        """It has ended; by this clock where nobody says how long it took."""
        taken = self._clock() - self._began if seconds is None else seconds
        words = tr("Error %1, %2 s").replace("%1", fixed(error, 3))
        self._show("done", "circle-check", words.replace("%2", fixed(taken, 1)))
        side = QSize(_THUMB, _THUMB)
        smooth = Qt.TransformationMode.SmoothTransformation
        ratio = Qt.AspectRatioMode.KeepAspectRatio
        self.thumb.setPixmap(to_pixmap(pixels).scaled(side, ratio, smooth))
        self.thumb.setVisible(True)

    def _how_far(self, share: float) -> str:
        percent, gone = str(round(100 * share)), self._clock() - self._began
        if share <= 0 or gone < _SOON:
            return tr("Running, %1 %").replace("%1", percent)
        left = max(1, round(gone * (1 - share) / share))
        words = tr("Running, %1 %, %2 s left").replace("%1", percent)
        return words.replace("%2", str(left))

    def _show(self, state: str, sign: str, words: str) -> None:
        self.state = state
        tone = {"waits": "tx3", "running": "acc", "done": "ok"}[state]
        self.sign.setPixmap(icon(sign, tone).pixmap(QSize(16, 16)))
        self.words.say(words)
        self.bar.setVisible(state == "running")
        self.setAccessibleName(f"{self.title.text()}: {words}")


class StageList(QWidget):
    """The rows of all stages; one that is followed by another has ended."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        super().__init__()
        self._latest: PhotoNews | None = None
        self.rows = {stage: StageRow(shown(title), clock) for stage, title in STAGES.items()}
        column = QVBoxLayout(self)
        column.setContentsMargins(0, 0, 0, 0)
        column.setSpacing(6)
        for row in self.rows.values():
            column.addWidget(row)

    def begin(self) -> None:
        """A search begins: nothing is done."""
        self._latest = None
        for stage, row in self.rows.items():
            row.show_waiting(tr("Optional") if stage == "tune" else tr("Waits"))

    def show_news(self, news: PhotoNews) -> None:
        """A stage goes on; the one before it is done."""
        latest, self._latest = self._latest, news
        if latest is not None and latest.stage != news.stage:
            self.rows[latest.stage].show_done(latest.pixels, latest.error)
        self.rows[news.stage].show_running(news)

    def show_stage(self, stage: PhotoStage) -> None:
        """A stage has ended, with its exact figures."""
        self._latest = None
        self.rows[stage.stage].show_done(stage.pixels, stage.error, stage.seconds)

    def end(self) -> None:
        """What was under way was stopped."""
        self._latest = None
        for stage, row in self.rows.items():
            if row.state == "running":
                row.show_waiting(tr("Optional") if stage == "tune" else tr("Stopped"))
