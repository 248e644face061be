"""Moves that only some channels of a layer follow: which channels follow which of them."""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.document import groups
from latentstudio.document.direction import ChannelGroups
from latentstudio.engine.channels import chosen_channels
from latentstudio.engine.generator import Generator, HasTaps
from latentstudio.render.moves import Move


@dataclass(frozen=True, slots=True, eq=False)
class GroupedMove:
    """A move, the layer it works on, and the channels that follow it, (C,) bool."""

    move: Move
    tap: str
    chosen: Tensor


def parted(moves: Sequence[Move], generator: Generator) -> tuple[list[Move], list[GroupedMove]]:
    """Moves of whole pictures, and those of channels; one with all groups off is none at all.

    Raises:
        AbilityError: The model's inner layers can't be read.
        OptionError: A direction names no layer of this model.
    """
    plain = [move for move in moves if not _by_groups(move)]
    grouped = [_grouped(move, generator) for move in moves if _by_groups(move)]
    return plain, [one for one in grouped if bool(one.chosen.any())]


def by_channels(grouped: Sequence[GroupedMove]) -> Iterator[tuple[str, list[Move], Tensor]]:
    """Layer, moves that reach the channels, and the channels (C,): disjoint for each layer.

    Where groups of two directions share channels, both moves reach these.
    """
    for tap in dict.fromkeys(one.tap for one in grouped):
        here = [one for one in grouped if one.tap == tap]
        if len({len(one.chosen) for one in here}) > 1:
            raise OptionError(
                f"Two directions disagree on how many channels {tap} has. One of them belongs "
                "to another model."
            )
        for some, channels in _disjoint(here):
            yield tap, [one.move for one in some], channels


def _disjoint(here: Sequence[GroupedMove]) -> list[tuple[list[GroupedMove], Tensor]]:
    """Sets of moves, and the channels that just these reach: (C,) bool each, none empty."""
    parts: list[tuple[list[GroupedMove], Tensor]] = []
    left = torch.ones_like(here[0].chosen)
    for one in here:
        split = [(some, channels & ~one.chosen) for some, channels in parts]
        split += [([*some, one], channels & one.chosen) for some, channels in parts]
        parts = [*split, ([one], left & one.chosen)]
        left = left & ~one.chosen
    return [(some, channels) for some, channels in parts if bool(channels.any())]


def _by_groups(move: Move) -> bool:
    return isinstance(move.direction.payload, ChannelGroups)


def _grouped(move: Move, generator: Generator) -> GroupedMove:
    direction, tap = move.direction, groups.layer(move.direction)
    if not isinstance(generator, HasTaps) or not generator.info.taps:
        raise AbilityError(
            f"{direction.name} works on inner layers, which can't be read in this model."
        )
    if tap not in generator.info.taps or not len(groups.labels(direction)):
        raise OptionError(
            f"{direction.name} was made for another model: it works on an inner layer "
            f"'{tap}', which this one doesn't have."
        )
    off = groups.own_off(direction) if move.off is None else move.off
    return GroupedMove(move, tap, chosen_channels(torch.from_numpy(groups.labels(direction)), off))
