"""What was computed for a model, kept by its fingerprint so that the next start has it at once.

Safetensors files with a JSON header: nothing in them can be executed. A file that does not read
is moved aside and computed again; the caller is told once.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from safetensors import SafetensorError, safe_open
from safetensors.numpy import save

from latentstudio.core import files, paths
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.formats import NewerFormatError, StoredFormat

CACHE = StoredFormat(2, {1: lambda values: {k: v for k, v in values.items() if k != "version"}})
"""Of the record in the header; in format 1 its number was called ``version``."""
_LARGEST = 512 * 1024 * 1024

Arrays = dict[str, NDArray[Any]]
Report = Callable[[str], None]


def folder(fingerprint: str) -> Path:
    """Where a model's results are kept."""
    return paths.cache_dir() / "models" / fingerprint[:32]


def store(path: Path, arrays: Mapping[str, NDArray[Any]], record: Mapping[str, Any]) -> None:
    """Write arrays and a record; a cache that can't be written is no reason to stop.

    Arrays may be of any shape (...).
    """
    header = {"record": json.dumps(CACHE.stamped(record))}
    tidy = {key: np.ascontiguousarray(value) for key, value in arrays.items()}
    try:
        files.write_bytes(path, save(tidy, metadata=header))
    except LatentStudioError:
        return


def damaged(path: Path, aside: Path | None) -> str:
    """What to say of a file that does not read, and was moved or could not be."""
    if aside is None:
        return f"The cache file {path.name} is damaged and can't be moved; it is done without."
    return f"A cache file was damaged; it was moved to {aside.name} and is made again."


def load(path: Path, report: Report = lambda _: None) -> tuple[Arrays, dict[str, Any]] | None:
    """Read what `store` wrote; None if there is nothing, or nothing usable.

    Args:
        path: The file.
        report: Told once, in a sentence, when a broken file was moved aside.
    """
    if not path.is_file():
        return None
    try:
        if path.stat().st_size > _LARGEST:
            raise ValueError("too large")
        with safe_open(path, framework="numpy") as file:
            record = json.loads((file.metadata() or {})["record"])
            if isinstance(record, dict) and "version" in record:
                record = {"format": record["version"], **record}
            record = CACHE.upgraded(record, path.name)
            arrays = {key: file.get_tensor(key) for key in file.keys()}  # noqa: SIM118
    except NewerFormatError:
        return None
    except (SafetensorError, OSError, ValueError, KeyError, TypeError):
        report(damaged(path, files.put_aside(path)))
        return None
    return arrays, record
