"""Removes what writes of killed programs left in our own folders."""

import contextlib
import time
from collections.abc import Iterator
from pathlib import Path

from latentstudio.core import files, paths
from latentstudio.store.preset_library import sweep_trash

_OLD = 24 * 3600.0
"""Seconds after which a temporary file is nobody's, whoever made it."""


def sweep() -> int:
    """Remove temporary files that are older than a day or whose process has gone, and old trash.

    Returns:
        How many.
    """
    sweep_trash()
    homes = {paths.config_dir(), paths.cache_dir(), paths.data_dir()}
    return sum(_removed(path) for home in homes for path in _temporary(home))


def _temporary(home: Path) -> Iterator[Path]:
    with contextlib.suppress(OSError):
        yield from tuple(home.rglob(".*.tmp"))


def _removed(path: Path) -> bool:
    try:
        old = time.time() - path.lstat().st_mtime > _OLD
        if not path.is_file() or not (old or files.is_orphan(path)):
            return False
        path.unlink()
    except OSError:
        return False
    return True
