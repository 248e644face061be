"""Names that directions were given by their effect, kept for the model by what they do."""

from collections.abc import Mapping
from pathlib import Path

import msgspec

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.formats import NewerFormatError, StoredFormat
from latentstudio.store import cache, json_files

EFFECT_NAMES = StoredFormat(1)
Words = tuple[tuple[tuple[str, int], ...], str, tuple[str, ...]]
"""Attributes with their signs, the place, and the ways; see `evaluate.messages.EffectName`."""
_LARGEST = 20_000_000
_MOST = 20_000
"""Directions remembered of one model; those named first are forgotten first."""


def kept(fingerprint: str, reader: str) -> dict[str, Words]:
    """Names by the digest of their direction, as far as they were made by the same reader."""
    try:
        found = json_files.read(_path(fingerprint), EFFECT_NAMES, _LARGEST) or {}
        if found.get("reader") != reader:
            return {}
        return msgspec.convert(found.get("names", {}), dict[str, Words])
    except (NewerFormatError, msgspec.ValidationError):
        return {}


def keep(fingerprint: str, reader: str, names: Mapping[str, Words]) -> None:
    """Remember names; a cache that can't be written is no reason to stop."""
    latest = dict(list(names.items())[-_MOST:])
    values = {"reader": reader, "names": msgspec.to_builtins(latest)}
    try:
        json_files.write(_path(fingerprint), EFFECT_NAMES, values)
    except LatentStudioError:
        return


def _path(fingerprint: str) -> Path:
    return cache.folder(fingerprint) / "effect-names.json"
