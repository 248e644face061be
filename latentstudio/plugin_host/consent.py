"""What the user allowed and switched off. A plugin is code: it is asked about once."""

from collections.abc import Callable
from pathlib import Path

import msgspec

from latentstudio.core import files, locks, paths
from latentstudio.plugin_host import sources

_LARGEST = 1_000_000


class Failure(msgspec.Struct, kw_only=True, frozen=True):
    """How a plugin's last start went wrong.

    Attributes:
        problem: One sentence.
        content: Of the plugin then; empty for shipped ones. Changed since, it may be mended.
        crashed: It ended the program, so it isn't started again by itself.
    """

    problem: str
    content: str = ""
    crashed: bool = False


class Choices(msgspec.Struct, kw_only=True, frozen=True):
    """Kept in a file.

    Attributes:
        allowed: For each plugin of the user's, the content that was allowed.
        off: Ids of plugins that are switched off.
        failed: Of plugins whose last start went wrong.
    """

    allowed: dict[str, str] = {}
    off: tuple[str, ...] = ()
    failed: dict[str, Failure] = {}

    def with_allowed(self, id: str, content: str) -> "Choices":
        """The same with one plugin allowed and on; without a content (shipped) only on."""
        allowed = self.allowed | ({id: content} if content else {})
        off = tuple(name for name in self.off if name != id)
        return msgspec.structs.replace(self.without_failure(id), allowed=allowed, off=off)

    def with_off(self, id: str) -> "Choices":
        """The same with one plugin switched off."""
        return msgspec.structs.replace(self, off=tuple(sorted({*self.off, id})))

    def with_failure(self, id: str, failure: Failure) -> "Choices":
        """The same with a failed start."""
        return msgspec.structs.replace(self, failed=self.failed | {id: failure})

    def without_failure(self, id: str) -> "Choices":
        """The same after a plugin started."""
        failed = {name: one for name, one in self.failed.items() if name != id}
        return msgspec.structs.replace(self, failed=failed)


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
        files.put_aside(path)
        return Choices()


def save(choices: Choices) -> None:
    """Write the file in one step.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    files.write_bytes(choices_path(), msgspec.json.format(msgspec.json.encode(choices), indent=1))


def change(changed: Callable[[Choices], Choices]) -> None:
    """Change what is on the disk now: what another process chose stays.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    with locks.held(choices_path().with_suffix(".lock")):
        before = load()
        after = changed(before)
        if after != before:
            save(after)


def content_of(folder: Path) -> str:
    """The digest of all that is in a plugin's folder; see `sources.read_content`.

    Raises:
        PluginError: It can't be told.
    """
    return sources.read_content(folder).digest
