"""What a model was like when it was last open, so that the library shows it without opening it."""

import hashlib
from collections.abc import Sequence
from pathlib import Path

import msgspec
import numpy as np

from latentstudio.core import paths
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.formats import NewerFormatError, StoredFormat, unchanged
from latentstudio.core.spaces import GeneratorInfo
from latentstudio.export.images import save_pixels
from latentstudio.render.messages import Pixels
from latentstudio.store import json_files

_LARGEST = 100_000
MODEL_FACTS = StoredFormat(1, {0: unchanged}, first=0)


class ModelFacts(msgspec.Struct, kw_only=True, frozen=True):
    """Facts about a model file that was open.

    Attributes:
        title: Family in words.
        resolution: Longer side of its pictures.
        classes: How many classes it has.
        recognised: Which way of storing the family it is.
        bytes: Size of the file then; another size makes them stale.
        modified: Its time then, in nanoseconds.
        sides: Height and width of its pictures where they differ, else None.
    """

    title: str
    resolution: int
    classes: int
    recognised: str
    bytes: int
    modified: int
    sides: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Height and width of its pictures."""
        return self.sides or (self.resolution, self.resolution)


def keep_facts(
    path: Path, info: GeneratorInfo, title: str, recognised: str, thumbs: Sequence[Pixels]
) -> None:
    """Remember a model that has opened; a cache that can't be written is no reason to stop.

    Thumbs are (h, w, 3), 8 bits, of one size.

    Args:
        path: Its file.
        info: Facts about the network.
        title: Family in words.
        recognised: Which way of storing the family it is.
        thumbs: Sample pictures; with fewer than four none are kept.
    """
    try:
        stamp = path.stat()
        known = ModelFacts(
            title=title,
            resolution=info.resolution,
            classes=info.classes,
            recognised=recognised,
            bytes=stamp.st_size,
            modified=stamp.st_mtime_ns,
            sides=info.sides,
        )
        if len(thumbs) >= 4:
            save_pixels(_two_by_two(thumbs), thumb_path(path))
        json_files.write(_facts_path(path), MODEL_FACTS, msgspec.to_builtins(known))
    except (OSError, LatentStudioError):
        return


def facts_of(path: Path) -> ModelFacts | None:
    """What is known of a file as it is now, or None."""
    try:
        stamp = path.stat()
        facts = json_files.read(_facts_path(path), MODEL_FACTS, _LARGEST)
        if facts is None:
            return None
        known = msgspec.convert(facts, ModelFacts)
    except (OSError, NewerFormatError, msgspec.ValidationError):
        return None
    return known if (known.bytes, known.modified) == (stamp.st_size, stamp.st_mtime_ns) else None


def thumb_path(path: Path) -> Path:
    """Where the four samples of a file are; look only if facts of it are kept."""
    return paths.cache_dir() / "cards" / f"{_key(path)}.png"


def _facts_path(path: Path) -> Path:
    return paths.cache_dir() / "cards" / f"{_key(path)}.json"


def _key(path: Path) -> str:
    return hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]


def _two_by_two(thumbs: Sequence[Pixels]) -> Pixels:
    rows = [np.concatenate(thumbs[start : start + 2], axis=1) for start in (0, 2)]
    return np.ascontiguousarray(np.concatenate(rows, axis=0))
