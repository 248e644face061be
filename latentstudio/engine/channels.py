"""Edits restricted to some channels of a tapped layer."""

from collections.abc import Mapping
from typing import Protocol

import torch
from torch import Tensor

from latentstudio.engine.generator import Generator, HasTaps, Noise


class TappedGenerator(Generator, HasTaps, Protocol):
    """A generator whose inner features can be read and replaced."""


def synthesize_channels(
    generator: TappedGenerator,
    codes: Tensor,
    moved: Tensor,
    tap: str,
    chosen: Tensor,
    classes: Tensor | None = None,
    noise: Noise = "const",
) -> Tensor:
    """Pictures whose features at `tap` come from `moved` in some channels, else from `codes`.

    Li et al., ACM MM 2021 ("DP-LaSE"), channel subspaces. What the network does next to the
    features (ProgGAN normalises them per position) it does to the mixture, so where nothing
    moved the picture is the same.

    Args:
        generator: The model.
        codes: Before the edit, (N, layers, dim).
        moved: After it, same shape.
        tap: Name of the layer.
        chosen: Which channels follow the edit, (C,) bool.
        classes: Class of each, (N,).
        noise: Noise inputs.

    Returns:
        (N, C, H, W).
    """
    after = generator.features(moved, tap, classes, noise)
    shape = (1, -1) + (1,) * (after.ndim - 2)
    mask = chosen.to(after.device).view(shape)

    def mix(before: Tensor) -> Tensor:
        return torch.where(mask, after, before)

    return generator.synthesize_with(codes, {tap: mix}, classes, noise)


def chosen_channels(labels: Tensor, groups: Mapping[int, bool]) -> Tensor:
    """Channels of the groups that are switched on: (C,) labels -> (C,) bool; unnamed are on."""
    off = [group for group, on in groups.items() if not on]
    return ~torch.isin(labels.long(), torch.tensor(off, dtype=torch.int64))
