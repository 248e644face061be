"""How long methods took on this machine, kept for each model, so that a form can say it before."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from latentstudio.core import locks
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.formats import NewerFormatError, StoredFormat
from latentstudio.store import cache, json_files

_LARGEST = 100_000
PACES = StoredFormat(1)
Paces = dict[str, dict[str, float]]
"""Seconds for one step or sample (`core.pace.units_of_work`), by device in words and method."""


def kept(fingerprint: str, device: str) -> Mapping[str, float]:
    """Measured seconds for one step or sample on a device, by method."""
    return _read(_path(fingerprint)).get(device, {})


def keep(fingerprint: str, device: str, method: str, seconds: float) -> None:
    """Remember a pace; a cache that can't be written is no reason to stop."""
    path = _path(fingerprint)
    try:
        with locks.held(cache.folder(fingerprint) / "locks" / "paces"):
            all_ = _read(path)
            all_.setdefault(device, {})[method] = float(f"{seconds:.4g}")
            json_files.write(path, PACES, {"paces": all_})
    except LatentStudioError:
        return


def _path(fingerprint: str) -> Path:
    return cache.folder(fingerprint) / "paces.json"


def _read(path: Path) -> Paces:
    try:
        found = json_files.read(path, PACES, _LARGEST)
        return msgspec.convert((found or {}).get("paces", {}), Paces)
    except (NewerFormatError, msgspec.ValidationError):
        return {}
