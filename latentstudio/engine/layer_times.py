"""How long a model takes to come as far as each of its layers, measured.

What a preview costs can't be known from the outside: processors differ, and other programs run.
So one picture is made, and a clock is read at every layer.
"""

import time
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from latentstudio.core.errors import AbilityError
from latentstudio.engine.generator import Generator, HasMargins, HasTaps

LEAST_SIDE = 16
"""Features coarser than this show too little."""
MOST_SIDE = 128
"""Finer ones are later than a hand waits, and dear to fit."""
LATEST = 0.5
"""Share of the whole time after which a preview saves too little."""
APART = 1.5
"""Times as long as to the one before: else a layer is not worth a head of its own."""
ROUNDS = 2
"""Pictures made; the first one warms up."""


@dataclass(frozen=True, slots=True)
class Layer:
    """A layer whose features lie on a grid.

    Attributes:
        tap: Its name.
        side: Places along the longer side of the picture, inside it.
        margin: Places beyond the picture, on each side.
        channels: Of its features.
        seconds: From the start of a picture to its features.
        sides: Rows and columns inside the picture, where it isn't square.
    """

    tap: str
    side: int
    margin: int
    channels: int
    seconds: float
    sides: tuple[int, int] | None = None

    @property
    def size(self) -> tuple[int, int]:
        """Rows and columns inside the picture."""
        return self.sides or (self.side, self.side)


@dataclass(frozen=True, slots=True)
class LayerTimes:
    """What a picture takes.

    Attributes:
        layers: In order.
        whole: Seconds from the start to the picture.
    """

    layers: tuple[Layer, ...]
    whole: float


def measure_layers(
    generator: Generator, classes: Tensor | None = None, rounds: int = ROUNDS
) -> LayerTimes:
    """Read the clock at every layer while pictures of the first seed are made.

    Args:
        generator: A model with taps.
        classes: (1,), for conditional models.
        rounds: Pictures; the quickest time of each layer counts.

    Raises:
        AbilityError: The model's layers can't be read.
    """
    if not isinstance(generator, HasTaps) or not generator.info.taps:
        raise AbilityError("The inner layers of this model can't be read.")
    with torch.inference_mode():
        codes = generator.broadcast(generator.map(generator.sample_z([0]), classes))
        runs = [_timed(generator, codes, classes) for _ in range(max(1, rounds))]
    quickest = [min(times) for times in zip(*(run[1] for run in runs), strict=True)]
    shapes = runs[0][0]
    layers = [
        _layer(generator, tap, shape, spent)
        for (tap, shape), spent in zip(shapes.items(), quickest[:-1], strict=True)
    ]
    return LayerTimes(tuple(one for one in layers if one is not None), quickest[-1])


def preview_layers(
    times: LayerTimes, resolution: int, most: int = 5, needed: str = ""
) -> tuple[Layer, ...]:
    """Layers worth a preview head, in order: the last that isn't late, and earlier ones.

    Args:
        times: As measured.
        resolution: Of the whole picture.
        most: How many.
        needed: A layer that is chosen in any case where it is not late; those that take about as
            long are left out for it.
    """
    chosen: list[Layer] = []
    due = [one for one in times.layers if one.tap == needed and one.seconds <= LATEST * times.whole]
    for one in reversed(times.layers):
        fine = LEAST_SIDE <= one.side <= min(MOST_SIDE, resolution // 2)
        latest = LATEST * times.whole if not chosen else chosen[-1].seconds / APART
        if one in due or (fine and one.seconds <= latest and not _too_near(one, due)):
            chosen.append(one)
    return tuple(chosen[:most][::-1])


def _too_near(one: Layer, due: Sequence[Layer]) -> bool:
    """It takes about as long as one that is chosen in any case."""
    return any(other.seconds / APART < one.seconds < other.seconds * APART for other in due)


def _timed(
    generator: HasTaps, codes: Tensor, classes: Tensor | None
) -> tuple[dict[str, torch.Size], list[float]]:
    """Shapes by layer, and seconds to each of them and to the picture."""
    device = codes.device
    shapes: dict[str, torch.Size] = {}
    times: list[float] = []

    def reader(tap: str) -> Callable[[Tensor], Tensor]:
        def read(features: Tensor) -> Tensor:
            times.append(_clock(device) - began)
            shapes[tap] = features.shape
            return features

        return read

    edits = {tap: reader(tap) for tap in generator.info.taps}  # type: ignore[attr-defined]
    began = _clock(device)
    generator.synthesize_with(codes, edits, classes)
    return shapes, [*times, _clock(device) - began]


def _layer(generator: Generator, tap: str, shape: torch.Size, seconds: float) -> Layer | None:
    if len(shape) != 4:
        return None
    margin = generator.margin(tap) if isinstance(generator, HasMargins) else 0
    height, width = (side - 2 * margin for side in shape[2:])
    if min(height, width) < 1 or height * generator.info.size[1] != width * generator.info.size[0]:
        return None  # its places are not those of the picture
    sides = None if height == width else (height, width)
    return Layer(tap, max(height, width), margin, shape[1], seconds, sides)


def _clock(device: torch.device) -> float:
    if device.type == "cuda":
        torch.cuda.synchronize(device)
    return time.perf_counter()
