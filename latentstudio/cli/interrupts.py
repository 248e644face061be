"""Ctrl+C that waits for the end of a step, so that what was learned can be kept."""

import contextlib
import signal
import threading
from collections.abc import Callable, Iterator
from typing import TypeVar

from latentstudio.core.progress import Job, Step, changed

T = TypeVar("T")


def ending_between_steps(job: Job[T]) -> Job[T]:
    """Run a job; the first Ctrl+C or SIGTERM comes between two steps, the second at once.

    Raises:
        KeyboardInterrupt: It came; the job is closed by then.
    """
    with signals_held() as check:

        def checked(step: Step) -> Step:
            check()
            return step

        return (yield from changed(job, checked))


@contextlib.contextmanager
def signals_held() -> Iterator[Callable[[], None]]:
    """Hold both signals back; gives a function that raises where one has come."""
    came: list[int] = []

    def hold(number: int, _: object) -> None:
        if came:
            raise KeyboardInterrupt
        came.append(number)

    def check() -> None:
        if came:
            raise KeyboardInterrupt

    if threading.current_thread() is not threading.main_thread():
        yield check
        return
    before = {number: signal.getsignal(number) for number in (signal.SIGINT, signal.SIGTERM)}
    # What is ignored stays so: a script's run in the background doesn't hear Ctrl+C.
    heard = {n: handler for n, handler in before.items() if handler != signal.SIG_IGN}
    for number in heard:
        signal.signal(number, hold)
    try:
        yield check
    finally:
        for number, handler in heard.items():
            signal.signal(number, handler or signal.SIG_DFL)
