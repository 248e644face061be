"""Writes that cannot half-happen, and reads of plain files only."""

import contextlib
import errno
import os
import platform
import re
import shutil
import stat
import tempfile
import zlib
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import BinaryIO

from latentstudio.core.errors import FileError, ResourceError

TEMPORARY = ".tmp"
_LONGEST_NAME = 100
"""Bytes of the wanted name that a temporary one begins with."""


def _host() -> str:
    """This computer: homes may be shared by several."""
    return f"{zlib.crc32(platform.node().encode()):08x}"


def _prefix(target: Path) -> str:
    """Begins a temporary file's name: what it will be, and whose it is."""
    name = target.name.encode()[:_LONGEST_NAME].decode(errors="ignore")
    return f".{name}.{_host()}-{os.getpid()}."


def is_orphan(path: Path) -> bool:
    """Whether a temporary file was made on this computer by a process that has gone."""
    found = re.search(rf"\.{_host()}-(\d+)\.[^.]*{re.escape(TEMPORARY)}$", path.name)
    return found is not None and not _is_alive(int(found[1]))


def _is_alive(process: int) -> bool:
    if os.name != "posix":  # asking would end it; its files go when they are old
        return True
    try:
        os.kill(process, 0)
    except ProcessLookupError:
        return False
    except (OSError, OverflowError):
        return True
    return True


@contextlib.contextmanager
def atomic_path(target: Path) -> Iterator[Path]:
    """Give a temporary path beside `target`; on success it takes the target's place.

    The old file stays whole until the new one is complete and on the disk. On any error,
    Ctrl+C included, the temporary file is removed.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
    """
    temporary = _made_beside(target)
    try:
        yield temporary
        _flush(temporary)
        temporary.replace(target)
    except OSError as error:
        temporary.unlink(missing_ok=True)
        raise write_error(target, error) from error
    except BaseException:
        temporary.unlink(missing_ok=True)
        raise


@contextlib.contextmanager
def new_path(targets: Iterable[Path], taken: Callable[[Path], None]) -> Iterator[Path]:
    """Give a temporary path; on success it takes the first name that nobody has yet.

    Unlike `atomic_path` it never replaces a file, also where another program makes one of that
    name in the same moment.

    Args:
        targets: Names to try, in one folder.
        taken: Told which it became.

    Raises:
        FileError: The folder cannot be written to, or all names are taken.
        ResourceError: The disk is full.
    """
    names = list(targets)
    first = names[0]
    temporary = _made_beside(first)
    try:
        yield temporary
        _flush(temporary)
        found = next((target for target in names if _claim(temporary, target)), None)
    except OSError as error:
        raise write_error(first, error) from error
    finally:
        temporary.unlink(missing_ok=True)
    if found is None:
        raise FileError(f"There are too many files called {first.name}. Choose another name.")
    taken(found)


def _made_beside(target: Path) -> Path:
    """An empty temporary file in the folder of a target, which is made if it isn't there."""
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        handle, name = tempfile.mkstemp(dir=target.parent, prefix=_prefix(target), suffix=TEMPORARY)
        os.close(handle)
    except OSError as error:
        raise write_error(target, error) from error
    return Path(name)


def _claim(temporary: Path, target: Path) -> bool:
    """Give a finished file its name; False where it is taken."""
    try:
        os.link(temporary, target)
        return True
    except FileExistsError:
        return False
    except OSError as error:
        if error.errno in (errno.ENAMETOOLONG, errno.ENOENT, errno.ENOSPC):
            raise
    try:  # a file system without links: an empty file holds the place
        with target.open("xb"):
            pass
    except FileExistsError:
        return False
    temporary.replace(target)
    return True


@contextlib.contextmanager
def atomic_folder(target: Path) -> Iterator[Path]:
    """Give a temporary folder beside `target`; on success it takes the target's place.

    What was at `target` before is gone then. On any error, Ctrl+C included, it stays as it was
    and the temporary folder is removed.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
    """
    target = target.absolute()  # "." has no name to put a folder beside
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        temporary = Path(tempfile.mkdtemp(dir=target.parent, prefix=f".{target.name}."))
    except OSError as error:
        raise write_error(target, error) from error
    try:
        fresh = temporary / "new"
        fresh.mkdir()
        yield fresh
        if target.exists():
            target.replace(temporary / "old")
        fresh.replace(target)
    except OSError as error:
        raise write_error(target, error) from error
    finally:
        shutil.rmtree(temporary, ignore_errors=True)


def write_bytes(target: Path, data: bytes) -> None:
    """Replace a file's content in one step; see `atomic_path`."""
    with atomic_path(target) as temporary:
        temporary.write_bytes(data)


def open_file(path: Path) -> BinaryIO:
    """Open a file for reading. Only a plain one: a named pipe would be waited for without end.

    Raises:
        OSError: It is missing, can't be read, or is a folder, a pipe or a device.
    """
    flags = os.O_RDONLY | getattr(os, "O_NONBLOCK", 0) | getattr(os, "O_BINARY", 0)
    handle = os.open(path, flags | getattr(os, "O_NOCTTY", 0))
    try:
        mode = os.fstat(handle).st_mode
        if stat.S_ISDIR(mode):
            raise IsADirectoryError(errno.EISDIR, os.strerror(errno.EISDIR), str(path))
        if not stat.S_ISREG(mode):
            raise OSError(errno.EINVAL, "it isn't a plain file", str(path))
        return os.fdopen(handle, "rb")
    except BaseException:
        os.close(handle)
        raise


def read_file(path: Path) -> bytes:
    """All of a plain file. Raises as `open_file`."""
    with open_file(path) as file:
        return file.read()


def move_over(source: Path, target: Path) -> None:
    """Move a file onto another; without a source the target is removed.

    The source is removed last, so that a failure, which is not raised, loses nothing.
    """
    with contextlib.suppress(OSError, FileError, ResourceError):
        if source.is_file():
            write_bytes(target, read_file(source))
            source.unlink(missing_ok=True)
        else:
            target.unlink(missing_ok=True)


def write_error(target: Path, error: OSError) -> FileError | ResourceError:
    """Say in one sentence why `target` could not be written."""
    if error.errno in (errno.ENOSPC, errno.EDQUOT):
        return ResourceError(
            f"The disk is full: {target.name} was not saved and the old file is untouched. "
            "Free some space and save again."
        )
    if error.errno == errno.ENAMETOOLONG:
        return FileError(f"The name {target.name[:40]}… is too long for this disk. Shorten it.")
    reason = (error.strerror or str(error)).lower()
    return FileError(f"{target} can't be written ({reason}). Choose another folder.")


def check_folder_of(target: Path) -> None:
    """Refuse to save into a folder that has gone: a disk that was pulled out, say.

    Raises:
        FileError: The folder is not there.
    """
    if not target.parent.is_dir():
        raise FileError(
            f"The folder {target.parent} is not there any more: {target.name} was not saved. "
            "Choose another folder."
        )


def set_aside(path: Path) -> Path:
    """Move a broken file out of the way, keeping it, and return its new place."""
    for number in range(1, 1000):
        aside = path.with_name(f"{path.name}.broken-{number}")
        if not aside.exists():
            path.replace(aside)
            return aside
    raise FileError(f"Too many broken copies of {path.name}. Delete those in {path.parent}.")


def put_aside(path: Path) -> Path | None:
    """As `set_aside`, for what can be done without: None where it can't be moved."""
    with contextlib.suppress(OSError, FileError):
        return set_aside(path)
    return None


def _flush(path: Path) -> None:
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    # mkstemp makes files private to the user; give the usual mode back.
    if os.name == "posix":
        mask = os.umask(0)
        os.umask(mask)
        path.chmod(0o666 & ~mask)
