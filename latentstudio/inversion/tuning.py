"""Pivotal tuning: a model's weights fitted to one picture, around the code found for it.

Roich et al. 2021, "Pivotal Tuning for Latent-based Editing of Real Images", arXiv:2106.05744:
the code stays, the weights move until they draw the picture, and at codes nearby the model has
to draw what it drew before (locality, section 3.2 there). The original is left as it is; what is
kept is the difference, in half precision.
"""

import time
from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import AbilityError
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import Ability
from latentstudio.engine.generator import Generator
from latentstudio.engine.images import to_pixels
from latentstudio.generators.common import BaseGenerator
from latentstudio.generators.weight_difference import CANNOT, WeightDifference
from latentstudio.inversion.descent import NotANumberError
from latentstudio.inversion.fitted_weights import FittedWeights
from latentstudio.inversion.noise import correlation, is_noise
from latentstudio.inversion.options import TuningOptions
from latentstudio.inversion.problem import Problem, psnr
from latentstudio.inversion.search import EVERY
from latentstudio.inversion.tuning_state import TuningState

NEAR = 0.5
"""How far from the code, on the way to a random one, the model has to stay as it was."""
LARGEST = 120_000_000
"""Weights of a model up to which a difference, two bytes each, can be an asset of a document."""
NO_NUMBERS = "Tuning ran into values that are no numbers, so the model was left as it is."
STOPPED = "Tuning ran into values that are no numbers, so it stopped; the best before was kept."
_SEED = 2106


@dataclass(frozen=True, slots=True, eq=False)
class TuningProgress:
    """What a step of tuning shows, about once a second.

    Attributes:
        step: Steps so far.
        pixels: (n, n, 3) uint8, the picture so far.
        error: Its perceptual distance.
        psnr: Its likeness, in dB.
        state: To go on from where the fit is by then; makes a copy.
    """

    step: int
    pixels: NDArray[np.uint8]
    error: float
    psnr: float
    state: Callable[[], TuningState]


@dataclass(frozen=True, slots=True, eq=False)
class TuningResult:
    """What tuning found.

    Attributes:
        difference: To the model's weights, at the best of its steps.
        steps: How many were taken.
        seconds: What they took, those before it was put aside included.
        notes: What a person should know, a sentence each.
    """

    difference: WeightDifference
    steps: int
    seconds: float
    notes: tuple[str, ...] = ()


def check_tunable(generator: Generator) -> None:
    """Say why a model's weights can't be fitted.

    Raises:
        AbilityError: They can't be reached, or are too many to be kept.
    """
    if not isinstance(generator, BaseGenerator) or Ability.GRADIENT not in generator.info.abilities:
        raise AbilityError(CANNOT)
    if generator.info.parameters > LARGEST:
        raise AbilityError(
            f"This model has {generator.info.parameters / 1e6:,.0f} million weights, too many for "
            "a fit to be kept with a picture."
        )


@torch.no_grad()
def tune(
    problem: Problem,
    v: Tensor,
    options: TuningOptions,
    enough: Callable[[], bool] = lambda: False,
    since: TuningState | None = None,
    key: str = "",
    clock: Callable[[], float] = time.monotonic,
) -> Job[TuningResult]:
    """Fit a copy of the model to the picture.

    Args:
        problem: The picture, and the model as it is.
        v: Round coordinates of the code found, (1 or layers, dim).
        options: Of the fit.
        enough: Asked before every step: whether to end with the best so far.
        since: A state of the same fit, to go on from.
        key: Kept in states, to know them again.
        clock: Seconds; for tests.

    Yields:
        Steps whose preview is a `TuningProgress`, about one a second, or None.

    Raises:
        AbilityError: The model's weights can't be reached.
        NotANumberError: The loss is no number from the first step on; nothing is kept.
    """
    generator = problem.generator
    check_tunable(generator)
    assert isinstance(generator, BaseGenerator)
    base = {name: t.detach().cpu().float() for name, t in generator.weights.tensors.items()}
    fitted = FittedWeights(generator, {name: t.clone() for name, t in base.items()})
    began, notes = clock(), []
    if since is not None and fitted.takes(since.weights):
        fitted.restore(since.weights)
        began -= since.seconds
    codes, shown = problem.codes(v), float("-inf")

    def state() -> TuningState:
        return TuningState(key, clock() - began, fitted.kept())

    while fitted.steps < options.steps and not enough():
        near = _near(problem, v, fitted.steps) if options.locality else None
        try:
            image, error = _step(problem, fitted, codes, near, options)
        except NotANumberError:
            if fitted.best is None:
                raise
            notes.append(STOPPED)
            break
        news = None
        if clock() - shown >= EVERY:
            shown = clock()
            likeness = psnr(image, problem.target)
            news = TuningProgress(fitted.steps, to_pixels(image)[0], error, likeness, state)
        yield Step(fitted.steps / options.steps, "Tuning the model", news)
        if error < options.enough:
            break
    _measure(problem, fitted, codes)
    difference = fitted.difference(base, generator.info.fingerprint)
    return TuningResult(difference, fitted.steps, clock() - began, tuple(notes))


def _step(
    problem: Problem,
    fitted: FittedWeights,
    codes: Tensor,
    near: Tensor | None,
    options: TuningOptions,
) -> tuple[Tensor, float]:
    """One step of all weights; the picture before it and its distance."""
    network, parameters = fitted.network()
    chosen = {n: p for n, p in parameters.items() if options.noise or not is_noise(n)}
    with torch.enable_grad():
        for parameter in chosen.values():
            parameter.requires_grad_(True)
        image = network.synthesize(codes, problem.classes(1), problem.noise)
        distance = problem.feature_loss(image)
        alike = problem.pixel_loss(image) + distance
        loss = alike if near is None else alike + _away(problem, network, near, options)
        if options.noise:
            loss = loss + sum(correlation(p) for n, p in chosen.items() if is_noise(n))
        slopes = torch.autograd.grad(loss, list(chosen.values()), allow_unused=True)
    if not bool(torch.isfinite(loss)):
        raise NotANumberError(NO_NUMBERS)
    fitted.remember(float(alike.detach()))
    fitted.move(dict(zip(chosen, slopes, strict=True)))
    return image.detach(), float(distance.detach())


def _measure(problem: Problem, fitted: FittedWeights, codes: Tensor) -> None:
    """The loss is known where steps began, not where the last one ended."""
    network, _ = fitted.network()
    image = network.synthesize(codes, problem.classes(1), problem.noise)
    fitted.remember(float(problem.pixel_loss(image) + problem.feature_loss(image)))


def _away(problem: Problem, network: Generator, near: Tensor, options: TuningOptions) -> Tensor:
    """How far the network draws other codes (1, layers, dim) from what the model draws."""
    before = problem.generator.synthesize(near, problem.classes(1), problem.noise)
    after = network.synthesize(near, problem.classes(1), problem.noise)
    away = problem.features.units(after) - problem.features.units(before)
    return options.locality * (away.square().sum() + (after - before).square().mean())


def _near(problem: Problem, v: Tensor, step: int) -> Tensor | None:
    """Codes on the way from the picture's to a random one, at every second step."""
    if step % 2 == 0:
        return None
    drawn = np.random.default_rng((_SEED, step)).standard_normal((1, v.shape[-1]))
    random = torch.from_numpy(drawn.astype(np.float32)).to(v)
    return problem.codes(v + NEAR * (random - v))
