"""One job of the list: icon, title, state in words, a bar, cancel."""

from typing import TYPE_CHECKING

from PySide6.QtCore import QSize, Qt, Signal
from PySide6.QtGui import QPainter, QPaintEvent
from PySide6.QtWidgets import QGridLayout, QProgressBar, QSizePolicy, QWidget

from latentstudio.ui.theme import icon, set_tone, theme
from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.labels import ElidedLabel, label
from latentstudio.ui.widgets.plain_text import bare, set_tip
from latentstudio.ui.widgets.sentences import in_words
from latentstudio.ui.widgets.words import NO_BREAK, tr

if TYPE_CHECKING:
    from latentstudio.workers.job_list import JobInfo

_ICONS = {
    "waiting": "loader",
    "running": "loader",
    "paused": "pause",
    "done": "circle-check",
    "failed": "circle-alert",
    "cancelled": "x",
}
_FULL = 1000


def state_sentence(job: "JobInfo") -> str:
    """How far a job is, in words."""
    if job.state == "running":
        percent = f"{round(job.fraction * 100)}{NO_BREAK}%"
        news = job.message and job.message != job.title
        return f"{percent}, {job.message}" if news else percent
    if job.state == "failed":
        return tr("failed")
    if job.state == "paused":
        return tr("paused")
    return {"waiting": tr("waiting"), "done": tr("done"), "cancelled": tr("cancelled")}[job.state]


class JobItem(QWidget):
    """Shows one job; `cancel_asked` tells its ticket."""

    cancel_asked = Signal(int)
    pause_asked = Signal(int)
    resume_asked = Signal(int)

    def __init__(self, job: "JobInfo", parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self._job = job
        self._icon = bare()
        self._title = ElidedLabel("body")
        self._state = ElidedLabel("caption", "tx3", at_right=True)
        # The title comes first; the news take what is left.
        self._state.setSizePolicy(QSizePolicy.Policy.Ignored, QSizePolicy.Policy.Fixed)
        self._why = label("", "caption", "tx2", wrap=True)
        self._bar = QProgressBar()
        self._bar.setRange(0, _FULL)
        self._bar.setTextVisible(False)
        self.pause = icon_button("pause", tr("Pause"), self._ask_pause)
        self.cancel = icon_button("x", tr("Cancel"), self._ask_cancel)
        self._arrange()
        theme().changed.connect(self._paint_icon)
        self.show_job(job)

    @property
    def job(self) -> "JobInfo":
        """What is shown."""
        return self._job

    @property
    def words(self) -> str:
        """The state as it is written."""
        return self._state.text

    def show_job(self, job: "JobInfo") -> None:
        """Show a job's state now."""
        self._job = job = in_words(job)
        alive = job.state in ("waiting", "running", "paused")
        words = state_sentence(job)
        self._title.say(job.title)
        self._state.say(words)
        self._why.setText(job.sentence)
        self._why.setVisible(bool(job.sentence))
        set_tone(self._why, "bad" if job.state == "failed" else "tx2")
        self._bar.setVisible(alive)
        self._bar.setValue(round(job.fraction * _FULL))
        self.cancel.setVisible(alive)
        paused = job.state == "paused"
        self.pause.setVisible(job.pausable and job.state in ("running", "paused"))
        self.pause.setIcon(icon("play" if paused else "pause", "tx"))
        verb = tr("Resume %1") if paused else tr("Pause %1")
        self.pause.setAccessibleName(verb.replace("%1", job.title))
        set_tip(self.pause, tr("Resume") if paused else tr("Pause"))
        self.cancel.setAccessibleName(tr("Cancel %1").replace("%1", job.title))
        self.setAccessibleName(f"{job.title}: {job.sentence or words}")
        self._paint_icon()

    def paintEvent(self, event: QPaintEvent) -> None:
        painter = QPainter(self)
        painter.fillRect(0, self.height() - 1, self.width(), 1, theme().current().color("line"))
        painter.end()

    def _arrange(self) -> None:
        grid = QGridLayout(self)
        grid.setContentsMargins(12, 8, 8, 8)
        grid.setHorizontalSpacing(8)
        grid.setVerticalSpacing(4)
        middle = Qt.AlignmentFlag.AlignVCenter
        grid.addWidget(self._icon, 0, 0, 2, 1, middle)
        grid.addWidget(self._title, 0, 1)
        grid.addWidget(self._state, 0, 2)
        grid.addWidget(self._bar, 1, 1, 1, 2)
        grid.addWidget(self.pause, 0, 3, 2, 1, middle)
        grid.addWidget(self.cancel, 0, 4, 2, 1, middle)
        grid.addWidget(self._why, 2, 1, 1, 4)
        grid.setColumnStretch(2, 1)
        grid.setColumnMinimumWidth(2, 48)
        self.setMinimumHeight(48)

    def _paint_icon(self) -> None:
        tone = {"done": "ok", "failed": "bad"}.get(self._job.state, "tx2")
        mark = icon(_ICONS[self._job.state], tone, 18)
        self._icon.setPixmap(mark.pixmap(QSize(18, 18), self.devicePixelRatioF()))

    def _ask_pause(self) -> None:
        paused = self._job.state == "paused"
        (self.resume_asked if paused else self.pause_asked).emit(self._job.ticket)

    def _ask_cancel(self) -> None:
        self.cancel_asked.emit(self._job.ticket)
