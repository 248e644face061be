"""Directions from a preset, for the model that is open."""

from collections.abc import Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from latentstudio.cli.progress import note
from latentstudio.core.errors import OptionError, PresetError
from latentstudio.core.texts import one_line
from latentstudio.document import groups
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.document.looks import Look
from latentstudio.exchange.presets import read_preset

if TYPE_CHECKING:
    from latentstudio.engine.generator import Generator


def load_preset(path: Path, generator: "Generator") -> DirectionSet:
    """Read a preset; a note where it was made for another model.

    Raises:
        PresetError: It can't be read.
    """
    found = read_preset(path)
    if found.model.fingerprint not in ("", generator.info.fingerprint):
        note("These directions were made for another model. Trying them anyway.")
    return found


def groups_off(direction: Direction, on: Sequence[int] | None) -> frozenset[int] | None:
    """Groups of channels that don't follow where only some are wanted; None as the preset has it.

    Raises:
        OptionError: The direction has no such group.
    """
    if on is None:
        return None
    there = groups.groups(direction)
    wrong = next((group for group in on if group not in there), None)
    if not there:
        raise OptionError(f"{direction.name} doesn't work through groups of channels.")
    if wrong is not None:
        known = ", ".join(str(group + 1) for group in there)
        raise OptionError(f"{direction.name} has no group {wrong + 1}. It has: {known}.")
    return frozenset(there) - frozenset(on)


def load_own(path: Path, generator: "Generator") -> DirectionSet:
    """Read a preset that has to be this model's: figures of another one's mean nothing.

    Raises:
        PresetError: It can't be read, or was made for another model.
    """
    found = read_preset(path)
    if found.model.fingerprint != generator.info.fingerprint:
        raise PresetError(
            f"{path.name} was made for another model ({found.model.family}, "
            f"{found.model.resolution} pixels). Find directions of this one with discover."
        )
    return found


def pick(found: DirectionSet, index: int) -> Direction:
    """A direction by its place.

    Raises:
        OptionError: There are not so many.
    """
    if index < len(found):
        return found.directions[index]
    if not found.directions:
        raise OptionError("The preset holds no directions. Choose another one.")
    raise OptionError(
        f"There is no direction {index}: the preset holds {len(found)}, 0 to {len(found) - 1}."
    )


def pick_look(found: DirectionSet, wanted: str) -> Look:
    """A look by its name, or by its place.

    Raises:
        OptionError: There is none of that name or number.
    """
    named = [look for look in found.looks if look.name == wanted]
    if named:
        return named[0]
    if wanted.isascii() and wanted.isdigit() and int(wanted) < len(found.looks):
        return found.looks[int(wanted)]
    if not found.looks:
        raise OptionError("The preset holds no looks. Use --amounts with its directions.")
    names = ", ".join(f"{n} {one_line(look.name)}" for n, look in enumerate(found.looks))
    raise OptionError(f"The preset holds no look '{one_line(wanted)}'. It has: {names}.")
