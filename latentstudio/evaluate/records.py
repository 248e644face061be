"""Small JSON files beside results: what they are and how they were made."""

from collections.abc import Iterable
from pathlib import Path
from typing import Any, TypeVar

import msgspec

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import read_file, write_bytes
from latentstudio.core.formats import FORMAT, StoredFormat
from latentstudio.document.direction import ModelKey

T = TypeVar("T")

LARGEST = 64 * 1024 * 1024
_LONGEST_NAME = 100


def write_record(path: Path, record: Any) -> None:
    """Write a record as JSON that a person can read.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    write_bytes(path, msgspec.json.format(msgspec.json.encode(record), indent=1) + b"\n")


def read_record(path: Path, kind: type[T], what: str, form: StoredFormat | None = None) -> T:
    """Read a record; nothing in it is ever executed.

    Args:
        path: The file.
        kind: A msgspec Struct or dataclass that says what has to be in it.
        what: What it is, for messages: ``pool``.
        form: How older formats come up to today's.

    Raises:
        FileError: Missing, too large, not of that kind, or of a newer LatentStudio.
    """
    missing = f"{path.parent} holds no {what}: there is no {path.name} in it. Check the path."
    try:
        if path.stat().st_size > LARGEST:
            raise FileError(f"{path} is far too large for a {what}.")
        if form is None:
            return msgspec.json.decode(read_file(path), type=kind)
        values = form.upgraded(msgspec.json.decode(read_file(path)), str(path))
        return msgspec.convert({FORMAT: form.number, **values}, kind)
    except (FileNotFoundError, NotADirectoryError):
        raise FileError(missing) from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{path} can't be read ({reason}).") from error
    except (ValueError, RecursionError) as error:
        raise FileError(f"{path} isn't a readable {what} ({error}). Make it again.") from error


def are_safe_names(names: Iterable[str]) -> bool:
    """Whether names that a file brings can be parts of file names, and stay in their folder."""
    return all(
        0 < len(name) <= _LONGEST_NAME and name[0] != "." and set(name).isdisjoint("/\\:\0")
        for name in names
    )


def check_model(model: ModelKey, other: ModelKey, what: str) -> None:
    """Make sure that a file was made with a model.

    Raises:
        OptionError: It was made with another one.
    """
    if model.fingerprint != other.fingerprint:
        raise OptionError(
            f"{what} was made with another model ({other.family}, {other.resolution} pixels). "
            "Make it again with this one."
        )
