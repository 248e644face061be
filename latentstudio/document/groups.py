"""Groups of channels that a direction of kind ``channels`` works through, and which are off."""

from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from latentstudio.document.direction import Direction
from latentstudio.document.state import Edit

LABELS = "labels"
"""Name of the array that says which group each channel is in: (C,), whole numbers from 0."""
LAYER, OFF = "layer", "off"
"""In a direction's note: the tapped layer, and the groups that are off to begin with."""

Off = frozenset[int]


def labels(direction: Direction) -> NDArray[np.int64]:
    """The group of each channel, (C,); empty for other kinds."""
    if direction.kind != "channels" or LABELS not in direction.arrays:
        return np.empty(0, np.int64)
    return np.rint(direction.arrays[LABELS]).astype(np.int64).reshape(-1)


def groups(direction: Direction) -> tuple[int, ...]:
    """The groups there are, in rising order."""
    return tuple(np.unique(labels(direction)).tolist())


def layer(direction: Direction) -> str:
    """The layer whose channels are grouped, or empty."""
    found = direction.note.get(LAYER, direction.options.get(LAYER, ""))
    return found if isinstance(found, str) else ""


def own_off(direction: Direction) -> Off:
    """Groups that the direction itself has off, as a preset may keep it."""
    found: Any = direction.note.get(OFF, ())
    if not isinstance(found, list | tuple):
        return frozenset()
    return frozenset(g for g in found if type(g) is int)


def off(direction: Direction, edit: Edit | None) -> Off:
    """Groups that are off: the edit's choice, else the direction's own."""
    return own_off(direction) if edit is None or edit.off is None else edit.off


def with_off(direction: Direction, chosen: Off) -> Direction:
    """The same direction with other groups off from the start, to keep in a preset."""
    return replace(direction, note={**direction.note, OFF: sorted(chosen)})
