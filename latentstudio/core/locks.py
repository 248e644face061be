"""Locks between processes, on files: the system lets go of them when their process ends.

So a lock of a program that was killed is free at once, and nobody has to guess whether another
program still lives.
"""

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from filelock import BaseFileLock


@dataclass(eq=False, slots=True)
class Lock:
    """A lock that this process holds until `release`."""

    path: Path
    _held: "BaseFileLock | None"

    def release(self) -> None:
        """Let go of it; once is enough."""
        if self._held is not None:
            self._held.release(force=True)


def take(path: Path) -> Lock | None:
    """Lock a file, made if it isn't there; None while another process (or `Lock`) has it.

    Where the folder can't be written, or its file system knows no locks, nobody can be kept out
    and the lock is given.
    """
    from filelock import FileLock, Timeout  # a tenth of a second, which the window doesn't have

    lock = FileLock(path, timeout=0, thread_local=False)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        lock.acquire()
    except Timeout:
        return None
    except (OSError, NotImplementedError):
        return Lock(path, None)
    return Lock(path, lock)
