"""A file in a container that is not read here: a plugin may know it."""

from dataclasses import dataclass
from pathlib import Path

from latentstudio.core.errors import CheckpointError
from latentstudio.core.files import open_file

HEAD = 64 * 1024


@dataclass(frozen=True, slots=True)
class Unread:
    """What is known of such a file before anybody asks for more.

    Attributes:
        path: Where it is.
        head: Its first bytes, at most `HEAD`.
        size: Its length in bytes.
    """

    path: Path
    head: bytes
    size: int

    def read(self) -> bytes:
        """All of it.

        Raises:
            CheckpointError: It can't be read.
        """
        return _read(self.path, 0, None)

    def read_beside(self, name: str, start: int, count: int | None) -> bytes:
        """Bytes of another file in the same folder, never of one elsewhere.

        Args:
            name: Of the file, without any folder.
            start: Where they begin.
            count: How many; None: to the end.

        Raises:
            CheckpointError: The name leads elsewhere, or the file has fewer.
        """
        plain = name == Path(name).name and name not in ("", ".", "..") and "\\" not in name
        path = self.path.with_name(name) if plain else self.path
        if not plain or path.is_symlink():
            raise CheckpointError(f"{self.path.name} names weights outside its own folder.")
        if not path.is_file():
            raise CheckpointError(f"{self.path.name} needs {name} beside it. Copy that file, too.")
        return _read(path, start, count)


def _read(path: Path, start: int, count: int | None) -> bytes:
    try:
        size = path.stat().st_size
        wanted = size - start if count is None else count
        if start < 0 or wanted < 0 or start + wanted > size:
            raise CheckpointError(f"{path.name} ends in the middle. Download or copy it again.")
        with open_file(path) as file:
            file.seek(start)
            return file.read(wanted)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise CheckpointError(f"{path} can't be read ({reason}).") from error
