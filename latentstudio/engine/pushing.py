"""Tangents pushed through a network: what a step of the code changes in the small picture.

Three ways, the same answer: a family's own derivative (`HasTangents`), forward mode, and central
differences for a model that can't be differentiated forward. A picture is read either at its end,
brought down, or early: features of an inner layer through a linear head, where most of the work
lies behind that layer.
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import torch
import torch.nn.functional as F
from torch import Tensor
from torch.func import jvp, vmap

from latentstudio.core.errors import ShapeError
from latentstudio.core.spaces import Ability, GeneratorInfo
from latentstudio.engine.generator import Generator, Halfway, HasHalfway, HasTaps, Noise
from latentstudio.engine.warmup import warm_up_derivatives

SIDE = 64
"""Pictures larger than this are brought down to it."""
DIFFERENCE = 1e-3
"""Half the width of a central difference, as a share of the code's root mean square."""

Push = Callable[[Tensor], Tensor]
"""(n, dim) tangents of the code -> (n, C, s, s) changes of the small picture."""


class Head(Protocol):
    """A linear map from the features of a layer to the small picture."""

    @property
    def tap(self) -> str:
        """The layer."""

    def linear(self, features: Tensor) -> Tensor:
        """Without its constant: (N, C, h, w) -> (N, colours, s, s)."""


@dataclass(frozen=True, slots=True)
class Reading:
    """Where a picture is read.

    Attributes:
        side: Working size in pixels; smaller pictures keep theirs.
        head: Reads an inner layer; None reads the finished picture.
    """

    side: int = SIDE
    head: Head | None = None

    @property
    def tap(self) -> str | None:
        return self.head.tap if self.head else None

    def small(self, made: Tensor) -> Tensor:
        """The picture or the features at `tap`, to the small picture; linear."""
        return reduced(self.head.linear(made) if self.head else made, self.side)


@runtime_checkable
class HasTangents(Protocol):
    """Models that bring their own derivative, faster than automatic forward mode."""

    def tangents(
        self,
        codes: Tensor,
        layers: tuple[int, int],
        classes: Tensor | None = None,
        noise: Noise = "const",
        tap: str | None = None,
    ) -> Push:
        """The derivative at one picture by a step added to its code in some layers.

        Args:
            codes: (1, layers, dim).
            layers: First and last layer that the step reaches.
            classes: (1,), for conditional models.
            noise: As for the picture.
            tap: Read these features instead of the finished picture.

        Returns:
            (n, dim) -> (n, C, h, w).
        """


def pusher(
    generator: Generator,
    codes: Tensor,
    classes: Tensor | None = None,
    noise: Noise = "const",
    layers: tuple[int, int] | None = None,
    reading: Reading | None = None,
) -> Push:
    """What a step of a picture's code changes in the small picture.

    Raises:
        ShapeError: Layers that don't exist.
    """
    reading = reading or Reading()
    reached = reached_layers(generator.info, layers)
    if isinstance(generator, HasTangents):
        linear = generator.tangents(codes, reached, classes, noise, reading.tap)
        return lambda steps: reading.small(linear(steps))
    small = small_pictures(generator, codes, classes, noise, reached, reading)
    if Ability.FORWARD_GRADIENT in generator.info.abilities:
        warm_up_derivatives()
        return lambda steps: forward(small, steps)
    return lambda steps: _differences(small, steps, codes)


def reached_layers(info: GeneratorInfo, layers: tuple[int, int] | None) -> tuple[int, int]:
    """First and last layer, checked; None means all.

    Raises:
        ShapeError: No such layers.
    """
    first, last = layers or (0, info.code_layers - 1)
    if not 0 <= first <= last < info.code_layers:
        raise ShapeError(f"layers {first} to {last} of {info.code_layers}")
    return first, last


def reduced(images: Tensor, side: int) -> Tensor:
    """Larger pictures brought down by averaging: (N, C, H, W) -> (N, C, s, s)."""
    if max(images.shape[2:]) <= side:
        return images
    return F.adaptive_avg_pool2d(images, side)


def small_pictures(
    generator: Generator,
    codes: Tensor,
    classes: Tensor | None,
    noise: Noise,
    layers: tuple[int, int],
    reading: Reading,
) -> Push:
    """Small pictures of steps from a code: (N, dim) -> (N, C, s, s)."""
    mask = codes.new_zeros(codes.shape[1], 1)
    mask[layers[0] : layers[1] + 1] = 1
    since = _unchanged(generator, codes, classes, noise, layers[0], reading.tap)

    def small(steps: Tensor) -> Tensor:
        moved = codes + mask * steps[:, None]
        many = None if classes is None else classes.expand(len(steps))
        made: Tensor
        if since is not None and len(steps) == 1:
            assert isinstance(generator, HasHalfway)
            if reading.tap is None:
                made = generator.onward(moved, since, {}, many, noise)
            else:
                made = generator.halfway(moved, reading.tap, {}, many, noise, since).features
        elif reading.tap is not None:
            assert isinstance(generator, HasTaps)  # what a head is made of
            made = generator.features(moved, reading.tap, many, noise)
        else:
            made = generator.synthesize(moved, many, noise)
        return reading.small(made)

    return small


def _unchanged(
    generator: Generator,
    codes: Tensor,
    classes: Tensor | None,
    noise: Noise,
    first: int,
    until: str | None,
) -> Halfway | None:
    """The layers before the first that a step reaches, made once."""
    if not first or not isinstance(generator, HasHalfway):
        return None
    taps = generator.info.taps
    before = taps[: taps.index(until)] if until else taps
    still = [tap for tap in before if generator.layers_before(tap) <= first]
    return generator.halfway(codes, still[-1], {}, classes, noise) if still else None


def forward(small: Push, steps: Tensor) -> Tensor:
    """Forward mode along each of `steps`: (n, C, s, s)."""
    still = torch.zeros_like(steps[:1])

    def along(step: Tensor) -> Tensor:
        changed: Tensor = jvp(small, (still,), (step[None],))[1]
        return changed[0]

    pushed: Tensor = vmap(along)(steps)
    return pushed


def _differences(small: Push, steps: Tensor, codes: Tensor) -> Tensor:
    """Central differences, for models that nothing can be pushed through."""
    lengths = steps.norm(dim=1, keepdim=True).clamp_min(1e-12)
    width = DIFFERENCE * float(codes.square().mean().sqrt().clamp_min(1.0)) / lengths
    ahead, behind = small(width * steps), small(-width * steps)
    return (ahead - behind) / (2 * width[:, :, None, None])
