"""Which project file the work of each window belongs to, and small pictures of project files."""

import hashlib
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated

import msgspec

from latentstudio.core import files, locks, paths
from latentstudio.core.errors import LatentStudioError
from latentstudio.core.formats import NewerFormatError, StoredFormat
from latentstudio.document.state import Document
from latentstudio.exchange import documents
from latentstudio.store import json_files
from latentstudio.store.last_work import last_document_path

_LARGEST = 200_000
_MOST = 50
NOTES = StoredFormat(1)


class Note(msgspec.Struct, frozen=True):
    """The project file of some work.

    Attributes:
        path: Where it is.
        document: `digest` of the document as it was saved there.
        modified: The file's time then, in nanoseconds.
        bytes: Its size then.
    """

    path: Annotated[str, msgspec.Meta(min_length=1, max_length=4096)]
    document: str
    modified: int = 0
    bytes: int = 0


class _Notes(msgspec.Struct, frozen=True):
    by_model: dict[str, Note] = {}


def digest(doc: Document) -> str:
    """SHA-256 of a document, by which a saved one is known after a start."""
    return hashlib.sha256(documents.to_bytes(doc)).hexdigest()


def note(path: Path, doc: Document) -> Note:
    """The note of a document that has just been saved in a file, or read from it."""
    modified, size = stamp(path)
    return Note(str(path), digest(doc), modified, size)


def stamp(path: Path) -> tuple[int, int]:
    """A file's time in nanoseconds and its size, zeros where it is not there."""
    try:
        found = path.stat()
    except OSError:
        return 0, 0
    return found.st_mtime_ns, found.st_size


def keep_notes(notes: Mapping[str, Note]) -> None:
    """Remember the project file of the work with each model, by fingerprint, newest last.

    One that can't be remembered is no reason to stop: the work itself is kept.
    """
    newest = dict(list(notes.items())[-_MOST:])
    try:
        json_files.write(_path(), NOTES, msgspec.to_builtins(_Notes(newest)))
    except LatentStudioError:
        return


def kept_notes() -> dict[str, Note]:
    """What `keep_notes` kept for this window; empty where there is nothing that can be read."""
    try:
        found = json_files.read(_path(), NOTES, _LARGEST)
        return {} if found is None else dict(msgspec.convert(found, _Notes).by_model)
    except (NewerFormatError, msgspec.ValidationError):
        return {}


def take_file(path: Path) -> locks.Lock | None:
    """Keep other windows from opening a project file; None where one has it open."""
    key = hashlib.sha256(str(path.resolve()).encode()).hexdigest()[:32]
    return locks.take(paths.data_dir() / "open" / f"{key}.lock")


def keep_preview(path: Path, png: bytes) -> None:
    """Keep the picture of a project file for the list of recent ones."""
    try:
        if png:
            files.write_bytes(preview_path(path), png)
    except LatentStudioError:
        return


def preview_path(path: Path) -> Path:
    """Where the picture of a project file is, if there is one."""
    key = hashlib.sha256(str(path.absolute()).encode()).hexdigest()[:32]
    return paths.cache_dir() / "projects" / f"{key}.png"


def earlier_dir() -> Path:
    """Work that another project took the place of, each a project of its own."""
    return paths.data_dir() / "earlier"


def _path() -> Path:
    return last_document_path().with_suffix(".project")
