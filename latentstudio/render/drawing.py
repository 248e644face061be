"""From where pictures stand to their images, a few at a time."""

from collections.abc import Callable, Hashable
from functools import cache
from typing import cast

import torch
from torch import Tensor

from latentstudio.engine.channels import Remember, TappedGenerator, synthesize_channels
from latentstudio.engine.generator import Generator, Halfway, HasTruncationStatistics, Noise
from latentstudio.render.latents import Latents

_BATCH_PIXELS = 2 * 1024 * 1024
"""Most pixels in one batch of synthesis: two pictures of 1024 px."""
_BATCH_MOST = 16
"""Most pictures in one batch: larger ones are no faster."""


def draw(generator: Generator, latents: Latents, noise: Noise, remember: Remember) -> Tensor:
    """Images (N, C, H, W), for looking at: no derivative of theirs can be had."""
    size = max(1, min(_BATCH_MOST, _BATCH_PIXELS // generator.info.resolution**2))
    generator = at_their_truncation(generator, latents)
    with torch.inference_mode():
        batches = [latents.take(slice(i, i + size)) for i in range(0, len(latents), size)]
        return torch.cat([_batch(generator, batch, noise, remember) for batch in batches])


def at_their_truncation(generator: Generator, latents: Latents) -> Generator:
    """The network that makes these pictures: its statistics may belong to a truncation."""
    if _has_statistics(type(generator)):
        having = cast(HasTruncationStatistics, generator)
        return cast(Generator, having.at_truncation(min(max(latents.truncation, 0.0), 1.0)))
    return generator


@cache
def _has_statistics(kind: type) -> bool:
    """Asked once for each family: looking a protocol up takes longer than adding a direction."""
    return issubclass(kind, HasTruncationStatistics)


def _batch(generator: Generator, latents: Latents, noise: Noise, remember: Remember) -> Tensor:
    base, classes = latents.base, latents.classes
    if base is None:
        return generator.synthesize(latents.codes, classes, noise)

    def known(key: Hashable, make: Callable[[], Halfway]) -> Halfway:
        return remember((latents.truncation, key), make)  # the network may depend on it

    # `render.channels.parted` has seen to it that layers can be read.
    tapped = cast(TappedGenerator, generator)
    return synthesize_channels(tapped, base, latents.mixes, classes, noise, known)
