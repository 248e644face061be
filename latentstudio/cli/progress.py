"""A job on this thread, with a bar on stderr."""

import contextlib
import sys
from typing import TypeVar

from tqdm import tqdm

from latentstudio.core.progress import Job

T = TypeVar("T")

_FORMAT = "{desc}: {percentage:3.0f} %|{bar}| {elapsed}"


def drive(job: Job[T], title: str) -> T:
    """Run a job to its end; the bar is gone when it is done.

    Ctrl+C closes the job, so that it cleans up, and goes on to the caller.

    Args:
        job: What to run.
        title: Shown until the job says something itself.
    """
    shown = sys.stderr.isatty()
    with (
        contextlib.closing(job),
        tqdm(
            total=1.0,
            desc=title,
            bar_format=_FORMAT,
            file=sys.stderr,
            leave=False,
            disable=not shown,
        ) as bar,
    ):
        while True:
            try:
                step = next(job)
            except StopIteration as stop:
                result: T = stop.value
                return result
            if step.message:
                bar.set_description_str(step.message, refresh=False)
            bar.update(max(0.0, step.fraction - bar.n))


def note(text: str) -> None:
    """Tell the user something that is no error."""
    print(f"Note: {text}", file=sys.stderr)
