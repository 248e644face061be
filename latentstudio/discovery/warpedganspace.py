"""WarpedGANSpace: curved paths, each the gradient flow of a sum of radial basis functions.

Tzelepis, Tzimiropoulos & Patras, ICCV 2021, "WarpedGANSpace: Finding non-linear RBF paths in
GAN latent space", arXiv:2109.13357. Symbols here and there:

* K warping functions f_k(z) = sum_i alpha_i exp(-gamma ||z - s_i||^2), here 2N support
  vectors s_i each (`support`), alternately s and -s at the start; all 2N learn;
* alpha: +1, -1, ...; gamma: 1/d, kept as its logarithm (`log_gamma`);
* shift: epsilon grad f / ||grad f|| (`engine.paths.unit_shift`); |epsilon| ~ U(least, most).

The sign of epsilon is drawn evenly; the authors' sampling draws 69 % positive. In W the latent
is centred and divided by its mean deviation first, so that radii, gamma and epsilon, which
were chosen for a standard normal, mean the same there.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from latentstudio.core.errors import OptionError
from latentstudio.core.options import check, option
from latentstudio.core.progress import Job
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.discovery.deformator import DeformatorOptions, DeformatorTask, learn
from latentstudio.discovery.latents import LatentSpace, choose_space
from latentstudio.discovery.result import linear_set, strongest_first
from latentstudio.discovery.state import RunState
from latentstudio.document.direction import CurvedPath, DirectionSet
from latentstudio.engine.early_pictures import EarlyPictures
from latentstudio.engine.generator import Generator
from latentstudio.engine.paths import RbfPath, unit_shift

METHOD = ("warpedganspace", "WarpedGANSpace")
SHORT = "Warped"
"""What paths are called, with their number: a row of the window has little room."""
RADII = (1.0, 4.0)
"""Support vectors lie at radii spread over this range, one radius for each path."""


@dataclass(frozen=True, slots=True)
class WarpedOptions(DeformatorOptions):
    """What can be set."""

    dipoles: int = option(
        16, "Dipoles", "Pairs of points that bend each path (N).", low=1, high=1024
    )
    learn_alphas: bool = option(
        False, "Learn strengths", "Let each point’s strength (α) change.", advanced=True
    )
    learn_gammas: bool = option(
        True, "Learn widths", "Let each path’s width (γ) change.", advanced=True
    )
    gamma: float = option(
        0.0,
        "Width",
        "Inverse squared width at the start (γ); 0 takes one over the number of dimensions.",
        low=0.0,
        high=1000.0,
        advanced=True,
    )
    least: float = option(
        0.25, "Shortest walk", "While learning.", low=1e-4, high=100.0, unit="σ", advanced=True
    )
    most: float = option(
        0.45, "Longest walk", "While learning.", low=1e-4, high=100.0, unit="σ", advanced=True
    )


class SupportSets(nn.Module):
    """K warping functions, in the coordinates of a standard normal.

    Attributes:
        support: s, (K, 2N, d).
        alphas: (K, 2N).
        log_gamma: (K, 1).
    """

    def __init__(self, options: WarpedOptions, latents: LatentSpace, seed: int) -> None:
        super().__init__()
        count, pairs, dim = options.count, options.dipoles, latents.dim
        rng = torch.Generator().manual_seed(seed)
        low, high = RADII
        radii = low + (high - low) * torch.arange(count) / count
        ends = nn.functional.normalize(torch.randn(count, pairs, dim, generator=rng), dim=2)
        ends = ends * radii[:, None, None]
        support = torch.stack([ends, -ends], dim=2).flatten(1, 2)  # s, -s, s, -s, ...
        gamma = options.gamma or 1 / dim
        self.support = nn.Parameter(support)  # (K, 2N, d)
        self.alphas = nn.Parameter(
            torch.tensor([1.0, -1.0]).repeat(count, pairs), requires_grad=options.learn_alphas
        )  # (K, 2N)
        self.log_gamma = nn.Parameter(
            torch.full((count, 1), gamma).log(), requires_grad=options.learn_gammas
        )
        self._latents = latents

    def forward(self, latents: Tensor, which: Tensor, size: Tensor) -> Tensor:
        """One step of length |epsilon| along a path: (N, d), (N,), (N,) -> (N, d).

        Args:
            latents: z or w.
            which: Path of each.
            size: epsilon of each, signed.
        """
        normal = (latents - self._latents.mean) / self._latents.scale
        gammas = self.log_gamma[which].exp()
        direction = unit_shift(normal, self.support[which], self.alphas[which], gammas)
        return latents + self._latents.scale * size[:, None] * direction

    @torch.no_grad()
    def paths(self) -> list[RbfPath]:
        """The paths in the latent's own coordinates, on the CPU."""
        mean, scale = self._latents.mean, self._latents.scale
        support = (mean + scale * self.support).cpu()
        gammas = (self.log_gamma.exp() / scale**2).cpu()
        return [
            RbfPath(s.clone(), a.clone(), g.clone())
            for s, a, g in zip(support, self.alphas.cpu(), gammas, strict=True)
        ]


def curve(tangent: NDArray[np.float32], path: RbfPath) -> CurvedPath:
    """A path as a direction keeps it, with its tangent in the middle of the space.

    The tangent is (d,), of unit length.
    """
    parts = (path.support, path.alphas, path.gammas)
    return CurvedPath(tangent, *(part.detach().float().cpu().numpy() for part in parts))


@torch.no_grad()
def discover(
    generator: Generator, options: WarpedOptions, seed: int = 0, state: RunState | None = None
) -> Job[DirectionSet]:
    """Learn paths; goes on from `state` where one is given.

    Raises:
        OptionError: No such layers or space, lengths the wrong way round, or a state of another
            run.
        DivergedError: A loss is no longer a number.
    """
    check(options)
    if options.least > options.most:
        raise OptionError("least can't be more than most. Swap them.")
    choose_space(options.space, generator.info)
    found = yield from learn(
        generator,
        METHOD[0],
        options,
        seed,
        state,
        lambda latents, early: build(latents, options, seed, early),
    )
    return found


def build(
    latents: LatentSpace, options: WarpedOptions, seed: int, early: EarlyPictures | None = None
) -> DeformatorTask:
    """The game with curved paths."""

    def sizes(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        sign = rng.integers(2, size=count) * 2.0 - 1.0
        return sign * rng.uniform(options.least, options.most, count)

    return DeformatorTask(
        latents, options, seed, SupportSets(options, latents, seed), sizes, _describe, early
    )


def _describe(game: DeformatorTask, losses: Mapping[str, float], step: int) -> DirectionSet:
    """Paths as they are now, the strongest first."""
    assert isinstance(game.deformator, SupportSets)
    assert isinstance(game.options, WarpedOptions)
    latents, strength = game.latents, game.strength.value()
    both = zip(strength, game.recognised.value(), strict=True)
    return curved_set(
        latents.generator.info,
        game.options,
        game.seed,
        game.deformator.paths(),
        latents.mean.cpu(),
        space=latents.space,
        unit=latents.scale,
        layers=latents.layers,
        measured=[{**losses, "strength": s, "recognised": r} for s, r in both],
        steps=step,
        order=strongest_first(strength),
    )


def curved_set(
    info: GeneratorInfo,
    options: WarpedOptions,
    seed: int,
    paths: Sequence[RbfPath],
    centre: Tensor,
    *,
    space: Space,
    unit: float = 1.0,
    layers: tuple[int, int] | None = None,
    measured: Sequence[Mapping[str, Any]],
    steps: int = 0,
    order: Sequence[int] | None = None,
) -> DirectionSet:
    """Paths as directions.

    Args:
        info: Facts of the model.
        options: The method's options.
        seed: The method's seed.
        paths: K paths in the latent's own coordinates.
        centre: (dim,); each direction's `vector` is its path's tangent there, for methods
            that compare directions.
        space: Where they live.
        unit: Arc length that counts as amount 1.
        layers: First and last layer they apply to; None for all.
        measured: What was measured of each.
        steps: Training steps done.
        order: Paths in the order wanted; ids and names keep to the paths.
    """
    tangents = torch.stack([path.tangent(centre) for path in paths])
    straight = linear_set(
        info,
        METHOD,
        options,
        seed,
        tangents,
        units=[unit] * len(paths),
        space=space,
        layers=layers,
        measured=measured,
        steps=steps,
    )
    curved = [
        replace(direction, name=f"{SHORT} {k}", payload=curve(direction.vector, path))
        for k, (direction, path) in enumerate(zip(straight.directions, paths, strict=True), 1)
    ]
    rows = range(len(curved)) if order is None else order
    return replace(straight, directions=tuple(curved[k] for k in rows))
