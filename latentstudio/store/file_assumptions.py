"""How a person decided that a model's file is to be read, kept for the next time it opens."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from latentstudio.core import paths
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.formats import Json, NewerFormatError, StoredFormat
from latentstudio.store import json_files

_LARGEST = 100_000


def kept(fingerprint: str) -> dict[str, Any]:
    """What was decided for the network of this fingerprint (as guessed); empty without it."""
    try:
        found = json_files.read(_path(fingerprint), ASSUMPTIONS, _LARGEST) or {}
    except NewerFormatError:
        return {}
    values = found.get("chosen")
    return values if isinstance(values, dict) else {}


def keep(fingerprint: str, values: Mapping[str, Any]) -> None:
    """Remember what was decided; nothing means that the guess is right.

    Raises:
        FileError: The folder can't be written to, or a newer LatentStudio's decision is there.
        ResourceError: The disk is full.
    """
    json_files.read(_path(fingerprint), ASSUMPTIONS, _LARGEST)
    if values:
        json_files.write(_path(fingerprint), ASSUMPTIONS, {"chosen": dict(values)})
        return
    with contextlib.suppress(OSError, LatentStudioError):
        _path(fingerprint).unlink()


def _under_chosen(values: Json) -> Json:
    """Format 1: what was chosen has a place of its own."""
    return {"chosen": values}


ASSUMPTIONS = StoredFormat(1, {0: _under_chosen}, first=0)


def _path(fingerprint: str) -> Path:
    return paths.data_dir() / "readings" / f"{fingerprint}.json"
