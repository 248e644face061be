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
    """Write an unexpected error to a file of its own and say where it is."""
    stamp = time.strftime("%Y%m%d-%H%M%S")
    path = paths.data_dir() / "logs" / f"error-{stamp}.log"
    report = f"latentstudio {' '.join(arguments)}\n\n{''.join(traceback.format_exception(error))}"
    kept = _write(path, report)
    where = f" The details are in {kept}: please send them to us." if kept else ""
    return f"Something went wrong that should not ({type(error).__name__}).{where}"


def _write(path: Path, text: str) -> Path | None:
    with contextlib.suppress(OSError):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(text, encoding="utf-8")
        return path
    return None
