"""Requests of which only the newest matters."""

from typing import Any

from PySide6.QtCore import QObject, Signal, Slot

from latentstudio.core.progress import Job
from latentstudio.workers.job_thread import JobThread


class Latest(QObject):
    """Keeps at most one job running and one waiting, so what is stale is never made.

    Args:
        thread: Where the jobs run.
        lane: Their lane.
        interrupt: Stop the running job when a newer one is asked for. Off for previews: while
            a slider is dragged each finished picture is still worth showing.
    """

    ready = Signal(object)  # result
    progressed = Signal(object)  # Step
    failed = Signal(object)  # Exception

    def __init__(self, thread: JobThread, lane: int = 0, *, interrupt: bool = False) -> None:
        super().__init__(thread)
        self._thread = thread
        self._lane = lane
        self._interrupt = interrupt
        self._ticket: int | None = None
        self._waiting: Job[Any] | None = None
        thread.finished.connect(self._on_finished)
        thread.failed.connect(self._on_failed)
        thread.cancelled.connect(self._next)
        thread.progressed.connect(self._on_progress)

    def request(self, job: Job[Any]) -> None:
        """Ask for a result, in place of any still waiting."""
        if self._ticket is None:
            self._ticket = self._thread.submit(job, self._lane, soft=True)
            return
        self._waiting = job
        if self._interrupt:
            self._thread.cancel(self._ticket)

    def drop(self) -> None:
        """Forget what waits and stop what runs."""
        self._waiting = None
        if self._ticket is not None:
            self._thread.cancel(self._ticket)

    @Slot(int, object)
    def _on_finished(self, ticket: int, result: object) -> None:
        if ticket == self._ticket:
            self.ready.emit(result)
        self._next(ticket)

    @Slot(int, object)
    def _on_failed(self, ticket: int, error: object) -> None:
        if ticket == self._ticket:
            self.failed.emit(error)
        self._next(ticket)

    @Slot(int, object)
    def _on_progress(self, ticket: int, step: object) -> None:
        if ticket == self._ticket:
            self.progressed.emit(step)

    @Slot(int)
    def _next(self, ticket: int) -> None:
        if ticket != self._ticket:
            return
        self._ticket, waiting, self._waiting = None, self._waiting, None
        if waiting is not None:
            self._ticket = self._thread.submit(waiting, self._lane, soft=True)
