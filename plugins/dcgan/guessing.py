"""Guessing what a file does not hold, from what it does.

Batch norms remember the mean and variance of what they were given in training. A network with
the right activation, strides, prior and class input gives them that again; a wrong one does
not. Where there are no batch norms the defaults stand.
"""

import math
from collections.abc import Iterator
from dataclasses import dataclass, replace
from typing import Any

import torch
from torch import Tensor

from latentstudio.plugin_host.api import CheckpointError, OptionError, TensorBag

from .choices import PRIORS, Choices
from .geometry import candidates
from .network import Network, Norm, make
from .reading import Stack

LENGTHS = (32, 50, 62, 64, 100, 128, 200, 256, 512)
"""Of codes, as people choose them; what lies above one is likely a class."""
MAX_CLASSES = 28
GUESSED = ("relu", "leaky-relu", "silu", "elu")
FEWEST, MOST, WORK = 6, 64, 2e8
"""Fewest and most samples, and about how many products each trial may take."""
ROOM = 5e7
"""Most numbers in the features of one layer while trying."""
CLOSE = 2.0
"""Layouts this much less usual than the likeliest are tried."""
REPORTED = ("activation", "bare", "output", "prior", "classes", "condition", "size", "layout")
AGREED, MUCH = 0.2, 0.5
"""Above this distance a layer is tried without activation; it stays so for half the distance."""
CLEARLY = 0.9
"""A guess replaces a likelier one if its distance is below this share of it."""


@torch.no_grad()
def guess(bag: TensorBag, stack: Stack) -> tuple[Choices, dict[str, str]]:
    """The likeliest choices, and for each what speaks for it."""
    best = _start(stack)
    reasons = dict.fromkeys(REPORTED, "usual")
    if not any(layer.norm for layer in stack.layers):
        return best, reasons
    for name, values, norms in _questions(stack):
        trials = {value: _with(best, name, value) for value in values}
        fits = {value: _fit(bag, stack, trial, norms) for value, trial in trials.items()}
        found, usual = min(fits, key=lambda value: fits[value].distance), getattr(best, name)
        value = found if fits[found].distance < CLEARLY * fits[usual].distance else usual
        best, distance = replace(trials[value], bare=fits[value].bare), fits[value].distance
        if math.isinf(distance):  # too large to try
            continue
        reasons["bare"] = f"batch norms differ by {100 * distance:.0f} %"
        reasons[name] = f"batch norms differ by {100 * distance:.0f} %"
    return best, reasons


def _start(stack: Stack) -> Choices:
    """What is likely by the sizes alone."""
    width = stack.layers[0].inputs
    if stack.embed is not None:
        product = int(stack.embed.shape[1]) == width
        return Choices(condition="product" if product else "before")
    if width in LENGTHS or width & (width - 1) == 0:
        return Choices()
    below = max((length for length in LENGTHS if length < width), default=0)
    classes = width - below
    return Choices(classes=classes if below and 2 <= classes <= MAX_CLASSES else 0)


def _with(choices: Choices, name: str, value: str | int) -> Choices:
    changed: dict[str, Any] = {name: value}
    return replace(choices, **changed)


def _questions(stack: Stack) -> Iterator[tuple[str, tuple[str | int, ...], int]]:
    """What to ask the batch norms, possible answers, and how many of them to ask."""
    if stack.layers[0].norm:
        yield "prior", PRIORS, 1
    fitting = candidates(stack.layers)
    close = sum(geometry.cost < fitting[0].cost + CLOSE for geometry in fitting)
    if close > 1:
        yield "layout", tuple(range(close)), MOST
    yield "activation", GUESSED, 3


@dataclass(frozen=True, slots=True)
class Fit:
    """How far batch norms are from what they remember, and which layers go bare for that."""

    distance: float
    bare: str = ""


def _fit(bag: TensorBag, stack: Stack, choices: Choices, norms: int) -> Fit:
    """Run a network up to some batch norm and compare what each is given with its statistics.

    A layer goes without an activation where the norm after it clearly says so.
    """
    try:
        network = make(bag, stack, choices)
    except (CheckpointError, OptionError):
        return Fit(math.inf)
    work, numbers = _cost(network, norms)
    count = min(max(FEWEST, min(MOST, int(WORK / work))), int(ROOM / numbers))
    if not count:
        return Fit(math.inf)
    x, distances, bare = network.input(*_draw(network, count)), [], set(network.bare)
    before: Tensor | None = None
    for index, stage in enumerate(network.stages[:-1]):
        x = stage.layer(x)
        if stage.norm is not None:
            distance = _distance(stage.norm, x)
            if before is not None and distance > AGREED:
                other = stage.layer(before)
                without = _distance(stage.norm, other)
                if without < MUCH * distance:
                    x, distance = other, without
                    bare.add(index - 1)
            distances.append(distance)
            if len(distances) == norms:
                break
        before = stage.normed(x)
        x = network.function(index)(before)
    return Fit(sum(distances) / len(distances), ",".join(map(str, sorted(bare))))


def _distance(norm: Norm, x: Tensor) -> float:
    """Median over channels of |log(s / s')| + |m - m'| / s'.

    m and s are the mean and deviation found, m' and s' those that the norm remembers.
    """
    over = [0, *range(2, x.ndim)]
    mean, deviation = x.mean(over), x.std(over) + 1e-8
    known = norm.variance.clamp(min=1e-12).sqrt()
    return float(((deviation / known).log().abs() + (mean - norm.mean).abs() / known).median())


def _draw(network: Network, count: int) -> tuple[Tensor, Tensor | None]:
    draw = torch.Generator().manual_seed(0)
    if network.choices.prior == "uniform":
        z = 2 * torch.rand(count, network.z_dim, generator=draw) - 1
    else:
        z = torch.randn(count, network.z_dim, generator=draw)
    if not network.classes:
        return z, None
    return z, torch.eye(network.classes)[torch.arange(count) % network.classes]


def _cost(network: Network, norms: int) -> tuple[float, float]:
    """Products for one picture up to some norm, and numbers in the largest features.

    Products: every weight at every pixel that it reads.
    """
    size, products, numbers = 1, 1.0, 1.0
    for stage, way in zip(network.stages, network.geometry.ways, strict=True):
        products += stage.weight.numel() * size**2
        size = way.size(size, stage.described) if stage.kind != "linear" else stage.side
        numbers = max(numbers, stage.described.outputs * size**2)
        norms -= stage.norm is not None
        if not norms:
            break
    return products, numbers
