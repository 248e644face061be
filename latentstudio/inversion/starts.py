"""Where an inversion begins: the class and the initial coordinates."""

from collections.abc import Callable
from dataclasses import dataclass

import torch
from torch import Tensor

from latentstudio.core.errors import AbilityError
from latentstudio.core.progress import Job
from latentstudio.density.reference import Density
from latentstudio.engine.generator import Generator
from latentstudio.inversion.chart import Chart
from latentstudio.inversion.features import Features
from latentstudio.inversion.options import InversionOptions
from latentstudio.inversion.pool import StartPool, shrunk
from latentstudio.inversion.problem import LossWeights, Problem

VOTES = 9
"""Pictures of the pool that look most alike and choose the class together."""
SQUARE = (
    "Own pictures need a model of square pictures in colour or grey, and this one draws others."
)
FAR = 1.5
"""Times the distance between a model's own pictures beyond which a picture is a stranger."""


@dataclass(frozen=True, slots=True)
class SearchTools:
    """What a search needs that is made once for a model, and kept elsewhere.

    Attributes:
        features: Compares pictures.
        density: Of one class, or of an unconditional model.
        pool: Of one class; None draws all classes.
    """

    features: Features
    density: Callable[[int | None], Job[Density]]
    pool: Callable[[int | None], Job[StartPool]]


@dataclass(frozen=True, slots=True)
class SearchStart:
    """The class and the initial coordinates of a search.

    Attributes:
        problem: With its class.
        v: Round coordinates, (1, dim).
        words: How they were found, for the progress.
        stranger: How far the picture is from what the model draws, in distances between the
            model's own pictures; about 1 is usual.
    """

    problem: Problem
    v: Tensor
    words: str
    stranger: float


def begin(
    generator: Generator,
    target: Tensor,
    tools: SearchTools,
    options: InversionOptions,
    label: int | None = None,
) -> Job[SearchStart]:
    """Choose a class and first coordinates.

    The target is (1, C, n, n) in [-1, 1], of the model's size and channels.

    Raises:
        AbilityError: The model draws no square pictures in colour or grey.
    """
    info = generator.info
    if info.sides or info.channels not in (1, 3):
        raise AbilityError(SQUARE)
    pool = None
    if info.classes and label is None:
        everything = yield from tools.pool(None)
        label = likeliest(everything, target, tools.features)
    if options.start != "mean" or not info.classes:
        pool = yield from tools.pool(label)
    density = yield from tools.density(label)
    chart = Chart(generator, density)
    problem = Problem(generator, target, chart, tools.features, label)
    return chosen(problem, pool, options.start)


@torch.no_grad()
def chosen(problem: Problem, pool: StartPool | None, start: str) -> SearchStart:
    """The best of the candidates that `start` allows, by the loss without the shell."""
    zero = problem.target.new_zeros(1, problem.generator.info.code_dim)
    candidates = {"the mean": zero} if start in ("auto", "mean") or pool is None else {}
    stranger = 1.0
    if pool is not None:
        stranger = strangeness(pool, problem.target, problem.features)
        if start != "mean":
            row = pool.nearest(problem.target, problem.features)[0]
            candidates["the nearest sample"] = problem.chart.round(pool.codes[row : row + 1])
        if start == "auto":
            guess = pool.guess(problem.chart.round(pool.codes), problem.target)
            candidates["a guess from samples"] = guess
    weights = LossWeights(shell=0.0)
    losses = {name: float(problem.loss(v, weights)[0]) for name, v in candidates.items()}
    words = min(losses, key=lambda name: losses[name] if losses[name] == losses[name] else 1e9)
    return SearchStart(problem, candidates[words], words, stranger)


def likeliest(pool: StartPool, target: Tensor, features: Features) -> int:
    """The class whose pictures look most alike; the nearest ones weigh most.

    The target is (1, C, n, n) in [-1, 1].
    """
    assert pool.labels is not None
    votes: dict[int, float] = {}
    for place, row in enumerate(pool.nearest(target, features, VOTES)):
        label = int(pool.labels[row])
        votes[label] = votes.get(label, 0.0) + 1 / (1 + place)
    return max(votes, key=lambda label: votes[label])


def strangeness(pool: StartPool, target: Tensor, features: Features) -> float:
    """Distance to the nearest picture of the pool over the usual one among the pool's own.

    The target is (1, C, n, n) in [-1, 1]; about 1 is usual.
    """
    rows = torch.cat([pool.looks, 0.5 * pool.small], dim=1)
    asked = torch.cat([features.pooled(target), 0.5 * shrunk(target)], dim=1)
    spread = rows.std(0).clamp_min(1e-4)
    scaled = rows / spread
    among = torch.cdist(scaled[:256], scaled).kthvalue(2, dim=1).values
    nearest = torch.cdist(asked / spread, scaled).min()
    return float(nearest / among.median().clamp_min(1e-6))
