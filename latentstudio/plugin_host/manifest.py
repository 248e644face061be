"""`plugin.toml`: what a plugin says about itself. Reading one runs nothing and loads no torch."""

import re
from dataclasses import dataclass
from pathlib import Path
from typing import Literal

import msgspec

from latentstudio.core import files
from latentstudio.core.errors import PluginError

API_VERSION = 1
"""Of `latentstudio.plugin_host.api`; raised when something is taken out of it."""

NAME = "plugin.toml"
MAX_BYTES = 64 * 1024
_ID = re.compile(r"[a-z][a-z0-9-]{0,39}")

Kind = Literal["generators", "methods", "predictors"]
"""What a plugin may bring: families of generators, discovery methods, attribute predictors."""


class Manifest(msgspec.Struct, kw_only=True, frozen=True):
    """A checked ``plugin.toml``.

    Attributes:
        id: Lower-case letters, digits and hyphens.
        name: As on screen.
        version: The plugin's own, any text.
        api: The `API_VERSION` it was written for.
        description: One sentence for the panel.
        provides: Kinds of things it registers.
        needs: Python packages it imports besides the program's own.
    """

    id: str
    name: str
    version: str
    api: int
    provides: tuple[Kind, ...]
    description: str = ""
    needs: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class PluginFolder:
    """A plugin's folder, with its manifest or what is wrong with it.

    Attributes:
        folder: Where it is.
        shipped: Whether it came with the program.
        manifest: None where it can't be used.
        problem: One sentence, or empty.
    """

    folder: Path
    shipped: bool
    manifest: Manifest | None
    problem: str = ""

    @property
    def id(self) -> str:
        """The plugin's id; the folder's name where there is no manifest."""
        return self.manifest.id if self.manifest else self.folder.name


def read_manifest(folder: Path) -> Manifest:
    """Read and check the manifest in a folder.

    Raises:
        PluginError: It is missing, malformed, or for another version of the API.
    """
    path = folder / NAME
    try:
        if path.stat().st_size > MAX_BYTES:
            raise PluginError(f"The plugin in {folder.name} has a {NAME} that is far too large.")
        manifest = msgspec.toml.decode(files.read_file(path), type=Manifest)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise PluginError(f"{folder} isn't a plugin: {NAME} can't be read ({reason}).") from error
    except (msgspec.MsgspecError, ValueError, RecursionError) as error:
        raise PluginError(f"The plugin in {folder.name} has a wrong {NAME}: {error}.") from error
    _check(manifest, folder)
    return manifest


def find_plugins(shipped: Path, own: Path) -> list[PluginFolder]:
    """All plugins in two folders, the user's first; an id that comes twice is a problem."""
    found: list[PluginFolder] = []
    for place, is_shipped in ((shipped, True), (own, False)):
        for folder in sorted(place.iterdir()) if place.is_dir() else ():
            if folder.is_dir() and not folder.name.startswith((".", "_")):
                found.append(_found(folder, is_shipped, {other.id for other in found}))
    return sorted(found, key=lambda one: one.shipped)


def _found(folder: Path, shipped: bool, taken: set[str]) -> PluginFolder:
    try:
        manifest = read_manifest(folder)
    except PluginError as error:
        return PluginFolder(folder, shipped, None, str(error))
    if manifest.id in taken:
        text = f"The plugin in {folder.name} calls itself {manifest.id}, which another one does."
        return PluginFolder(folder, shipped, None, f"{text} Remove one of them.")
    return PluginFolder(folder, shipped, manifest)


def _check(manifest: Manifest, folder: Path) -> None:
    wrong = f"The plugin in {folder.name} has a wrong {NAME}:"
    if not _ID.fullmatch(manifest.id):
        raise PluginError(f"{wrong} an id is made of lower-case letters, digits and hyphens.")
    if not manifest.name.strip() or not manifest.version.strip():
        raise PluginError(f"{wrong} its name and version can't be empty.")
    if not manifest.provides:
        raise PluginError(f"{wrong} it provides nothing.")
    if manifest.api != API_VERSION:
        raise PluginError(
            f"The plugin {manifest.name} was made for version {manifest.api} of the plugin "
            f"interface; this program has version {API_VERSION}. Look for another release of it."
        )
