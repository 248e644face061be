"""What an artist thinks of a model's directions, kept for each model: names, pins, rejections.

The document holds them while its model is open. Another model's document starts afresh, so they
are kept apart, by the model's fingerprint, for the day it is opened again.
"""

from dataclasses import replace
from pathlib import Path

import msgspec

from latentstudio.core import files, paths
from latentstudio.document.state import Document

_LARGEST = 5_000_000


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
    if marks != _known(doc.fingerprint):
        files.write_bytes(_path(doc.fingerprint), msgspec.json.encode(marks, order="deterministic"))


def with_marks(doc: Document) -> Document:
    """The document with what was kept for its model; what can't be read is left out."""
    marks = _known(doc.fingerprint)
    return replace(doc, names=marks.names, pinned=marks.pinned, rejected=marks.rejected)


def _known(fingerprint: str) -> Marks:
    path = _path(fingerprint)
    try:
        if path.stat().st_size > _LARGEST:
            return Marks()
        return msgspec.json.decode(files.read_file(path), type=Marks)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError, RecursionError):
        return Marks()


def _path(fingerprint: str) -> Path:
    return paths.data_dir() / "marks" / f"{fingerprint[:32]}.json"
