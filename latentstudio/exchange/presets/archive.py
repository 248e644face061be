"""Limits of preset files; how zips are read within limits is `exchange.bounded_zip`."""

import contextlib
from collections.abc import Iterator
from pathlib import Path

from latentstudio.core.errors import FileError, PresetError
from latentstudio.exchange import bounded_zip
from latentstudio.exchange.bounded_zip import Archive, write_zip

__all__ = ["Archive", "damaged", "open_zip", "write_zip"]

MAX_FILE = 256 * 2**20
"""Bytes of the zip, and of all its entries unpacked."""
MAX_ENTRIES = 4_000
MAX_ENTRY = {".json": 8 * 2**20, ".png": 8 * 2**20, ".safetensors": MAX_FILE}
"""Bytes of one unpacked entry, by the end of its name; others are never unpacked."""
MOST_RATIO = 100
"""Of a large entry unpacked to packed; JSON of presets reaches 20."""


def kind() -> bounded_zip.Kind:
    """What a preset may hold."""
    return bounded_zip.Kind("preset", PresetError, MAX_FILE, MAX_ENTRIES, MAX_ENTRY, MOST_RATIO)


@contextlib.contextmanager
def open_zip(path: Path) -> Iterator[Archive]:
    """Open a preset for reading within the limits above.

    Raises:
        PresetError: Missing, not a zip, too large, or with names or sizes no preset has.
    """
    with bounded_zip.open_zip(path, kind()) as archive:
        yield archive


def damaged(name: str) -> FileError:
    """The sentence for bytes that are not what they were."""
    return kind().damaged(name)
