"""A plugin's code as it was allowed: compiled here from its sources, never from bytecode.

Python keeps compiled files beside the sources and runs those. They could be changed without a
trace, so nothing compiled is read in a plugin's folder; and a source or native module runs only
if its bytes are still those that the user said yes to.
"""

import hashlib
import importlib
import os
import sys
from collections.abc import Mapping
from dataclasses import dataclass
from importlib.machinery import (
    EXTENSION_SUFFIXES,
    SOURCE_SUFFIXES,
    ExtensionFileLoader,
    FileFinder,
    ModuleSpec,
    SourceFileLoader,
)
from pathlib import Path
from types import CodeType, ModuleType

from latentstudio.core import files
from latentstudio.core.errors import PluginError

_MOST_FILES = 2_000
_CHUNK = 2**20


@dataclass(frozen=True, slots=True)
class Content:
    """What is in a plugin's folder.

    Attributes:
        digest: SHA-256 over all names and bytes, in hexadecimal.
        files: SHA-256 of each file by its path in the folder, with slashes.
    """

    digest: str
    files: Mapping[str, bytes]


_watched: dict[str, Mapping[str, bytes] | None] = {}
"""For each plugin's folder, the digests of its files; None where none were asked for."""


def read_content(folder: Path) -> Content:
    """Digest all that is in a plugin's folder: code, data, native modules, compiled files.

    Raises:
        PluginError: Something can't be read, is a link (it may change unseen) or no plain file,
            or there are too many files.
    """
    whole, found = hashlib.sha256(), {}
    try:
        listed = sorted(folder.rglob("*"))
        if len(listed) > _MOST_FILES:
            raise PluginError(f"The plugin in {folder.name} has more than {_MOST_FILES} files.")
        for path in listed:
            if path.is_symlink():
                raise PluginError(f"The plugin in {folder.name} holds a link, {path.name}.")
            if not path.is_dir():
                name = path.relative_to(folder).as_posix()
                found[name] = _file_digest(path)
                whole.update(os.fsencode(f"{name}\0"))
                whole.update(found[name])
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PluginError(f"The plugin in {folder.name} can't be read ({reason}).") from error
    return Content(whole.hexdigest(), found)


def watch(folder: Path, content: Content | None) -> None:
    """From now on import what lies in a folder from its sources only.

    Args:
        folder: The plugin's.
        content: As it was allowed: a file that differs is not run. None: files run as they are.
    """
    if _finder not in sys.path_hooks:
        sys.path_hooks.insert(0, _finder)
    for root in _forms(folder):
        _watched[root] = content.files if content else None
        for known in [path for path in sys.path_importer_cache if _below(path, root)]:
            del sys.path_importer_cache[known]
    importlib.invalidate_caches()


class SourceLoader(SourceFileLoader):
    """Compiles a source each time it is imported."""

    def get_code(self, fullname: str) -> CodeType:
        path = self.get_filename(fullname)
        code: CodeType = self.source_to_code(self.get_data(path), path)
        return code

    def get_data(self, path: str) -> bytes:
        data = files.read_file(Path(path))
        _check(path, hashlib.sha256(data).digest())
        return data


class _NativeLoader(ExtensionFileLoader):
    """Loads a native module that is as it was allowed."""

    def create_module(self, spec: ModuleSpec) -> ModuleType:
        _check(self.path, _file_digest(Path(self.path)))
        return super().create_module(spec)


def _finder(path: str) -> FileFinder:
    """A finder for a folder of a plugin; Python asks the next one about other folders."""
    if not any(_below(path, root) for root in _watched):
        raise ImportError("no folder of a plugin", path=path)
    return FileFinder(path, (_NativeLoader, EXTENSION_SUFFIXES), (SourceLoader, SOURCE_SUFFIXES))


def _check(path: str, digest: bytes) -> None:
    """Raises PluginError where a file is not what was allowed."""
    root = next((root for root in _watched if _below(path, root)), None)
    known = _watched[root] if root is not None else None
    if root is None or known is None:
        return
    name = Path(path).relative_to(root).as_posix()
    if known.get(name) != digest:
        raise PluginError(
            f"{name} of the plugin in {Path(root).name} was changed after it was allowed, so it "
            "was not run. Load the plugin again to allow it as it is now."
        )


def _forms(folder: Path) -> set[str]:
    """A folder as it was given and where it really is."""
    return {str(folder.absolute()), str(folder.resolve())}


def _below(path: str, root: str) -> bool:
    return path == root or path.startswith(root + os.sep)


def _file_digest(path: Path) -> bytes:
    digest = hashlib.sha256()
    with files.open_file(path) as file:
        while chunk := file.read(_CHUNK):
            digest.update(chunk)
    return digest.digest()
