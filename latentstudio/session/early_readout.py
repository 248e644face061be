"""Where Jacobians for local edits read a picture: early where whole pictures are slow."""

import contextlib
from collections.abc import Callable
from typing import TypeVar

import torch
from torch import Tensor

from latentstudio.core.errors import ResourceError
from latentstudio.core.progress import Job, inside
from latentstudio.engine.device import memory_errors
from latentstudio.engine.generator import Generator, HasGrowingImage, HasHalfway
from latentstudio.engine.preview_heads import GrownImage, PreviewHead
from latentstudio.engine.pushforward import SIDE, Readout
from latentstudio.region.progressive_jacobian import smaller
from latentstudio.render.coarse import SLOW, CoarsePreviews
from latentstudio.session import preparing
from latentstudio.session.opening import OpenModel

T = TypeVar("T")
LEAST, MOST = 32, 128
"""Pixels of an image that has grown far enough to be read, and of one that takes too long."""


def reading_for(
    generator: Generator, coarse: CoarsePreviews | None, layers: tuple[int, int] | None
) -> Readout:
    """The first preview head that sees all that the layers change, at the working size.

    Of models whose pictures are soon made, and of those without such a head, the whole picture
    is read.

    Args:
        generator: The model.
        coarse: Its preview heads.
        layers: First and last layer that a step reaches, or None for all.
    """
    if coarse is None or coarse.measured <= SLOW or not isinstance(generator, HasHalfway):
        return Readout()
    last = layers[1] if layers else generator.info.code_layers - 1
    for one in coarse.heads:
        if not isinstance(one.head, PreviewHead):
            continue  # nothing is fitted yet
        if one.side >= SIDE and generator.layers_before(one.head.tap) > last:
            return Readout(SIDE, one.head.to(generator.device))
    return Readout()


@torch.no_grad()
def reading_at_once(
    generator: Generator,
    layers: tuple[int, int] | None,
    codes: Tensor,
    classes: Tensor | None = None,
) -> Readout | None:
    """Where a picture can be read before any head is fitted: the image as far as it has grown.

    It is the first one of `LEAST` pixels that sees half of the layers at least: a tangent takes a
    twentieth of a 1,024 px picture there.

    Args:
        generator: The model.
        layers: First and last layer that a step reaches, or None for all.
        codes: Of any picture, (1, layers, dim).
        classes: Its class, (1,), for conditional models.

    Returns:
        None where no image grows, or only a large one sees enough.
    """
    if not isinstance(generator, HasHalfway) or not isinstance(generator, HasGrowingImage):
        return None
    first, last = layers or (0, generator.info.code_layers - 1)
    stop = None
    for tap in generator.info.taps:
        stop = generator.halfway(codes, tap, {}, classes, since=stop)
        side = max(stop.features.shape[2:], default=1)
        if side > MOST:
            return None
        if side < LEAST or 2 * (generator.layers_before(tap) - first) < last - first + 1:
            continue
        if generator.grown_image(codes, stop, {}, classes) is not None:
            return Readout(SIDE, GrownImage(tap))
    return None


def heads_of(model: OpenModel) -> Job[None]:
    """Fit the first preview heads of a model whose pictures take long, where they are missing.

    Read early, a tangent takes a tenth: what is begun without them is soon overtaken.
    """
    renderer = model.renderer
    if not preparing.wanted(model.generator, renderer, preparing.seconds_of(renderer)):
        return
    with contextlib.closing(model.heads.go()) as job:
        while renderer.coarse is None or not renderer.coarse.pictures:
            try:
                yield next(job)
            except StopIteration:
                return


def in_memory(
    make: Callable[[Readout], Job[T]], reading: Readout, say: Callable[[str], object]
) -> Job[T]:
    """A job at the working size, and at smaller ones where memory doesn't suffice; that is said.

    Args:
        make: Makes the job for a reading.
        reading: The usual one.
        say: Told, in a sentence, at which size it works instead.

    Raises:
        ResourceError: Not even the smallest size fits.
    """
    *first, last = smaller(reading)
    for one in first:
        try:
            return (yield from inside(make(one), _memory))
        except ResourceError:
            say(
                f"Not enough memory to look at {one.side} pixels; local directions are found at "
                f"{one.side // 2} pixels instead."
            )
    return (yield from inside(make(last), _memory))


def _memory() -> contextlib.AbstractContextManager[None]:
    """Failures for lack of memory as a sentence."""
    return memory_errors("Finding local directions")
