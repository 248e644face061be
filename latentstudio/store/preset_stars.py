"""Which presets the user starred: kept at home, so that a shared folder isn't written to."""

from collections.abc import Callable
from pathlib import Path

from latentstudio.core import locks, paths
from latentstudio.core.formats import NewerFormatError, StoredFormat
from latentstudio.store import json_files

STARS = StoredFormat(1)
_LARGEST = 5_000_000
_NAME = "starred"


def starred() -> frozenset[str]:
    """Paths of starred presets; none where the file is of a newer LatentStudio."""
    try:
        found = json_files.read(_path(), STARS, _LARGEST) or {}
    except NewerFormatError:
        return frozenset()
    known = found.get(_NAME)
    return frozenset(map(str, known)) if isinstance(known, list) else frozenset()


def star(path: Path, on: bool) -> None:
    """Star a preset, or take the star off.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    one = frozenset([str(path)])
    _change(lambda known: known | one if on else known - one)


def move(old: Path, new: Path) -> None:
    """A preset has another name: its star goes along. Raises as `star`."""

    def changed(known: frozenset[str]) -> frozenset[str]:
        return known - {str(old)} | {str(new)} if str(old) in known else known

    _change(changed)


def _change(changed: Callable[[frozenset[str]], frozenset[str]]) -> None:
    with locks.held(_path().with_suffix(".lock")):
        before = starred()
        after = changed(before)
        if after != before:
            json_files.write(_path(), STARS, {_NAME: sorted(after)})


def _path() -> Path:
    return paths.data_dir() / "preset-stars.json"
