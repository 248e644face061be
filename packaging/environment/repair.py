"""Mends an environment that was cut off, lost its Python, or was moved."""

import shutil
from pathlib import Path

from .layout import Layout
from .stamp import Stamp

HEAD = 4096  # an interpreter's path stands in the first lines of a script


def is_broken(layout: Layout, stamp: Stamp) -> bool:
    """True if a step was cut off while it changed things, or the Python behind it has gone.

    An environment without a stamp was made by someone else: it is completed, not emptied.
    """
    known = stamp.done.get("python", "")
    return bool(stamp.unfinished) or (known != "" and known != layout.interpreter())


def empty(layout: Layout) -> None:
    """Removes everything but the lock that is held and the log; pip keeps the downloads."""
    for entry in layout.folder.iterdir():
        if entry in (layout.lock, layout.log, layout.stamp):
            continue
        if entry.is_dir() and not entry.is_symlink():
            shutil.rmtree(entry)
        else:
            entry.unlink()


def rewrite_scripts(layout: Layout, old: str) -> None:
    """Points start scripts at the folder's new place; Windows' are programs, main.py needs none."""
    for script in layout.scripts.iterdir():
        if script.is_file() and not script.is_symlink():
            _rewrite(script, old, str(layout.root))


def _rewrite(script: Path, old: str, new: str) -> None:
    content = script.read_bytes()
    before, after = f"{old}/.venv/".encode(), f"{new}/.venv/".encode()
    if content.startswith(b"#!") and before in content[:HEAD]:
        head = content[:HEAD].replace(before, after)
        script.write_bytes(head + content[HEAD:])
