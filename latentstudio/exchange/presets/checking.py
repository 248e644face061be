"""Whether a stranger's preset is sound: all of it is read, nothing of it is applied."""

from dataclasses import dataclass
from pathlib import Path

import numpy as np

from latentstudio.core.errors import PresetError
from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, DirectionSet, Linear, Local
from latentstudio.exchange.presets.kinds import problem
from latentstudio.exchange.presets.preset_file import read_preset, read_previews

LARGEST_UNIT = 1e4
"""A longer step leaves every model at once."""
_UNIT_TO = 1e-2


@dataclass(frozen=True, slots=True, eq=False)
class Checked:
    """A preset that can be opened.

    Attributes:
        found: What it holds.
        previews: PNG strips by the id of the direction or look.
        remarks: What is odd about it, as sentences; none of it does harm.
    """

    found: DirectionSet
    previews: dict[str, bytes]
    remarks: tuple[str, ...]


def check_preset(path: Path) -> Checked:
    """Read everything in a preset.

    Raises:
        PresetError: It is missing, damaged, hostile or from a newer LatentStudio, or one of its
            directions lacks what its kind needs.
    """
    found, previews = read_preset(path), read_previews(path)
    for one in found.directions:
        wrong = problem(one, found.model.dims)
        if wrong:
            raise PresetError(f"{path.name} is broken: {one.name} {wrong}.")
    return Checked(found, previews, tuple(_remarks(found, previews)))


def _remarks(found: DirectionSet, previews: dict[str, bytes]) -> list[str]:
    said = [] if found.model.fingerprint else ["It does not say for which model it was made."]
    if not found.directions:
        said.append("It holds no directions.")
    for one in found.directions:
        odd = _odd(one)
        said += [f"{one.name} {odd}."] if odd else []
    there = {one.id for one in found.directions} | {look.id for look in found.looks}
    loose = len(previews.keys() - there)
    if loose:
        said.append(f"{loose} of its previews belong to nothing in it.")
    return said


def _odd(one: Direction) -> str:
    """What is odd about a direction, as the end of a sentence about it, or empty."""
    length = float(np.linalg.norm(one.vector.astype(np.float64)))
    if isinstance(one.payload, Linear | Local) and abs(length - 1) > _UNIT_TO:
        return f"has a vector of length {length:.3g}, so that its unit means something else"
    if one.unit > LARGEST_UNIT:
        return f"has a unit of {one.unit:.3g}, which leaves any model at once"
    if one.space is Space.Z and one.layers is not None:
        return "lives in Z and names layers, which only W has"
    return ""
