"""Pivotal tuning: a model's weights fitted to one picture, around the code found for it.

Roich et al. 2021, "Pivotal Tuning for Latent-based Editing of Real Images", arXiv:2106.05744:
the code stays, the weights move until they draw the picture, and at codes nearby the model has
to draw what it drew before (locality, section 3.2 there). The original is left as it is; what is
kept is the difference, in half precision.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import torch
from torch import Tensor, nn

from latentstudio.core.errors import AbilityError
from latentstudio.core.options import option
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import Ability
from latentstudio.engine.generator import Generator
from latentstudio.generators.common import BaseGenerator
from latentstudio.generators.table import family
from latentstudio.generators.weights import Weights
from latentstudio.inversion.descent import NotANumberError
from latentstudio.inversion.noise import correlation, is_noise
from latentstudio.inversion.problem import Problem

RATE = 1e-3
NEAR = 0.5
"""How far from the code, on the way to a random one, the model has to stay as it was."""
CANNOT = "This model keeps its weights to itself or can't be differentiated, so it can't be tuned."
_SEED = 2106


@dataclass(frozen=True, slots=True)
class TuningOptions:
    """Options of tuning; each field describes itself."""

    steps: int = option(60, "Steps", "of all weights; fewer where the goal is reached", low=1,
                        high=5000)  # fmt: skip
    enough: float = option(
        0.02, "Close enough", "perceptual distance at which tuning ends", low=0, high=10
    )
    locality: float = option(
        1.0, "Locality", "weight of what may not change at other codes", low=0, high=100
    )
    noise: bool = option(False, "Noise inputs", "fit the noise inputs, too, kept uncorrelated")


@dataclass(frozen=True, slots=True, eq=False)
class Tuning:
    """A small difference to a model.

    Attributes:
        base: Fingerprint of the model that it belongs to.
        tensors: Canonical names to what is added, float16 on the CPU.
    """

    base: str
    tensors: dict[str, Tensor] = field(default_factory=dict)


@torch.no_grad()
def tune(problem: Problem, v: Tensor, options: TuningOptions) -> Job[Tuning]:
    """Fit a copy of the model to the picture.

    Args:
        problem: The picture, and the model as it is.
        v: Round coordinates of the code found, (1 or layers, dim).
        options: Of the fit.

    Yields:
        Steps whose preview is the picture so far, (1, C, n, n).

    Raises:
        AbilityError: The model's weights can't be reached.
        NotANumberError: The loss is no number any more; nothing is kept.
    """
    generator = problem.generator
    if not isinstance(generator, BaseGenerator) or Ability.GRADIENT not in generator.info.abilities:
        raise AbilityError(CANNOT)
    base = {name: t.detach().cpu().float() for name, t in generator.weights.tensors.items()}
    fitted = _Fitted(generator, {name: t.clone() for name, t in base.items()})
    rng = np.random.default_rng(_SEED)
    codes = problem.codes(v)
    for index in range(options.steps):
        near = _near(problem, v, rng) if options.locality and index % 2 else None
        image, distance = _step(problem, fitted, codes, near, options)
        if distance < options.enough:
            break
        yield Step((index + 1) / options.steps, "Tuning the model", image)
    halves = {
        name: (fitted.tensors[name] - base[name]).half()
        for name in sorted(fitted.moved)
        if not torch.equal(fitted.tensors[name], base[name])
    }
    return Tuning(generator.info.fingerprint, halves)


def _step(
    problem: Problem, fitted: "_Fitted", codes: Tensor, near: Tensor | None, options: TuningOptions
) -> tuple[Tensor, float]:
    """One step of all weights; the picture before it and its distance."""
    network, parameters = fitted.network()
    chosen = {n: p for n, p in parameters.items() if options.noise or not is_noise(n)}
    with torch.enable_grad():
        for parameter in chosen.values():
            parameter.requires_grad_(True)
        image = network.synthesize(codes, problem.classes(1), problem.noise)
        distance = problem.feature_loss(image)
        loss = problem.pixel_loss(image) + distance
        if near is not None:
            before = problem.generator.synthesize(near, problem.classes(1), problem.noise)
            after = network.synthesize(near, problem.classes(1), problem.noise)
            away = problem.features.units(after) - problem.features.units(before)
            loss = loss + options.locality * (
                away.square().sum() + (after - before).square().mean()
            )
        if options.noise:
            loss = loss + sum(correlation(p) for n, p in chosen.items() if is_noise(n))
        slopes = torch.autograd.grad(loss, list(chosen.values()), allow_unused=True)
    if not bool(torch.isfinite(loss)):
        raise NotANumberError(
            "Tuning ran into values that aren't numbers, so the model was left as it is."
        )
    fitted.move(dict(zip(chosen, slopes, strict=True)))
    return image.detach(), float(distance.detach())


def _near(problem: Problem, v: Tensor, rng: np.random.Generator) -> Tensor:
    """Codes on the way from the picture's to a random one."""
    drawn = rng.standard_normal((1, v.shape[-1])).astype(np.float32)
    return problem.codes(v + NEAR * (torch.from_numpy(drawn).to(v) - v))


class _Fitted:
    """Weights that move, and the network of them, built anew at every step.

    What layers compute from their weights once (energies for demodulation, turned kernels) is
    right again in each new network, whatever the family; weights that a family does not use as
    they are can't be reached, and stay.
    """

    def __init__(self, generator: BaseGenerator, tensors: dict[str, Tensor]) -> None:
        self._like, self.tensors = generator, tensors
        self._means: dict[str, tuple[Tensor, Tensor]] = {}
        self._steps = 0
        self.moved: set[str] = set()
        _, parameters = self.network()
        if not parameters:
            raise AbilityError(CANNOT)

    def network(self) -> tuple[Generator, dict[str, nn.Parameter]]:
        """The network now, and its weights by their canonical names."""
        info, settings = self._like.info, self._like.weights.settings
        made = family(info.family).build(
            Weights(dict(self.tensors), settings), info.name, info.fingerprint
        )
        assert isinstance(made, BaseGenerator)
        self.tensors = made.weights.tensors
        by_memory = {t.data_ptr(): name for name, t in self.tensors.items() if t.numel()}
        found = {
            by_memory[p.data_ptr()]: p
            for p in made.network.parameters()
            if p.data_ptr() in by_memory
            and p.numel() == self.tensors[by_memory[p.data_ptr()]].numel()
        }
        return made.to(self._like.device), found

    def move(self, slopes: Mapping[str, Tensor | None]) -> None:
        """One step of Adam in place."""
        self._steps += 1
        for name, slope in slopes.items():
            if slope is None:
                continue
            first, second = self._means.get(name, (torch.zeros_like(slope),) * 2)
            first, second = 0.9 * first + 0.1 * slope, 0.99 * second + 0.01 * slope.square()
            self._means[name] = first, second
            mean = first / (1 - 0.9**self._steps)
            spread = (second / (1 - 0.99**self._steps)).sqrt()
            step = (RATE * mean / (spread + 1e-8)).cpu()
            self.moved.add(name)
            tensor = self.tensors[name]
            # A kernel may lie transposed in its layer; the gradient follows the layer.
            tensor -= step if step.shape == tensor.shape else step.transpose(0, 1)


def tuned(generator: Generator, tuning: Tuning, fingerprint: str) -> Generator:
    """The model with a difference added; the original stays as it is.

    Args:
        generator: The model that the difference belongs to.
        tuning: The difference.
        fingerprint: Of the result; see `tuned_weights`.

    Raises:
        AbilityError: The model's weights can't be reached.
    """
    weights = tuned_weights(generator, tuning)
    info = generator.info
    made = family(info.family).build(weights, info.name, fingerprint)
    return made.to(generator.device)


def tuned_weights(generator: Generator, tuning: Tuning) -> Weights:
    """The weights with a difference added, as a copy.

    Raises:
        AbilityError: The model's weights can't be reached.
    """
    if not isinstance(generator, BaseGenerator):
        raise AbilityError(CANNOT)
    tensors = {name: t.detach().cpu().clone() for name, t in generator.weights.tensors.items()}
    for name, difference in tuning.tensors.items():
        tensors[name] = tensors[name].float() + difference.float()
    return Weights(tensors, generator.weights.settings)
