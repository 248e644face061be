"""One set-up at a time in one clone.

The system's own file lock: it ends with its holder, however that dies. On POSIX pip inherits it,
so when a set-up is killed the next one still waits for the pip it left behind.
"""

import os
import sys
import time
from collections.abc import Callable
from pathlib import Path

WAIT = 0.2  # seconds between two tries


class Lock:
    """Held inside `with`; `waiting` is called once if another set-up holds it."""

    def __init__(self, path: Path, waiting: Callable[[], None]) -> None:
        self._path, self._waiting = path, waiting
        self.number = -1

    def __enter__(self) -> "Lock":
        self.number = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o666)
        try:
            if not _taken(self.number):
                self._waiting()
                while not _taken(self.number):
                    time.sleep(WAIT)
        except BaseException:
            os.close(self.number)
            raise
        return self

    def __exit__(self, *_: object) -> None:
        os.close(self.number)


def _taken(number: int) -> bool:
    """Tries once. A file system that knows no locks must not stop a set-up."""
    try:
        _lock_now(number)
    except (BlockingIOError, PermissionError):
        return False
    except OSError:
        return True
    return True


if sys.platform == "win32":

    def _lock_now(number: int) -> None:
        import msvcrt

        msvcrt.locking(number, msvcrt.LK_NBLCK, 1)

else:

    def _lock_now(number: int) -> None:
        import fcntl

        fcntl.flock(number, fcntl.LOCK_EX | fcntl.LOCK_NB)
