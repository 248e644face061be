"""What was being started when the program ended without a word; the next start finds it.

A plugin or a damaged library can end the process in a way that no code of ours survives. So
before one is started a file is written, and removed when it runs; what is left over of a process
that has gone is named and not started again by itself.
"""

import contextlib
import itertools
import os
import secrets
from pathlib import Path
from typing import Literal

import msgspec

from latentstudio.core import files, locks, paths
from latentstudio.core.errors import LatentStudioError

Kind = Literal["plugin", "model", "command"]
_LARGEST = 100_000


class Attempt(msgspec.Struct, kw_only=True, frozen=True):
    """Something that may end the process.

    Attributes:
        kind: A plugin that starts, a model that the window opens, or one that a command opens.
        id: A plugin's id, or how a model was asked for.
        content: The plugin's content, as it was allowed.
        plugin: Name of the plugin that was at work for the model, if any.
    """

    kind: Kind
    id: str
    content: str = ""
    plugin: str = ""


class Begun:
    """An attempt on its way. `done` when it went well or failed in an ordinary way."""

    def __init__(self, attempt: Attempt) -> None:
        self._attempt = attempt
        self._path = _folder() / f"{_own()}-{next(_numbers)}.json"
        self._write()
        _open.append(self)

    def done(self) -> None:
        """It did not end the process."""
        if self in _open:
            _open.remove(self)
            with contextlib.suppress(OSError):
                self._path.unlink(missing_ok=True)

    def note(self, plugin: str) -> None:
        """A plugin is at work for it."""
        if self._attempt.kind != "plugin" and self._attempt.plugin != plugin:
            self._attempt = msgspec.structs.replace(self._attempt, plugin=plugin)
            self._write()

    def _write(self) -> None:
        with contextlib.suppress(LatentStudioError):  # without a disk there is no next start
            files.write_bytes(self._path, msgspec.json.encode(self._attempt))


_open: list[Begun] = []
_numbers = itertools.count(1)
_tokens: dict[Path, tuple[str, locks.Lock | None]] = {}


def begin(attempt: Attempt) -> Begun:
    """Write down what is about to be started."""
    return Begun(attempt)


def note_plugin(plugin: str) -> None:
    """A plugin's code is about to run: the models that are being opened may owe it their end."""
    for begun in tuple(_open):
        begun.note(plugin)


def forget_own() -> None:
    """The program ends as it should: nothing that was being started is to blame."""
    for begun in tuple(_open):
        begun.done()


def unfinished(kind: Kind) -> list[Attempt]:
    """Attempts that ended their process, each given once."""
    found = []
    for path in sorted(_folder().glob("*.json")):
        token = path.name.rpartition("-")[0]
        if token == _tokens.get(_folder(), ("",))[0] or not _is_gone(token):
            continue
        attempt = _read(path)
        if attempt is None or attempt.kind == kind:
            with contextlib.suppress(OSError):
                path.unlink(missing_ok=True)
            found += [attempt] if attempt else []
    return found


def _folder() -> Path:
    return paths.data_dir() / "starting"


def _own() -> str:
    """This process's name among all, under a lock that it holds while it lives."""
    folder = _folder()
    if folder not in _tokens:
        token = f"{os.getpid()}-{secrets.token_hex(4)}"
        _tokens[folder] = token, locks.take(folder / f"{token}.lock")
    return _tokens[folder][0]


def _is_gone(token: str) -> bool:
    path = _folder() / f"{token}.lock"
    lock = locks.take(path)
    if lock is None:
        return False
    lock.release()
    with contextlib.suppress(OSError):
        path.unlink(missing_ok=True)
    return True


def _read(path: Path) -> Attempt | None:
    try:
        if path.stat().st_size > _LARGEST:
            return None
        return msgspec.json.decode(files.read_file(path), type=Attempt)
    except (OSError, msgspec.MsgspecError, UnicodeDecodeError):
        return None
