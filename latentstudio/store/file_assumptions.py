"""How a person decided that a model's file is to be read, kept for the next time it opens."""

import contextlib
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from latentstudio.core import files, paths
from latentstudio.core.errors import LatentStudioError

_LARGEST = 100_000


def kept(fingerprint: str) -> dict[str, Any]:
    """What was decided for the network of this fingerprint (as guessed); empty without it."""
    path = _path(fingerprint)
    try:
        if path.stat().st_size > _LARGEST:
            return {}
        return msgspec.json.decode(files.read_file(path), type=dict[str, Any])
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return {}


def keep(fingerprint: str, values: Mapping[str, Any]) -> None:
    """Remember what was decided; nothing means that the guess is right.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    if values:
        files.write_bytes(_path(fingerprint), msgspec.json.encode(dict(values)))
        return
    with contextlib.suppress(OSError, LatentStudioError):
        _path(fingerprint).unlink()


def _path(fingerprint: str) -> Path:
    return paths.data_dir() / "readings" / f"{fingerprint}.json"
