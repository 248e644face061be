"""The document of this moment: every change is written at once, without waiting for the disk.

That is quick enough for the GUI thread, so nothing that holds up timers and other threads (a busy
computer, a library that is being loaded) stands between an edit and its file. It outlives the end
of the process, not that of the computer; `last_work` writes what outlives both, a moment later.

The file has two places that are written in turn, each with a number, a length and a checksum: a
write that was cut off leaves the one before it.
"""

import contextlib
import struct
import zlib
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO

import msgspec

from latentstudio.core import files
from latentstudio.core.formats import FORMAT, NewerFormatError
from latentstudio.document.state import Document
from latentstudio.exchange import documents

ENDING = ".newest"
_HEAD = struct.Struct("<4sIII")
_MARK = b"LSN1"
_ROOM = 1 << 20
"""Bytes for each of the two places; the file system keeps no room for what isn't written."""
_LONGEST_LABEL = 500


@dataclass(frozen=True, slots=True)
class Found:
    """What the file holds.

    Attributes:
        document: As it was after the last change.
        label: Of the step that led to it; empty where none was done.
    """

    document: Document
    label: str = ""


class Newest:
    """Writes the newest document beside the one that `last_work` keeps. Of one thread.

    While the file is there it is never older than the kept document: what can't be written here
    empties it.

    Args:
        path: The kept document's file.
    """

    def __init__(self, path: Path) -> None:
        self._path = path.with_suffix(ENDING)
        self._file: BinaryIO | None = None
        self._number = 0

    def write(self, doc: Document, label: str = "") -> bool:
        """Write a document; False where that isn't possible, and then the file is empty.

        Args:
            doc: The document.
            label: Of the step that led to it.
        """
        try:
            self._write(_encoded(doc, label))
        except (OSError, ValueError):
            self.empty()
            return False
        return True

    def empty(self) -> None:
        """There is nothing newer than the kept document."""
        with contextlib.suppress(OSError):
            if self._file is not None:
                self._file.truncate(0)
            else:
                forget(self._path)

    def remove(self) -> None:
        """The kept document is the newest and the program ends, or goes on as from the start."""
        self.close()
        with contextlib.suppress(OSError):
            self._path.unlink(missing_ok=True)

    def close(self) -> None:
        """Let go of the file; the next write opens it again."""
        file, self._file = self._file, None
        if file is not None:
            with contextlib.suppress(OSError):
                file.close()

    def _write(self, data: bytes) -> None:
        if _HEAD.size + len(data) > _ROOM:
            raise ValueError("too large")
        if self._file is None:
            self._file, self._number = _opened(self._path)
        self._number += 1
        head = _HEAD.pack(_MARK, self._number, len(data), zlib.crc32(data, self._number))
        self._file.seek(self._number % 2 * _ROOM)
        if self._file.write(head + data) != len(head) + len(data):
            raise OSError("the disk is full")


def read(path: Path) -> Found | None:
    """What is newer than a kept document; None where nothing is, or it can't be read.

    Args:
        path: The kept document's file.
    """
    for _, data in _places(path.with_suffix(ENDING)):
        with contextlib.suppress(ValueError, TypeError, KeyError, NewerFormatError):
            values = msgspec.json.decode(data)
            found = {**values["document"], FORMAT: values[FORMAT]}
            label = values["label"] if isinstance(values["label"], str) else ""
            return Found(documents.from_values(found, "Your last picture"), label[:_LONGEST_LABEL])
    return None


def forget(path: Path) -> None:
    """Another document takes the kept one's place: what was newer than that one is not any more."""
    with contextlib.suppress(OSError), path.with_suffix(ENDING).open("r+b") as file:
        file.truncate(0)


def _encoded(doc: Document, label: str) -> bytes:
    values = {FORMAT: documents.DOCUMENT.number, "label": label[:_LONGEST_LABEL], "document": doc}
    return msgspec.json.encode(values)


def _opened(path: Path) -> tuple[BinaryIO, int]:
    """The file, and the number that was written last."""
    path.parent.mkdir(parents=True, exist_ok=True)
    number = max((number for number, _ in _places(path)), default=0)
    return path.open("r+b" if path.is_file() else "w+b", buffering=0), number


def _places(path: Path) -> list[tuple[int, bytes]]:
    """Numbers and contents of the places that are whole, newest first."""
    try:
        if path.stat().st_size > 2 * _ROOM:
            return []
        data = files.read_file(path)
    except OSError:
        return []
    found = [_place(data[start : start + _ROOM]) for start in (0, _ROOM)]
    return sorted((place for place in found if place is not None), reverse=True)


def _place(data: bytes) -> tuple[int, bytes] | None:
    if len(data) < _HEAD.size:
        return None
    mark, number, length, check = _HEAD.unpack_from(data)
    content = data[_HEAD.size : _HEAD.size + length]
    whole = mark == _MARK and len(content) == length and zlib.crc32(content, number) == check
    return (number, content) if whole else None
