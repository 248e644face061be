"""The status bar, 26 px with its line: model, device, time for a frame, the job that runs."""

from typing import TYPE_CHECKING

from PySide6.QtCore import Qt, Signal
from PySide6.QtGui import QMouseEvent
from PySide6.QtWidgets import QHBoxLayout, QProgressBar, QWidget

from latentstudio.ui.theme import icon, theme
from latentstudio.ui.widgets.buttons import icon_button
from latentstudio.ui.widgets.labels import ElidedLabel, label
from latentstudio.ui.widgets.plain_text import bare, set_tip
from latentstudio.ui.widgets.sentences import in_words
from latentstudio.ui.widgets.words import tr

if TYPE_CHECKING:
    from latentstudio.workers.job_list import JobInfo

HEIGHT = 25
_ALIVE = ("waiting", "running", "paused")


class StatusBar(QWidget):
    """Facts at the left, the job at the right; a click on the job opens the jobs panel."""

    cancel_asked = Signal(int)
    pause_asked = Signal(int)
    resume_asked = Signal(int)
    jobs_asked = Signal()

    def __init__(self, parent: QWidget | None = None) -> None:
        super().__init__(parent)
        self.setProperty("surface", "win")
        self.setAttribute(Qt.WidgetAttribute.WA_StyledBackground)
        self.setFixedHeight(HEIGHT)
        self.model = _Fact("loader", tr("Model"))
        self.device = _Fact("cpu", tr("Device"))
        self.frame = _Fact("", tr("Time for a frame"))
        self.kept = _Fact("", tr("Whether your work is kept"))
        self.job = JobLine()
        row = QHBoxLayout(self)
        row.setContentsMargins(12, 0, 8, 0)
        row.setSpacing(16)
        for fact in (self.model, self.device, self.frame, self.kept):
            row.addWidget(fact)
        row.addStretch(1)
        row.addWidget(self.job)
        self.job.cancel_asked.connect(self.cancel_asked)
        self.job.pause_asked.connect(self.pause_asked)
        self.job.resume_asked.connect(self.resume_asked)
        self.job.pressed.connect(self.jobs_asked)


class _Fact(QWidget):
    def __init__(self, image: str, name: str) -> None:
        super().__init__()
        self._image = image
        self._mark = bare()
        self._text = label("", "caption", "tx2")
        self._text.setAccessibleName(name)
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(6)
        row.addWidget(self._mark)
        row.addWidget(self._text)
        theme().changed.connect(self._dress)
        self.say("")

    def say(self, text: str, image: str = "") -> None:
        """Show a fact, or nothing."""
        self._image = image or self._image
        self._text.setText(text)
        self.setVisible(bool(text))
        self._dress()

    @property
    def text(self) -> str:
        return self._text.text()

    def _dress(self) -> None:
        self._mark.setVisible(bool(self._image))
        if self._image:
            self._mark.setPixmap(icon(self._image, "tx2", 14).pixmap(14, 14))


class JobLine(QWidget):
    """The oldest job that still runs, with its progress; otherwise that there is none."""

    cancel_asked = Signal(int)
    pause_asked = Signal(int)
    resume_asked = Signal(int)
    pressed = Signal()

    def __init__(self) -> None:
        super().__init__()
        self._jobs: dict[int, JobInfo] = {}
        self._idle = ""
        self._mark = bare()
        self._text = ElidedLabel("caption", "tx2", at_right=True)  # facts come first
        self._bar = QProgressBar()
        self._bar.setRange(0, 1000)
        self._bar.setTextVisible(False)
        self._bar.setFixedWidth(96)
        self._bar.setAccessibleName(tr("Progress"))
        self._cancel = icon_button("x", tr("Cancel this job"), self._ask, side=22)
        self._pause = icon_button("pause", tr("Pause this job"), self._ask_pause, side=22)
        self.setCursor(Qt.CursorShape.PointingHandCursor)
        set_tip(self, tr("Open the list of jobs"))
        row = QHBoxLayout(self)
        row.setContentsMargins(0, 0, 0, 0)
        row.setSpacing(8)
        for part in (self._mark, self._text, self._bar, self._pause, self._cancel):
            row.addWidget(part)
        theme().changed.connect(self._show)
        self._show()

    @property
    def text(self) -> str:
        return self._text.text

    def show_job(self, job: "JobInfo") -> None:
        """Follow a job."""
        if job.state in _ALIVE:
            self._jobs[job.ticket] = job
        else:
            self._jobs.pop(job.ticket, None)
        self._show()

    def say_idle(self, text: str) -> None:
        """Say something while no job runs, or that there is none where it is empty."""
        self._idle = text
        self._show()

    def _current(self) -> "JobInfo | None":
        jobs = self._jobs.values()
        return next((j for j in jobs if j.state == "running"), next(iter(jobs), None))

    def _show(self) -> None:
        job = self._current()
        for part in (self._bar, self._cancel):
            part.setVisible(job is not None)
        self._pause.setVisible(job is not None and job.pausable)
        paused = job is not None and job.state == "paused"
        self._pause.setIcon(icon("play" if paused else "pause", "tx"))
        verb = tr("Resume this job") if paused else tr("Pause this job")
        set_tip(self._pause, verb)
        self._pause.setAccessibleName(verb)
        image = "loader" if job else "circle-check"
        self._mark.setPixmap(icon(image, "tx2", 14).pixmap(14, 14))
        if job is None:
            self._text.say(self._idle or tr("No jobs running"))
            return
        self._text.say(_job_words(job, len(self._jobs) - 1))
        self._bar.setValue(round(job.fraction * 1000))

    def _ask(self) -> None:
        job = self._current()
        if job is not None:
            self.cancel_asked.emit(job.ticket)

    def _ask_pause(self) -> None:
        job = self._current()
        if job is not None:
            paused = job.state == "paused"
            (self.resume_asked if paused else self.pause_asked).emit(job.ticket)

    def mousePressEvent(self, event: QMouseEvent) -> None:
        self.pressed.emit()


def _job_words(job: "JobInfo", others: int) -> str:
    job = in_words(job)
    words = job.title
    if job.state == "paused":
        words += tr(", paused")
    if job.message and job.message != job.title:
        # A word goes on in lower case, a name such as GANSpace stays.
        word = job.message[1:2].islower()
        words += f": {job.message[:1].lower() if word else job.message[:1]}{job.message[1:]}"
    if others:
        words += tr(", %1 more").replace("%1", str(others))
    return words
