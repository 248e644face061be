"""Presets of the user and of folders that are shared: found, renamed, thrown away, brought back.

One file a preset and nothing beside it, so that two studios on one synced folder never write the
same file: each makes files of its own, a name that is taken gets a number, and what only one
person means (stars) stays at home (`store.preset_stars`).
"""

import os
import shutil
import time
import uuid
from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path

from latentstudio.core import files, paths
from latentstudio.core.errors import FileError
from latentstudio.core.file_names import free_paths, safe_stem
from latentstudio.core.progress import Job, Step
from latentstudio.exchange.presets.preset_file import renamed
from latentstudio.exchange.presets.sources import ENDING
from latentstudio.store import preset_stars
from latentstudio.store.preset_cards import PresetCard, read_card

MOST = 2000
"""Presets of one folder that are shown."""
_KEEP = 30 * 24 * 3600.0
"""Seconds that what was thrown away can be brought back."""
_Stamp = tuple[int, int]


@dataclass(frozen=True, slots=True, eq=False)
class Listing:
    """What the library holds.

    Attributes:
        cards: Presets, by folder and name.
        missing: Watched folders that can't be reached; their last known presets are listed.
    """

    cards: tuple[PresetCard, ...]
    missing: tuple[Path, ...] = ()


@dataclass(frozen=True, slots=True)
class Trashed:
    """A preset that was thrown away.

    Attributes:
        path: Where it was.
        place: Where it is now.
    """

    path: Path
    place: Path


@dataclass(slots=True, eq=False)
class PresetLibrary:
    """Reads folders, and a file again only where it has changed. Used from one thread.

    A card of a preset that is as it was is the same object as in the last listing.
    """

    _known: dict[Path, tuple[_Stamp, PresetCard]] = field(default_factory=dict)

    def scan(self, folders: Sequence[Path]) -> Job[Listing]:
        """List the user's own presets and those of watched folders.

        Args:
            folders: Watched ones.
        """
        stars, missing = preset_stars.starred(), []
        cards: list[PresetCard] = []
        for folder in dict.fromkeys((home(), *folders)):
            shared = folder != home()
            found = _presets_in(folder)
            if found is None and shared:
                missing.append(folder)
                found = [path for path in self._known if path.parent == folder]
            for path in found or ():
                yield Step(0.5, "Reading presets")
                card = self._card(path, keep=folder in missing)
                cards.append(self._marked(card, shared=shared, starred=str(path) in stars))
        return Listing(tuple(cards), tuple(missing))

    def _card(self, path: Path, keep: bool) -> PresetCard:
        stamp, known = _stamp(path), self._known.get(path)
        if known is not None and (keep or known[0] == stamp):
            return known[1]
        card = read_card(path)
        self._known[path] = stamp, card
        return card

    def _marked(self, card: PresetCard, *, shared: bool, starred: bool) -> PresetCard:
        if (card.shared, card.starred) != (shared, starred):
            card = replace(card, shared=shared, starred=starred)
            self._known[card.path] = self._known[card.path][0], card
        return card


def home() -> Path:
    """The user's own presets."""
    return paths.data_dir() / "presets"


def trash() -> Path:
    """Where presets are that were thrown away."""
    return paths.data_dir() / "trash" / "presets"


def rename(path: Path, name: str) -> Path:
    """Call a preset something else, and its file too.

    The new file is whole before the old one goes: at worst there are both.

    Raises:
        FileError: It can't be read, or the folder can't be written to.
        ResourceError: The disk is full.
    """
    became: list[Path] = []
    if path.stem == safe_stem(name):
        with files.atomic_path(path) as temporary:
            renamed(path, name, temporary)
        return path
    with files.new_path(free_paths(path.parent, name, ENDING), became.append) as temporary:
        renamed(path, name, temporary)
    _remove(path)
    preset_stars.move(path, became[0])
    return became[0]


def throw_away(path: Path) -> Trashed:
    """Move a preset to the trash, from which `bring_back` takes it for thirty days.

    Raises:
        FileError: It can't be moved; it is still where it was.
    """
    place = trash() / f"{uuid.uuid4().hex}{ENDING}"
    try:
        place.parent.mkdir(parents=True, exist_ok=True)
        shutil.move(path, place)
        os.utime(place)
    except OSError as error:
        raise _unmoved(path, error) from error
    return Trashed(path, place)


def bring_back(thrown: Trashed) -> Path:
    """Put a preset back where it was, or where its name is taken beside that.

    Raises:
        FileError: It has gone from the trash, or the folder can't be written to.
        ResourceError: The disk is full.
    """
    path = add_copy(thrown.place, thrown.path.parent, thrown.path.stem)
    _remove(thrown.place)
    return path


def add_copy(path: Path, folder: Path, stem: str = "") -> Path:
    """Copy a preset into a folder, under its name or the next that is free.

    Raises:
        FileError: It can't be read, or the folder can't be written to.
        ResourceError: The disk is full.
    """
    became: list[Path] = []
    try:
        data = files.read_file(path)
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{path} can't be read ({reason}). Copy it again.") from error
    with files.new_path(free_paths(folder, stem or path.stem, ENDING), became.append) as temporary:
        temporary.write_bytes(data)
    return became[0]


def sweep_trash(now: float | None = None) -> int:
    """Delete what was thrown away thirty days ago; gives how many went."""
    then, gone = (time.time() if now is None else now) - _KEEP, 0
    for path in _presets_in(trash()) or ():
        try:
            if path.stat().st_mtime < then:
                path.unlink()
                gone += 1
        except OSError:
            continue
    return gone


def _presets_in(folder: Path) -> list[Path] | None:
    """Presets of a folder, by name; None where it can't be reached."""
    try:
        names = [path.name for path in folder.iterdir()]
    except OSError:
        return None
    found = [name for name in names if name.lower().endswith(ENDING) and not name.startswith(".")]
    return [folder / name for name in sorted(found, key=str.casefold)[:MOST]]


def _stamp(path: Path) -> _Stamp:
    try:
        found = path.stat()
    except OSError:
        return (0, 0)
    return (found.st_mtime_ns, found.st_size)


def _remove(path: Path) -> None:
    try:
        path.unlink(missing_ok=True)
    except OSError as error:
        raise _unmoved(path, error) from error


def _unmoved(path: Path, error: OSError) -> FileError:
    reason = (error.strerror or str(error)).lower()
    return FileError(f"{path.name} can't be moved ({reason}). It is still in {path.parent}.")
