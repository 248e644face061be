"""What the user allowed and switched off. A plugin is code: it is asked about once."""

import contextlib
import hashlib
from pathlib import Path

import msgspec

from latentstudio.core import files, paths
from latentstudio.core.errors import LatentStudioError, PluginError

_LARGEST = 1_000_000
_MOST_FILES = 2_000
_CHUNK = 2**20


class Choices(msgspec.Struct, kw_only=True, frozen=True):
    """Kept in a file.

    Attributes:
        allowed: For each plugin of the user's, the content that was allowed.
        off: Ids of plugins that are switched off.
    """

    allowed: dict[str, str] = {}
    off: tuple[str, ...] = ()

    def with_allowed(self, id: str, content: str) -> "Choices":
        """The same with one plugin allowed and on; without a content (shipped) only on."""
        allowed = self.allowed | ({id: content} if content else {})
        return Choices(allowed=allowed, off=tuple(name for name in self.off if name != id))

    def with_off(self, id: str) -> "Choices":
        """The same with one plugin switched off."""
        return Choices(allowed=self.allowed, off=tuple(sorted({*self.off, id})))


def choices_path() -> Path:
    """Where they are kept."""
    return paths.data_dir() / "plugins.json"


def load() -> Choices:
    """Read the file. One that is damaged is moved aside: everything is asked again."""
    path = choices_path()
    try:
        if path.stat().st_size > _LARGEST:
            raise msgspec.DecodeError("too large")
        return msgspec.json.decode(files.read_file(path), type=Choices)
    except FileNotFoundError:
        return Choices()
    except (OSError, msgspec.DecodeError, UnicodeDecodeError):
        with contextlib.suppress(OSError, LatentStudioError):
            files.set_aside(path)
        return Choices()


def save(choices: Choices) -> None:
    """Write the file in one step.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    files.write_bytes(choices_path(), msgspec.json.format(msgspec.json.encode(choices), indent=1))


def content_of(folder: Path) -> str:
    """SHA-256 over the names and bytes of all files of a plugin, compiled ones aside.

    Raises:
        PluginError: A file can't be read, is a link (it may change unseen), or there are too
            many.
    """
    digest = hashlib.sha256()
    try:
        listed = sorted(p for p in folder.rglob("*") if "__pycache__" not in p.parts)
        if len(listed) > _MOST_FILES:
            raise PluginError(f"The plugin in {folder.name} has more than {_MOST_FILES} files.")
        for path in listed:
            if path.is_symlink():
                raise PluginError(f"The plugin in {folder.name} holds a link, {path.name}.")
            if path.is_file():
                digest.update(f"{path.relative_to(folder).as_posix()}\0".encode())
                digest.update(_file_digest(path))
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PluginError(f"The plugin in {folder.name} can't be read ({reason}).") from error
    return digest.hexdigest()


def _file_digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    with files.open_file(path) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.digest()
