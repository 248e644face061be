"""Work that gives way: a run learns in the background while pictures are wanted at once."""

import contextlib
from concurrent.futures import ThreadPoolExecutor
from typing import TypeVar

from latentstudio.core.priority import give_way
from latentstudio.core.progress import Job, Step

T = TypeVar("T")


def at_low_priority(job: Job[T]) -> Job[T]:
    """Run the steps of a job on a thread of their own that gives way to all others.

    Whoever drives the job waits for each step, so that as before nothing else of its thread
    happens meanwhile. torch's helper threads are made by the thread that first needs them and
    are as modest as it is: lowering a thread that has computed already would leave its helpers
    where they were.
    """
    with ThreadPoolExecutor(1, "learning", give_way) as thread, contextlib.closing(job):
        while True:
            step, result = thread.submit(_advance, job).result()
            if step is None:
                return result  # type: ignore[return-value]
            yield step


def _advance(job: Job[T]) -> tuple[Step | None, T | None]:
    """The next step, or what the job returns."""
    try:
        return next(job), None
    except StopIteration as stop:
        return None, stop.value
