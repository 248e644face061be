"""Groups of channels that a direction of kind ``channels`` works through, and which are off."""

from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentstudio.document.direction import ChannelGroups, Direction
from latentstudio.document.state import Edit

Off = frozenset[int]


def labels(direction: Direction) -> NDArray[np.int64]:
    """The group of each channel, (C,); empty for other kinds."""
    payload = direction.payload
    return payload.labels if isinstance(payload, ChannelGroups) else np.empty(0, np.int64)


def groups(direction: Direction) -> tuple[int, ...]:
    """The groups there are, in rising order."""
    return tuple(np.unique(labels(direction)).tolist())


def layer(direction: Direction) -> str:
    """The layer whose channels are grouped, or empty."""
    payload = direction.payload
    return payload.layer if isinstance(payload, ChannelGroups) else ""


def own_off(direction: Direction) -> Off:
    """Groups that the direction itself has off, as a preset may keep it."""
    payload = direction.payload
    return payload.off if isinstance(payload, ChannelGroups) else frozenset()


def off(direction: Direction, edit: Edit | None) -> Off:
    """Groups that are off: the edit's choice, else the direction's own."""
    return own_off(direction) if edit is None or edit.off is None else edit.off


def with_off(direction: Direction, chosen: Off) -> Direction:
    """The same direction with other groups off from the start, to keep in a preset."""
    payload = direction.payload
    if not isinstance(payload, ChannelGroups):
        return direction
    return replace(direction, payload=replace(payload, off=chosen))
