"""The directions that a document uses, kept beside it: it needs them whatever becomes of the rest.

Most are also elsewhere (in the cache, with a run that ended). Those of a run that is still learning
are nowhere else, and neither is a cache that somebody emptied.
"""

import contextlib
from collections.abc import Callable, Iterable
from dataclasses import replace
from pathlib import Path
from typing import TypeVar

from latentstudio.core import files, paths
from latentstudio.core.errors import LatentStudioError, PresetError
from latentstudio.document.assets import Assets
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.exchange.presets import read_preset, write_preset
from latentstudio.exchange.presets.preset_file import read_manifest
from latentstudio.exchange.sharing import with_masks

T = TypeVar("T")
ENDING = ".lpreset"
_written: dict[Path, tuple[Direction, ...]] = {}
"""What this process wrote last: writing it again costs more than looking here."""


def keep(path: Path, used: frozenset[str], known: DirectionSet | None, assets: Assets) -> None:
    """Keep the directions with some ids beside a document.

    Those that are not known now (a model that is still being opened has not told all of them)
    stay as they were kept.

    Args:
        path: The document's file.
        used: Ids.
        known: Directions of the document's model, as far as they are known; None for nothing.
        assets: Masks that local directions name.

    Raises:
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    if known is None:
        return
    place = path.with_suffix(ENDING)
    chosen = {one.id: one for one in known.directions if one.id in used}
    if len(chosen) < len(used):
        earlier = _sound(read_preset, place)
        if earlier is not None and earlier.model.fingerprint == known.model.fingerprint:
            chosen |= {d.id: d for d in earlier.directions if d.id in used - chosen.keys()}
    directions = tuple(chosen.values())
    if not directions:
        place.unlink(missing_ok=True)
        _written.pop(place, None)
    elif not _is_written(place, directions):
        found = replace(known, directions=directions, masks={})
        with contextlib.suppress(PresetError):  # strange numbers must not keep the work from disk
            write_preset(with_masks(found, assets), place)
        _written[place] = directions


def kept_for(fingerprint: str, folders: Iterable[Path] = ()) -> list[DirectionSet]:
    """What documents of this home use of a model; damaged files are moved aside.

    Args:
        fingerprint: The model's.
        folders: Where documents are; empty for the user's own.
    """
    home = paths.data_dir()
    places = [place for one in folders or (home, home / "apart") for place in _places(one)]
    # Most belong to other models: their numbers are not read.
    said = {place: _sound(read_manifest, place) for place in places}
    ours = [
        p for p, one in said.items() if one is not None and one.model.fingerprint == fingerprint
    ]
    return [one for place in ours if (one := _sound(read_preset, place)) is not None]


def _places(folder: Path) -> list[Path]:
    return sorted(folder.glob(f"*{ENDING}"))


def move(path: Path, to: Path) -> None:
    """Let what is kept beside one document stand beside another; a failure loses nothing."""
    place = to.with_suffix(ENDING)
    files.move_over(path.with_suffix(ENDING), place)
    _written.pop(place, None)


def _is_written(place: Path, directions: tuple[Direction, ...]) -> bool:
    """Directions are never changed, only replaced: the very same ones are on the disk."""
    before = _written.get(place, ())
    same = len(before) == len(directions) and all(
        one is other for one, other in zip(before, directions, strict=True)
    )
    return same and place.is_file()


def _sound(read: Callable[[Path], T], place: Path) -> T | None:
    """What is read there; None where there is nothing, or a damaged file that is moved aside."""
    if not place.is_file():
        return None
    try:
        return read(place)
    except LatentStudioError:
        files.put_aside(place)
        return None
