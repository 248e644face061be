"""A job on this thread, with its progress on stderr."""

import contextlib
import os
import sys
import time
from typing import Protocol, TypeVar

from tqdm import tqdm

from latentstudio.cli.printing import tell
from latentstudio.core.progress import Job, Step
from latentstudio.core.texts import one_line

T = TypeVar("T")

EVERY = 5.0
"""Seconds between two lines where stderr is no terminal."""

_FORMAT = "{desc}: {percentage:3.0f} %|{bar}| {elapsed}"


class _Display(Protocol):
    def show(self, step: Step) -> None: ...
    def close(self) -> None: ...


def drive(job: Job[T], title: str) -> T:
    """Run a job to its end; the bar is gone when it is done.

    Ctrl+C closes the job, so that it cleans up, and goes on to the caller.

    Args:
        job: What to run.
        title: Shown until the job says something itself.
    """
    display = _display(title)
    with contextlib.closing(display), contextlib.closing(job):
        while True:
            try:
                step = next(job)
            except StopIteration as stop:
                result: T = stop.value
                return result
            display.show(step)


def note(text: str) -> None:
    """Tell the user something that is no error."""
    if not _quiet():
        tell(f"Note: {text}")


def _quiet() -> bool:
    """Whether this is one of several processes, and another one talks."""
    return os.environ.get("RANK", "0") != "0"


def _display(title: str) -> _Display:
    if _quiet():
        return _Nothing()
    return _Bar(title) if sys.stderr.isatty() else _Lines(title)


class _Nothing:
    """For a process that another one speaks for."""

    def show(self, step: Step) -> None:
        """Nothing to show."""

    def close(self) -> None:
        """Nothing to take back."""


class _Bar:
    """For people: one line that moves."""

    def __init__(self, title: str) -> None:
        self._bar = tqdm(total=1.0, desc=title, bar_format=_FORMAT, file=sys.stderr, leave=False)

    def show(self, step: Step) -> None:
        if step.message:
            self._bar.set_description_str(one_line(step.message), refresh=False)
        self._bar.update(max(0.0, step.fraction - self._bar.n))

    def close(self) -> None:
        self._bar.close()


class _Lines:
    """For log files: a line now and then, none for what is soon done."""

    def __init__(self, title: str) -> None:
        self._title = title
        self._next = time.monotonic() + EVERY

    def show(self, step: Step) -> None:
        if step.fraction < 1 and time.monotonic() >= self._next:
            tell(f"{step.message or self._title}: {100 * step.fraction:.0f} %")
            self._next = time.monotonic() + EVERY

    def close(self) -> None:
        """Nothing to take back."""
