"""Jobs on own pictures that outlive the window: what each goes on from is kept while it runs."""

import contextlib
import time
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeVar

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import Job, Step, Stopped, changed
from latentstudio.discovery.checkpoints import FIRST_SECONDS, SECONDS, SHARE
from latentstudio.store import run_files

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class KeptPlace:
    """Where a job is kept, and how.

    Attributes:
        fingerprint: Of the model.
        lock: Name of the lock that a job at work holds.
        shows: Type of the previews that tell how far it is; they have a `state`.
        begin: Keeps what does not change while it runs; may raise `LatentStudioError`.
        save: Keeps how far it is, given the newest such preview; may raise `LatentStudioError`.
        forget: Drops what is kept.
    """

    fingerprint: str
    lock: str
    shows: type
    begin: Callable[[], None]
    save: Callable[[Any], None]
    forget: Callable[[], None]


class JobKeeper:
    """Keeps one job: soon after its start, then by time, and when it is closed.

    Args:
        place: Where.
        clock: Seconds; for tests.
    """

    def __init__(self, place: KeptPlace, clock: Callable[[], float] = time.monotonic) -> None:
        self._place, self._clock = place, clock
        self._latest: Any = None
        self._begun = False
        self._due = clock() + FIRST_SECONDS

    def kept(self, job: Job[T]) -> Job[T]:
        """The same job, kept while it runs; one of another window is left alone.

        Once it has ended by itself there is nothing to go on with.
        """
        place = self._place
        lock = run_files.take(place.fingerprint, place.lock)
        if lock is None:
            return (yield from job)
        try:
            yield Step(0.0, "Keeping the picture")
            with contextlib.suppress(LatentStudioError):
                place.begin()
                self._begun = True
            try:
                result = yield from changed(job, self._see)
            except (GeneratorExit, Stopped):
                self._save()
                raise
            place.forget()
            return result
        finally:
            lock.release()

    def _see(self, step: Step) -> Step:
        if isinstance(step.preview, self._place.shows):
            self._latest = step.preview
            if self._clock() >= self._due:
                began = self._clock()
                self._save()
                now = self._clock()
                self._due = now + max(SECONDS, SHARE * (now - began))
        return step

    def _save(self) -> None:
        """A disk that is full costs the state, not the job."""
        if self._latest is not None and self._begun:
            with contextlib.suppress(LatentStudioError):
                self._place.save(self._latest)
