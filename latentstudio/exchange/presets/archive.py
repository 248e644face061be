"""Zip files from strangers: everything is measured before anything is unpacked."""

import contextlib
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from pathlib import Path, PurePosixPath, PureWindowsPath

from latentstudio.core.errors import PresetError
from latentstudio.core.files import open_file

MAX_FILE = 256 * 2**20
"""Bytes of the zip, and of all its entries unpacked."""
MAX_ENTRIES = 4_000
MAX_ENTRY = {".json": 8 * 2**20, ".png": 8 * 2**20, ".safetensors": MAX_FILE}
"""Bytes of one unpacked entry, by the end of its name; others are never unpacked."""
FREE_SIZE = 2**20
"""Bytes of an entry that may be packed however tightly."""
MOST_RATIO = 100
"""Of a larger entry unpacked to packed; JSON of presets reaches 20."""

_DATE = (1980, 1, 1, 0, 0, 0)
_BROKEN = (zipfile.BadZipFile, zlib.error, EOFError, NotImplementedError, RuntimeError, ValueError)


def write_zip(target: Path, entries: Mapping[str, bytes]) -> None:
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

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._entries = _checked(archive, name)

    def names(self) -> tuple[str, ...]:
        """Names of the entries, in the file's order."""
        return tuple(self._entries)

    def read(self, entry: str) -> bytes:
        """Unpack one entry; the declared size was checked and is never exceeded.

        Raises:
            PresetError: No such entry, or its bytes are damaged.
        """
        if entry not in self._entries:
            raise PresetError(f"{self._name} is no preset: it holds no {entry}.")
        try:
            return self._archive.read(self._entries[entry])
        except (*_BROKEN, OSError) as error:
            raise damaged(self._name) from error


@contextlib.contextmanager
def open_zip(path: Path) -> Iterator[Archive]:
    """Open a zip for reading within the limits above.

    Raises:
        PresetError: Missing, not a zip, too large, or with names or sizes no preset has.
    """
    with contextlib.ExitStack() as stack:
        yield Archive(_opened(path, stack), path.name)


def _opened(path: Path, stack: contextlib.ExitStack) -> zipfile.ZipFile:
    try:
        file = stack.enter_context(open_file(path))
        if path.stat().st_size > MAX_FILE:
            raise PresetError(
                f"{path.name} is larger than {_mega(MAX_FILE)}: no preset is. Check the file."
            )
        return stack.enter_context(zipfile.ZipFile(file))
    except FileNotFoundError:
        raise PresetError(f"There is no preset at {path}. Check the path.") from None
    except IsADirectoryError:
        raise PresetError(f"{path} is a folder. Choose a preset file.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PresetError(f"{path} can't be read ({reason}).") from error
    except _BROKEN as error:
        raise PresetError(
            f"{path.name} is no preset: it is no zip file, or only part of one. Copy it again."
        ) from error


def damaged(name: str) -> PresetError:
    """The sentence for bytes that are not what they were."""
    return PresetError(f"{name} is damaged. Copy it again from where it came.")


def _checked(archive: zipfile.ZipFile, name: str) -> dict[str, zipfile.ZipInfo]:
    entries = archive.infolist()
    if len(entries) > MAX_ENTRIES:
        raise PresetError(f"{name} holds {len(entries):,} entries: no preset has so many.")
    if sum(entry.file_size for entry in entries) > MAX_FILE:
        raise PresetError(f"{name} would unpack to more than {_mega(MAX_FILE)}: no preset does.")
    found: dict[str, zipfile.ZipInfo] = {}
    for entry in entries:
        _check_entry(entry, name)
        if entry.filename in found:
            raise PresetError(f"{name} holds {entry.filename!r} twice. Ask for it once more.")
        found[entry.filename] = entry
    return found


def _check_entry(entry: zipfile.ZipInfo, name: str) -> None:
    shown = ascii(entry.filename)[:80]
    path = PurePosixPath(entry.filename)
    outside = path.is_absolute() or ".." in path.parts or "\\" in entry.orig_filename
    if outside or PureWindowsPath(entry.filename).drive or "\0" in entry.orig_filename:
        raise PresetError(f"{name} holds the path {shown}, which leads outside it: not opened.")
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise PresetError(f"{name} holds {shown}, a link or a device: not opened.")
    if entry.file_size > MAX_ENTRY.get(path.suffix, MAX_FILE):
        raise PresetError(f"{name} holds {shown}, which is larger than any preset's: not opened.")
    if entry.file_size > max(FREE_SIZE, MOST_RATIO * entry.compress_size):
        raise PresetError(f"{name} holds {shown}, packed tighter than any preset's: not opened.")


def _mega(size: int) -> str:
    return f"{size // 2**20} MB"
