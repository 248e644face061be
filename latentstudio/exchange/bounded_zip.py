"""Zip files from strangers: everything is measured before anything is unpacked.

Presets and projects are such files; `Kind` says what each allows.
"""

import contextlib
import stat
import struct
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path, PurePosixPath, PureWindowsPath
from typing import BinaryIO

from latentstudio.core.errors import FileError
from latentstudio.core.files import open_file

_DATE = (1980, 1, 1, 0, 0, 0)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)
_METHODS = (zipfile.ZIP_STORED, zipfile.ZIP_DEFLATED)
FREE_SIZE = 2**20
"""Bytes of an entry that may be packed however tightly."""
_LISTED = 512
"""Bytes that an entry takes in the list at the end, with a long name."""
_END = b"PK\x05\x06"
_END_BYTES = 22
_LONGEST_COMMENT = 2**16 - 1


@dataclass(frozen=True, slots=True)
class Kind:
    """What files of one kind may hold.

    Attributes:
        noun: What such a file is called in a sentence: ``preset``.
        error: Raised for files that are none, or go beyond the limits.
        most_bytes: Of the zip, and of all its entries unpacked.
        most_entries: How many there may be.
        entry: Bytes of one unpacked entry, by the end of its name; others are never unpacked.
        ratio: Of a larger entry than `FREE_SIZE`, unpacked to packed.
    """

    noun: str
    error: type[FileError]
    most_bytes: int
    most_entries: int
    entry: Mapping[str, int]
    ratio: int

    def damaged(self, name: str) -> FileError:
        """The sentence for bytes that are not what they were."""
        return self.error(f"{name} is damaged. Copy it again from where it came.")


def write_zip(target: Path | BinaryIO, entries: Mapping[str, bytes]) -> None:
    """Write a zip whose bytes depend on the entries only (no dates).

    Args:
        target: Where to; a temporary path, see `core.files.atomic_path`.
        entries: Content by name, in order. Names ending in ``.json`` are compressed.
    """
    with zipfile.ZipFile(target, "w") as archive:
        for name, data in entries.items():
            info = zipfile.ZipInfo(name, date_time=_DATE)
            info.external_attr = 0o644 << 16
            kind = zipfile.ZIP_DEFLATED if name.endswith(".json") else zipfile.ZIP_STORED
            archive.writestr(info, data, compress_type=kind)


class Archive:
    """The entries of a checked zip, unpacked one at a time."""

    def __init__(self, archive: zipfile.ZipFile, name: str, kind: Kind) -> None:
        self._archive, self._name, self._kind = archive, name, kind
        self._entries = _checked(archive, name, kind)

    def names(self) -> tuple[str, ...]:
        """Names of the entries, in the file's order."""
        return tuple(self._entries)

    def read(self, entry: str) -> bytes:
        """Unpack one entry; the declared size was checked and is never exceeded.

        Raises:
            FileError: The kind's own: no such entry, or its bytes are damaged.
        """
        if entry not in self._entries:
            noun = self._kind.noun
            raise self._kind.error(f"{self._name} isn't a {noun}: it holds no {entry}.")
        try:
            return self._archive.read(self._entries[entry])
        except (*_BROKEN, OSError) as error:
            raise self._kind.damaged(self._name) from error


@contextlib.contextmanager
def open_zip(path: Path, kind: Kind) -> Iterator[Archive]:
    """Open a zip for reading within the limits of its kind.

    Raises:
        FileError: The kind's own: missing, not a zip, too large, or with names or sizes that no
            such file has.
    """
    with contextlib.ExitStack() as stack:
        yield Archive(_opened(path, stack, kind), path.name, kind)


def _opened(path: Path, stack: contextlib.ExitStack, kind: Kind) -> zipfile.ZipFile:
    noun = kind.noun
    try:
        file = stack.enter_context(open_file(path))
        if path.stat().st_size > kind.most_bytes:
            raise kind.error(
                f"{path.name} is larger than {_mega(kind.most_bytes)}: no {noun} is. "
                "Check the file."
            )
        if _list_bytes(file) > kind.most_entries * _LISTED:
            raise kind.error(f"{path.name} lists more entries than any {noun} has.")
        return stack.enter_context(zipfile.ZipFile(file))
    except FileNotFoundError:
        raise kind.error(f"There is no {noun} at {path}. Check the path.") from None
    except IsADirectoryError:
        raise kind.error(f"{path} is a folder. Choose a {noun} file.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise kind.error(f"{path} can't be read ({reason}).") from error
    except _BROKEN as error:
        raise kind.error(
            f"{path.name} isn't a {noun}: it isn't a zip file, or only part of one. Copy it again."
        ) from error


def _list_bytes(file: BinaryIO) -> int:
    """Bytes of the list of entries, as the end of a zip says: it is read before they are counted.

    0 where there is no end; zipfile refuses such a file. APPNOTE 4.3.16: the size is the four
    bytes after the first twelve.
    """
    size = file.seek(0, 2)
    file.seek(max(0, size - _END_BYTES - _LONGEST_COMMENT))
    tail = file.read()
    file.seek(0)
    plain = tail[-_END_BYTES:]
    at = len(tail) - _END_BYTES if plain.startswith(_END) else tail.rfind(_END)
    if at < 0 or len(tail) < at + 16:
        return 0
    return int(struct.unpack_from("<I", tail, at + 12)[0])


def _checked(archive: zipfile.ZipFile, name: str, kind: Kind) -> dict[str, zipfile.ZipInfo]:
    entries, noun = archive.infolist(), kind.noun
    if len(entries) > kind.most_entries:
        raise kind.error(f"{name} holds {len(entries):,} entries: no {noun} has so many.")
    if sum(entry.file_size for entry in entries) > kind.most_bytes:
        most = _mega(kind.most_bytes)
        raise kind.error(f"{name} would unpack to more than {most}: no {noun} does.")
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        _check_entry(entry, name, kind)
        if entry.filename in found:
            raise kind.error(f"{name} holds {entry.filename!r} twice. Ask for it once more.")
        found[entry.filename] = entry
    return found


def _check_entry(entry: zipfile.ZipInfo, name: str, kind: Kind) -> None:
    shown = ascii(entry.filename)[:80]
    path = PurePosixPath(entry.filename)
    outside = path.is_absolute() or ".." in path.parts or "\\" in entry.orig_filename
    if outside or PureWindowsPath(entry.filename).drive or "\0" in entry.orig_filename:
        raise kind.error(f"{name} holds the path {shown}, which leads outside it: not opened.")
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise kind.error(f"{name} holds {shown}, a link or a device: not opened.")
    if entry.file_size > kind.entry.get(path.suffix, kind.most_bytes):
        raise kind.error(
            f"{name} holds {shown}, which is larger than any {kind.noun}'s: not opened."
        )
    tight = entry.file_size > max(FREE_SIZE, kind.ratio * entry.compress_size)
    if tight or entry.compress_type not in _METHODS:
        raise kind.error(
            f"{name} holds {shown}, packed tighter than any {kind.noun}'s: not opened."
        )


def _mega(size: int) -> str:
    return f"{size // 2**20} MB"
