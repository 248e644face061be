"""Locks between processes, on files: the system lets go of them when their process ends.

So a lock of a program that was killed is free at once, and nobody has to guess whether another
program still lives.
"""

import contextlib
import os
import sys
import time
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PAUSE = 0.01
_PATIENCE = 2.0


@dataclass(eq=False, slots=True)
class Lock:
    """A lock that this process holds until `release`."""

    path: Path
    _handle: int | None

    def release(self) -> None:
        """Let go of it; once is enough."""
        handle, self._handle = self._handle, None
        if handle is not None:
            os.close(handle)


def take(path: Path) -> Lock | None:
    """Lock a file, made if it isn't there; None while another process (or `Lock`) has it.

    Where the folder can't be written, or its file system knows no locks, nobody can be kept out
    and the lock is given.
    """
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        handle = os.open(path, os.O_RDWR | os.O_CREAT, 0o600)
    except OSError:
        return Lock(path, None)
    try:
        if sys.platform == "win32":
            msvcrt.locking(handle, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):
        os.close(handle)
        return None
    except OSError:
        os.close(handle)
        return Lock(path, None)
    return Lock(path, handle)


@contextlib.contextmanager
def held(path: Path) -> Iterator[None]:
    """Hold a lock for a moment; who has it for longer than two seconds is no longer waited for."""
    end = time.monotonic() + _PATIENCE
    while (lock := take(path)) is None and time.monotonic() < end:
        time.sleep(_PAUSE)
    try:
        yield
    finally:
        if lock is not None:
            lock.release()
