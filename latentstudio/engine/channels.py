"""Edits restricted to some channels of a tapped layer."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Protocol

import torch
from torch import Tensor

from latentstudio.core.errors import ShapeError
from latentstudio.engine.generator import Generator, HasTaps, Noise


class TappedGenerator(Generator, HasTaps, Protocol):
    """A generator whose inner features can be read and replaced."""


@dataclass(frozen=True, slots=True, eq=False)
class ChannelMix:
    """Channels of one layer that follow other codes than the rest of the picture.

    Attributes:
        tap: Name of the layer.
        codes: What they follow, (N, layers, dim).
        chosen: Which channels, (C,) bool.
    """

    tap: str
    codes: Tensor
    chosen: Tensor


def synthesize_channels(
    generator: TappedGenerator,
    codes: Tensor,
    mixes: Sequence[ChannelMix],
    classes: Tensor | None = None,
    noise: Noise = "const",
) -> Tensor:
    """Pictures of `codes`, with some channels' features taken from other codes.

    Li et al., ACM MM 2021 ("DP-LaSE"), channel subspaces. What the network does next to the
    features (ProgGAN normalises them per position) it does to the mixture, so where nothing
    moved the picture is the same. No two mixes of one layer may choose the same channel.

    Args:
        generator: The model.
        codes: Of the picture as a whole, (N, layers, dim).
        mixes: Which channels differ.
        classes: Class of each, (N,).
        noise: Noise inputs.

    Returns:
        (N, C, H, W).

    Raises:
        ShapeError: A layer has another number of channels.
    """
    edit = {
        tap: _mixer(
            [
                (generator.features(mix.codes, tap, classes, noise), mix.chosen)
                for mix in mixes
                if mix.tap == tap
            ]
        )
        for tap in dict.fromkeys(mix.tap for mix in mixes)
    }
    return generator.synthesize_with(codes, edit, classes, noise)


def chosen_channels(labels: Tensor, off: frozenset[int]) -> Tensor:
    """Channels of the groups that are not off: (C,) labels -> (C,) bool."""
    return ~torch.isin(labels.long(), torch.tensor(sorted(off), dtype=torch.int64))


def _mixer(parts: list[tuple[Tensor, Tensor]]) -> Callable[[Tensor], Tensor]:
    def mix(before: Tensor) -> Tensor:
        for after, chosen in parts:
            if len(chosen) != before.shape[1]:
                raise ShapeError(
                    f"These groups were made for {len(chosen)} channels, but this layer has "
                    f"{before.shape[1]}. They belong to another model."
                )
            mask = chosen.to(before.device).view((1, -1) + (1,) * (before.ndim - 2))
            before = torch.where(mask, after.to(before), before)
        return before

    return mix
