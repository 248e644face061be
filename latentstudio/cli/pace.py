"""What a learning run says on a terminal: how long it will take yet, what one must know."""

import time
from collections.abc import Callable
from dataclasses import replace
from typing import TypeVar

from latentstudio.cli.progress import note
from latentstudio.core.pace import Pace
from latentstudio.core.progress import Job, Step, changed
from latentstudio.document.findings import Findings

T = TypeVar("T")


def with_time_left(job: Job[T], clock: Callable[[], float] = time.monotonic) -> Job[T]:
    """Add to each message of a learning run how long the rest will take; print its notices."""
    pace, last = Pace(), 0.0

    def tell(step: Step) -> Step:
        nonlocal last
        found = step.preview
        if not isinstance(found, Findings):
            return step
        if found.notice:
            note(found.notice)
        now = clock()
        pace.add(found.step, now - last)
        last = now
        if not pace.per_step:
            return step
        # A narrow terminal cuts what comes last.
        head, colon, losses = step.message.partition(":")
        left = words(pace.left(found.steps - found.step))
        return replace(step, message=f"{head}, {left} left{colon}{losses}")

    return changed(job, tell)


def words(seconds: float) -> str:
    """``40 s``, ``5 min``, ``2 h 10 min``."""
    if seconds < 90:
        return f"{max(0, round(seconds))} s"
    minutes = round(seconds / 60)
    return f"{minutes} min" if minutes < 60 else f"{minutes // 60} h {minutes % 60} min"
