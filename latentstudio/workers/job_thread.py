"""Runs jobs off the GUI thread, a step at a time. The only module that joins `Job` to Qt."""

import itertools
import logging
from collections import deque
from collections.abc import Iterable
from typing import Any

from PySide6.QtCore import QObject, QThread, QTimer, Signal, Slot

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.priority import give_way
from latentstudio.core.progress import Job, Stopped, stoppable

log = logging.getLogger(__name__)
_tickets = itertools.count(1)
MODEST = 5
"""Against a thread that wants the same core, a quarter of the time."""
CLOSING = 10.0
"""Seconds that the end of a step is waited for when the program ends."""
_left: list["JobThread"] = []  # Qt ends the program where a running thread is forgotten


class _Worker(QObject):
    """Lives on the thread, whose event loop comes round between any two steps.

    That is why nothing here is locked: a new job or a cancel is an event like any other and is
    handled before the next step. `stopping` and `closing` alone are written by the other
    thread: they end a step that may be ended in the middle.
    """

    progressed = Signal(int, object)
    finished = Signal(int, object)
    failed = Signal(int, object)
    cancelled = Signal(int)

    def __init__(self, lanes: int, turns: frozenset[int]) -> None:
        super().__init__()
        self._turns, self._last = turns, -1
        self._resting = lanes  # this lane and those behind it stand still
        self._lanes: list[deque[tuple[int, Job[Any]]]] = [deque() for _ in range(lanes)]
        self._held: set[int] = set()
        self.stopping: set[int] = set()
        self.closing = False
        self._soft: set[int] = set()
        self._timer = QTimer(self)  # a child, so that it moves with its parent
        self._timer.setInterval(0)
        self._timer.timeout.connect(self._advance)

    @Slot(int, object, int, bool)
    def add(self, ticket: int, job: Job[Any], lane: int, soft: bool) -> None:
        self._lanes[lane].append((ticket, job))
        if soft:
            self._soft.add(ticket)
        self._timer.start()

    @Slot(int, bool)
    def hold(self, ticket: int, held: bool) -> None:
        if held:
            self._held.add(ticket)
        else:
            self._held.discard(ticket)
            self._timer.start()

    @Slot(int)
    def rest(self, lane: int) -> None:
        self._resting = lane
        self._timer.start()

    @Slot()
    def give_way(self) -> None:
        give_way(MODEST)

    @Slot(int)
    def cancel(self, ticket: int) -> None:
        for lane in self._lanes:
            for task in lane:
                if task[0] == ticket:
                    self._remove(lane, task)
                    self._end(task)
                    return
        self.stopping.discard(ticket)

    @Slot()
    def cancel_all(self) -> None:
        for ticket in [task[0] for lane in self._lanes for task in lane]:
            self.cancel(ticket)
        self._timer.stop()
        self.thread().quit()

    @Slot()
    def _advance(self) -> None:
        found = self._next()
        if found is None:
            self._timer.stop()
            return
        lane, (ticket, job) = found
        task = (ticket, job)
        try:
            with stoppable(lambda: ticket in self._soft and self._ends(ticket)):
                step = next(job)
        except StopIteration as stop:
            self._remove(lane, task)
            self.finished.emit(ticket, stop.value)
        except Stopped:
            self._remove(lane, task)
            self.cancelled.emit(ticket)
        except LatentStudioError as error:
            self._remove(lane, task)
            self.failed.emit(ticket, error)
        except Exception as error:  # the boundary: no error may end the thread
            log.exception("job %d failed", ticket)
            self._remove(lane, task)
            self.failed.emit(ticket, error)
        else:
            self.progressed.emit(ticket, step)

    def _next(self) -> tuple[deque[tuple[int, Job[Any]]], tuple[int, Job[Any]]] | None:
        """The first job that may go on; of lanes that take turns, not the one that just had it."""
        ready = {
            number: task
            for number, lane in enumerate(self._lanes[: self._resting])
            if (task := next((t for t in lane if t[0] not in self._held), None)) is not None
        }
        if not ready:
            return None
        number = min(ready)
        if number in self._turns and number == self._last:
            number = next((n for n in ready if n in self._turns and n != number), number)
        self._last = number if number in self._turns else self._last
        return self._lanes[number], ready[number]

    def _ends(self, ticket: int) -> bool:
        return self.closing or ticket in self.stopping

    def _remove(self, lane: deque[tuple[int, Job[Any]]], task: tuple[int, Job[Any]]) -> None:
        lane.remove(task)
        for tickets in (self._held, self._soft, self.stopping):
            tickets.discard(task[0])

    def _end(self, task: tuple[int, Job[Any]]) -> None:
        """Say "cancelled" only once the job's own clean-up has run."""
        ticket, job = task
        try:
            job.close()
        except Exception:
            log.exception("job %d failed while it was being stopped", ticket)
        self.cancelled.emit(ticket)


class JobThread(QObject):
    """One QThread with lanes of jobs; a lower lane's jobs run between a higher lane's steps.

    Lanes that take turns have one step each while they all have work. Within a lane, jobs run in
    order. Exactly one of `finished`, `failed` and `cancelled` is
    emitted for each ticket, on the GUI thread. Tickets are unique in the process.

    Args:
        name: For debuggers and leak checks.
        lanes: How many; 0 is the most urgent.
        turns: Neighbouring lanes that take turns.
        modest: Gives way to the program's other threads where they want the same core.
    """

    progressed = Signal(int, object)  # ticket, Step
    finished = Signal(int, object)  # ticket, result
    failed = Signal(int, object)  # ticket, Exception
    cancelled = Signal(int)  # ticket

    _added = Signal(int, object, int, bool)
    _cancel_asked = Signal(int)
    _hold_asked = Signal(int, bool)
    _rest_asked = Signal(int)
    _closing = Signal()

    def __init__(
        self,
        name: str,
        lanes: int = 1,
        parent: QObject | None = None,
        turns: Iterable[int] = (),
        modest: bool = False,
    ) -> None:
        super().__init__(parent)
        self._thread = QThread()
        self._thread.setObjectName(name)
        self._worker = _Worker(lanes, frozenset(turns))
        self._worker.moveToThread(self._thread)
        self._added.connect(self._worker.add)
        self._cancel_asked.connect(self._worker.cancel)
        self._hold_asked.connect(self._worker.hold)
        self._rest_asked.connect(self._worker.rest)
        if modest:
            self._thread.started.connect(self._worker.give_way)
        self._closing.connect(self._worker.cancel_all)
        self._worker.progressed.connect(self.progressed)
        self._worker.finished.connect(self.finished)
        self._worker.failed.connect(self.failed)
        self._worker.cancelled.connect(self.cancelled)
        self._thread.start()

    def submit(self, job: Job[Any], lane: int = 0, *, soft: bool = False) -> int:
        """Queue a job that has not started; returns its ticket.

        Args:
            job: What to do.
            lane: How urgent.
            soft: A cancel may end it in the middle of a step, at a `stop_point`.
        """
        ticket = next(_tickets)
        self._added.emit(ticket, job, lane, soft)
        return ticket

    def cancel(self, ticket: int) -> None:
        """Stop a job before its next step. Nothing happens if it has ended."""
        self._worker.stopping.add(ticket)
        self._cancel_asked.emit(ticket)

    def hold(self, ticket: int, held: bool = True) -> None:
        """Leave a job standing before its next step, or let it go on.

        Jobs behind it in its lane run in the meantime.
        """
        self._hold_asked.emit(ticket, held)

    def rest(self, lane: int) -> None:
        """Let jobs of a lane, and of those behind it, wait; as many as there are lanes: none."""
        self._rest_asked.emit(lane)

    def begin_closing(self) -> None:
        """Ask every job and the thread to end; nothing is waited for."""
        if not self._worker.closing:
            self._worker.closing = True
            self._closing.emit()

    def close(self, seconds: float = CLOSING) -> bool:
        """Cancel every job and end the thread; at most one step is waited for.

        Args:
            seconds: How long at most.

        Returns:
            Whether it has ended. If not, it is left to itself: the process has to end without it.
        """
        self.begin_closing()
        if self._thread.isFinished() or self._thread.wait(max(1, round(1000 * seconds))):
            return True
        log.warning("the thread %s did not end", self._thread.objectName())
        _left.append(self)
        return False
