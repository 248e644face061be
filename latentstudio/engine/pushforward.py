"""Jacobian-vector products: what a step of the code changes in a small picture.

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
from latentstudio.engine.preview_heads import read_halfway
from latentstudio.engine.warmup import warm_up_derivatives

SIDE = 64
"""Pictures larger than this are brought down to it."""
DIFFERENCE = 1e-3
"""Half the width of a central difference, as a share of the code's root mean square."""

Push = Callable[[Tensor], Tensor]
"""(n, dim) tangents of the code -> (n, C, s, s) changes of the small picture."""


Through = Callable[[Tensor], tuple[Tensor, Tensor | None]]
"""(n, dim) tangents of the code -> changes of a layer's features (n, C, h, w), and of the image
that has grown so far, (n, colours, h, w), where one grows; at the end, the picture."""


class Head(Protocol):
    """A linear map, and a constant, from the features of a layer to the small picture."""

    @property
    def tap(self) -> str:
        """The layer."""

    @property
    def grown(self) -> bool:
        """Whether it reads the image that has grown so far, too."""

    def apply(self, features: Tensor, image: Tensor | None = None) -> Tensor:
        """(N, C, h, w) and (N, colours, any, any) -> (N, colours, s, s)."""


@dataclass(frozen=True, slots=True)
class Readout:
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

    def small(self, features: Tensor, image: Tensor | None) -> Tensor:
        """The small picture of what was made at `tap`.

        Features (N, channels, h, w), image (N, C, H, W) -> (N, C, s, s), s at most `side`.
        """
        if self.head is None:
            assert image is not None
            return reduced(image, self.side)
        return reduced(self.head.apply(features, image), self.side)

    def changed(self, features: Tensor, image: Tensor | None) -> Tensor:
        """The small picture's change, of changes there: without the head's constant.

        Features (N, channels, h, w), image (N, C, H, W) -> (N, C, s, s), s at most `side`.
        """
        if self.head is None:
            return self.small(features, image)
        still = None if image is None else torch.zeros_like(image[:1])
        return self.small(features, image) - self.small(torch.zeros_like(features[:1]), still)


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
    ) -> Through:
        """The derivative at one picture by a step added to its code in some layers.

        Args:
            codes: (1, layers, dim).
            layers: First and last layer that the step reaches.
            classes: (1,), for conditional models.
            noise: As for the picture.
            tap: Stop at these features; None goes to the picture.
        """


def pusher(
    generator: Generator,
    codes: Tensor,
    classes: Tensor | None = None,
    noise: Noise = "const",
    layers: tuple[int, int] | None = None,
    reading: Readout | None = None,
) -> Push:
    """What a step of a picture's code changes in the small picture.

    Codes (1, layers, dim); the answer takes steps (n, dim) to changes (n, C, s, s).

    Raises:
        ShapeError: Layers that don't exist.
    """
    reading = reading or Readout()
    reached = reached_layers(generator.info, layers)
    if isinstance(generator, HasTangents):
        linear = generator.tangents(codes, reached, classes, noise, reading.tap)
        return lambda steps: reading.changed(*linear(steps))
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
    """Larger pictures brought down by averaging: (N, C, H, W) -> (N, C, s, s), square."""
    height, width = images.shape[2:]
    size = min(side, max(height, width))
    return images if height == width == size else F.adaptive_avg_pool2d(images, size)


def small_pictures(
    generator: Generator,
    codes: Tensor,
    classes: Tensor | None,
    noise: Noise,
    layers: tuple[int, int],
    reading: Readout,
) -> Push:
    """Small pictures of steps from a code: (N, dim) or (N, layers, dim) -> (N, C, s, s)."""
    mask = codes.new_zeros(codes.shape[1], 1)
    mask[layers[0] : layers[1] + 1] = 1
    since = _unchanged(generator, codes, classes, noise, layers[0], reading.tap)

    def small(steps: Tensor) -> Tensor:
        moved = codes + mask * (steps[:, None] if steps.ndim == 2 else steps)
        many = None if classes is None else classes.expand(len(steps))
        held = since if len(steps) == 1 else None
        return reading.small(*_made(generator, reading.tap, moved, many, noise, held))

    return small


def _made(
    generator: Generator,
    tap: str | None,
    codes: Tensor,
    classes: Tensor | None,
    noise: Noise,
    since: Halfway | None,
) -> tuple[Tensor, Tensor | None]:
    """Features at a tap and the image so far; without a tap the picture, twice."""
    if tap is None:
        if since is not None:
            assert isinstance(generator, HasHalfway)
            picture = generator.onward(codes, since, {}, classes, noise)
        else:
            picture = generator.synthesize(codes, classes, noise)
        return picture, picture
    if not isinstance(generator, HasHalfway):
        assert isinstance(generator, HasTaps)  # what a head is made of
        return generator.features(codes, tap, classes, noise), None
    stop = generator.halfway(codes, tap, {}, classes, noise, since)
    return read_halfway(generator, stop, codes, {}, classes, noise)


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
    slopes: Tensor = (ahead - behind) / (2 * width[:, :, None, None])
    return slopes
