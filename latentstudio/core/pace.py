"""How long the steps of a run take, recent ones counting most."""

import contextlib
import time
from collections.abc import Callable, Mapping
from typing import Any, TypeVar

from latentstudio.core.progress import Job

T = TypeVar("T")
RECENT = 0.95
"""Weight of the past in the time that a step takes."""
MOST = 4.0
"""A step counts at most as so many usual ones: what held one up says little of those to come."""


class Pace:
    """Averages the time of steps as they are made.

    Attributes:
        per_step: Seconds, 0 until two steps have been seen: the first of a start loads what the
            optimiser needs and tells nothing.
    """

    def __init__(self) -> None:
        self.per_step = 0.0
        self._done = 0

    def add(self, done: int, seconds: float) -> None:
        """A step has ended.

        Args:
            done: Steps that the run has made by now.
            seconds: Time since the one before.
        """
        before, self._done = self._done, done
        if not before or done <= before:
            return
        taken = seconds / (done - before)
        known = self.per_step
        if known:
            taken = known * RECENT + min(taken, MOST * known) * (1 - RECENT)
        self.per_step = taken

    def left(self, steps: int) -> float:
        """Seconds that so many more steps will take."""
        return self.per_step * steps


def units_of_work(options: Mapping[str, Any]) -> float:
    """What the time of a method grows with: its steps, else its samples, else 1."""
    for name in ("steps", "samples"):
        value = options.get(name)
        if isinstance(value, int | float) and value > 0:
            return float(value)
    return 1.0


def timed(job: Job[T], tell: Callable[[T, float], object]) -> Job[T]:
    """Run a job; tell its result and the seconds it worked, without the waits between its steps."""
    spent = 0.0
    with contextlib.closing(job):
        while True:
            began = time.monotonic()
            try:
                step = next(job)
            except StopIteration as stop:
                result: T = stop.value
                tell(result, spent + time.monotonic() - began)
                return result
            spent += time.monotonic() - began
            yield step
