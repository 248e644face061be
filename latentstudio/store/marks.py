"""What an artist thinks of a model's directions, kept for each model: names, pins, rejections.

The document holds them while its model is open. Another model's document starts afresh, so they
are kept apart, by the model's fingerprint, for the day it is opened again.
"""

from dataclasses import replace
from pathlib import Path

import msgspec

from latentstudio.core import paths
from latentstudio.core.formats import NewerFormatError, StoredFormat, unchanged
from latentstudio.document.state import Document
from latentstudio.store import json_files

_LARGEST = 5_000_000
MARKS = StoredFormat(1, {0: unchanged}, first=0)


class Marks(msgspec.Struct, frozen=True):
    """The parts of a document that are about a model's directions."""

    names: tuple[tuple[str, str], ...] = ()
    pinned: frozenset[str] = frozenset()
    rejected: frozenset[str] = frozenset()


def keep_marks(doc: Document) -> None:
    """Remember a document's marks for its model, if they are not what is kept already.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    if not doc.fingerprint:
        return
    marks = Marks(doc.names, doc.pinned, doc.rejected)
    try:
        known = _known(doc.fingerprint)
    except NewerFormatError:
        return  # a newer LatentStudio's marks are not written over
    if marks != known:
        json_files.write(_path(doc.fingerprint), MARKS, msgspec.to_builtins(marks))


def with_marks(doc: Document) -> Document:
    """The document with what was kept for its model; what can't be read is left out."""
    try:
        marks = _known(doc.fingerprint)
    except NewerFormatError:
        marks = Marks()
    return replace(doc, names=marks.names, pinned=marks.pinned, rejected=marks.rejected)


def _known(fingerprint: str) -> Marks:
    try:
        found = json_files.read(_path(fingerprint), MARKS, _LARGEST)
        return Marks() if found is None else msgspec.convert(found, Marks)
    except msgspec.ValidationError:
        return Marks()


def _path(fingerprint: str) -> Path:
    return paths.data_dir() / "marks" / f"{fingerprint[:32]}.json"
