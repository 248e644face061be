"""Small JSON files with a format number: written whole or not at all, never executed."""

from collections.abc import Mapping
from pathlib import Path
from typing import Any

import msgspec

from latentstudio.core import files
from latentstudio.core.formats import Json, StoredFormat


def write(path: Path, form: StoredFormat, values: Mapping[str, Any]) -> None:
    """Write values with their format.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full; the old file is intact.
    """
    data = msgspec.json.encode(form.stamped(values), order="deterministic")
    files.write_bytes(path, data)


def read(path: Path, form: StoredFormat, largest: int, name: str = "") -> Json | None:
    """Values of this format or any earlier one; None where there are none that can be read.

    Args:
        path: The file.
        form: Of such files.
        largest: Bytes; a larger file is none of ours.
        name: The file in a sentence; its name where this is empty.

    Raises:
        NewerFormatError: It was written by a newer LatentStudio.
    """
    try:
        if path.stat().st_size > largest:
            return None
        found = msgspec.json.decode(files.read_file(path))
        return form.upgraded(found, name or path.name)
    except (OSError, ValueError, TypeError, KeyError, AttributeError, RecursionError):
        return None
