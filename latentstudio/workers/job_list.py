"""The jobs a person can see: what runs, how far it is, how it ended."""

import logging
from dataclasses import dataclass, replace
from typing import Any, Literal

from PySide6.QtCore import QObject, Signal, Slot

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import Job, Step
from latentstudio.workers.job_thread import JobThread

log = logging.getLogger(__name__)

JobState = Literal["waiting", "running", "paused", "done", "failed", "cancelled"]


@dataclass(frozen=True, slots=True)
class JobInfo:
    """One job as the status bar shows it.

    Attributes:
        ticket: For `JobList.cancel`.
        title: What it does, for example ``Finding directions``.
        fraction: 0 to 1.
        message: Where it is.
        state: See `JobState`.
        sentence: Why it failed, for a person; else empty.
        pausable: It can be paused, and go on.
    """

    ticket: int
    title: str
    fraction: float = 0.0
    message: str = ""
    state: JobState = "waiting"
    sentence: str = ""
    pausable: bool = False


class JobList(QObject):
    """Submits jobs to the background thread and follows them."""

    changed = Signal(object)  # JobInfo
    stepped = Signal(int, object)  # ticket, Step.preview, where there is one
    finished = Signal(int, object)  # ticket, result
    failed = Signal(int, str)  # ticket, sentence
    cancelled = Signal(int)  # ticket

    def __init__(self, thread: JobThread) -> None:
        super().__init__(thread)
        self._thread = thread
        self._jobs: dict[int, JobInfo] = {}
        self._held: dict[int, JobState] = {}
        thread.progressed.connect(self._on_progress)
        thread.finished.connect(self._on_finished)
        thread.failed.connect(self._on_failed)
        thread.cancelled.connect(self._on_cancelled)

    def submit(
        self,
        title: str,
        job: Job[Any],
        lane: int = 0,
        *,
        pausable: bool = False,
        soft: bool = False,
    ) -> int:
        """Queue a job under a title; returns its ticket. See `JobThread.submit`."""
        ticket = self._thread.submit(job, lane, soft=soft)
        self._show(JobInfo(ticket, title, pausable=pausable))
        return ticket

    def pause(self, ticket: int) -> None:
        """Leave a job standing; those behind it run in the meantime."""
        info = self._jobs.get(ticket)
        if info is not None and info.pausable:
            self._held.setdefault(ticket, info.state)
            self._thread.hold(ticket)
            self._show(replace(info, state="paused"))

    def resume(self, ticket: int) -> None:
        """Let a paused job go on."""
        info = self._jobs.get(ticket)
        if info is not None and ticket in self._held:
            state = self._held.pop(ticket)
            self._thread.hold(ticket, False)
            self._show(replace(info, state=state))

    def cancel(self, ticket: int) -> None:
        """Ask a job to stop; it says so when it has cleaned up."""
        self._thread.cancel(ticket)

    def cancel_all(self) -> None:
        """Ask every job that still lives to stop."""
        for ticket in self._jobs:
            self._thread.cancel(ticket)

    @Slot(int, object)
    def _on_progress(self, ticket: int, step: Step) -> None:
        info = self._jobs.get(ticket)
        if info is None:
            return
        # A step that was under way when the job was paused is reported after that.
        state: JobState = "paused" if ticket in self._held else "running"
        now = replace(info, fraction=step.fraction, message=step.message, state=state)
        if _looks(now) != _looks(info):
            self._show(now)
        if step.preview is not None:
            self.stepped.emit(ticket, step.preview)

    @Slot(int, object)
    def _on_finished(self, ticket: int, result: object) -> None:
        if self._end(ticket, "done", fraction=1.0):
            self.finished.emit(ticket, result)

    @Slot(int, object)
    def _on_failed(self, ticket: int, error: Exception) -> None:
        text = sentence_of(error)
        if self._end(ticket, "failed", sentence=text):
            self.failed.emit(ticket, text)

    @Slot(int)
    def _on_cancelled(self, ticket: int) -> None:
        if self._end(ticket, "cancelled"):
            self.cancelled.emit(ticket)

    def _end(self, ticket: int, state: JobState, **changes: Any) -> bool:
        info = self._jobs.pop(ticket, None)
        self._held.pop(ticket, None)
        if info is None:
            return False
        self.changed.emit(replace(info, state=state, **changes))
        return True

    def _show(self, info: JobInfo) -> None:
        self._jobs[info.ticket] = info
        self.changed.emit(info)


def _looks(info: JobInfo) -> tuple[object, ...]:
    """What a person can tell apart: a job may take thousands of steps."""
    return info.state, info.message, round(info.fraction * 100)


def sentence_of(error: Exception) -> str:
    """What to tell a person about an error; unexpected ones are already in the log."""
    if isinstance(error, LatentStudioError):
        return error.sentence()
    if isinstance(error, MemoryError):
        return "There is not enough memory for this. Close other programs or use a smaller model."
    return (
        "Something unexpected went wrong; your work is untouched. Help, Open log has the details."
    )
