"""What to say about errors that no command foresaw."""

import contextlib
import errno
import time
import traceback
from collections.abc import Sequence
from pathlib import Path

from latentstudio.core import paths

_MEMORY = ("out of memory", "can't allocate memory", "cannot allocate memory", "not enough memory")


def explain(error: Exception) -> str:
    """A sentence for what the user can mend; empty where the error is ours.

    Memory and disks run out anywhere, so this can't be caught at one place further down.
    """
    said = str(error).lower()
    if isinstance(error, MemoryError) or any(words in said for words in _MEMORY):
        return "There is not enough memory for this. Ask for fewer or smaller pictures."
    if isinstance(error, OSError) and error.errno in (errno.ENOSPC, errno.EDQUOT):
        return "The disk is full. Free some space and try again."
    return ""


def log(error: Exception, arguments: Sequence[str]) -> str:
    """Add an unexpected error to the log file and say where it is."""
    path = paths.data_dir() / "latentstudio.log"
    stamp = time.strftime("%Y-%m-%d %H:%M:%S")
    story = "".join(traceback.format_exception(error))
    kept = _add(path, f"{stamp} ERROR latentstudio {' '.join(arguments)}\n{story}")
    where = f" The details are in {path}: please send them to us." if kept else ""
    return f"Something went wrong that should not ({type(error).__name__}).{where}"


def _add(path: Path, text: str) -> bool:
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a", encoding="utf-8") as file:
            file.write(text)
        return True
    return False
