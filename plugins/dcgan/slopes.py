"""The slope below zero of a leaky ReLU, measured instead of tried.

Behind a norm and a leaky ReLU of slope a, the mean that the next norm is given is linear in a for
every channel. So the means that it remembers tell a by least squares, with an error: files of
trained networks gave a ReLU's 0 to a thousandth, while the distances of fitting a 0 and a 0.1
there are hardly apart.
"""

import math
from dataclasses import dataclass

import torch
import torch.nn.functional as F
from torch import Tensor

from latentstudio.plugin_host.api import TensorBag

from .choices import Choices
from .fitting import inputs_of
from .network import Network, Norm, make
from .reading import Stack

SLOPES = {"relu": 0.0, "leaky-relu-0.1": 0.1, "leaky-relu": 0.2}
"""A slope of 0.01 can't be told from 0: training alone turned a 0 into 0.018."""
NORMS = 2
"""So many norms behind such functions are asked."""
SAMPLES = 8
"""So many times as many samples as for a trial."""
FLOOR = 0.015
"""Least error: means that are remembered lag behind the weights."""
SURE = 3.0
"""Slopes so many errors away are not meant."""


@dataclass(frozen=True, slots=True)
class Slope:
    """A measured slope and its error."""

    value: float
    error: float

    def nearest(self) -> str:
        """The activation with the nearest slope."""
        return min(SLOPES, key=lambda name: abs(SLOPES[name] - self.value))

    def allows(self, name: str) -> bool:
        """Whether an activation's slope lies within the error."""
        return abs(SLOPES[name] - self.value) < SURE * math.hypot(self.error, FLOOR)


def measured(bag: TensorBag, stack: Stack, choices: Choices) -> Slope | None:
    """The slope that the norms tell, None where none stands right behind such a function."""
    network = make(bag, stack, choices)
    x = inputs_of(network, NORMS + 1, SAMPLES)
    found = [] if x is None else _slopes(network, x)
    if not found:
        return None
    weights = [1 / one.error**2 for one in found]
    mean = sum(w * one.value for w, one in zip(weights, found, strict=True)) / sum(weights)
    return Slope(mean, 1 / math.sqrt(sum(weights)))


def _slopes(network: Network, x: Tensor) -> list[Slope]:
    """The slope before each norm that stands behind a norm and its function."""
    found: list[Slope] = []
    before: Tensor | None = None
    for index, stage in enumerate(network.stages[:-1]):
        if stage.described.early or len(found) == NORMS:
            break
        if before is not None and stage.norm is not None:
            found += _slope([stage.layer(F.leaky_relu(before, a)) for a in (0.0, 1.0)], stage.norm)
        normed = stage.normed(stage.layer(x))
        before = None if index in network.bare or stage.norm is None else normed
        x = network.behind(index, stage.layer(x))
    return found


def _slope(given: list[Tensor], norm: Norm) -> list[Slope]:
    """By what a norm is given with a slope of 0 and of 1; nothing where it can't be told."""
    deviation = norm.variance.clamp(min=1e-12).sqrt()
    over = [0, *range(2, given[0].ndim)]
    none, whole = (x.mean(over) / deviation for x in given)
    turn, open_ = whole - none, norm.mean / deviation - none
    power = turn.square().sum()
    value = (open_ * turn).sum() / power
    left = (open_ - value * turn).square().sum() / max(1, len(turn) - 1)
    error = float((left / power).sqrt())
    known = len(turn) > 2 and bool(torch.isfinite(value)) and 0 < error < math.inf
    return [Slope(float(value), error)] if known else []
