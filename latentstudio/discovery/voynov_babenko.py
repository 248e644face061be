"""Voynov & Babenko 2020: straight directions that a reconstructor can tell apart.

Voynov & Babenko, ICML 2020, "Unsupervised Discovery of Interpretable Directions in the GAN
Latent Space", arXiv:2002.03754. Symbols here and there:

* A (d x K): its columns are the directions, of any length, of unit length, or orthonormal
  (`columns`);
* z + A (epsilon e_k): the walk; |epsilon| at most 6 and at least 0.5 (`most`, `least`).

In W lengths are in mean deviations of w, so that they mean what they do in Z.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as F
from numpy.typing import NDArray
from torch import Tensor, nn

from latentstudio.core.errors import OptionError
from latentstudio.core.options import check, option
from latentstudio.core.progress import Job
from latentstudio.discovery import deformator, fitting, learning_options
from latentstudio.discovery.deformator import DeformatorOptions, DeformatorTask, learn
from latentstudio.discovery.fitting import Fields, Setting
from latentstudio.discovery.latents import LatentSpace, choose_space
from latentstudio.discovery.result import check_count, linear_set, strongest_first
from latentstudio.discovery.state import RunState
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.early_pictures import EarlyPictures
from latentstudio.engine.generator import Generator

METHOD = ("voynov-babenko", "Voynov–Babenko")


@dataclass(frozen=True, slots=True)
class VoynovOptions(DeformatorOptions):
    """What can be set. The form and both rates find more in a minute than the published ones."""

    form: str = option(
        "orthonormal",
        "Directions are",
        "‘orthonormal’ keeps directions at right angles, so that none can be like another; ‘unit’ "
        "lets them take any angle, and be more than the code has dimensions; ‘linear’ lets each "
        "have a length of its own, too, by which alone they may be told apart.",
        choices=("orthonormal", "unit", "linear"),
    )
    rate: float = learning_options.rate(0.03)
    most: float = option(
        6.0, "Longest walk", "While learning.", low=1e-3, high=100.0, unit="σ", advanced=True
    )
    least: float = option(
        0.5, "Shortest walk", "While learning.", low=0.0, high=100.0, unit="σ", advanced=True
    )


class Columns(nn.Module):
    """The matrix A of directions, (d, K): columns of any or unit length, or orthonormal."""

    def __init__(self, options: VoynovOptions, latents: LatentSpace, seed: int) -> None:
        super().__init__()
        rng = torch.Generator().manual_seed(seed)
        drawn = torch.randn(latents.dim, options.count, generator=rng)
        if options.form == "linear":  # so that walks are as long as they are meant at the start
            drawn = F.normalize(drawn, dim=0)
        self.matrix = nn.Parameter(drawn)
        self._form = options.form
        self._scale = latents.scale

    def columns(self) -> Tensor:
        """A, made anew from what is learned: (d, K)."""
        if self._form == "linear":
            return self.matrix
        if self._form == "unit":
            return F.normalize(self.matrix, dim=0)
        q, r = torch.linalg.qr(self.matrix)
        # Q is unique, and changes smoothly, once R's diagonal is positive.
        columns: Tensor = q * r.diagonal().sign()
        return columns

    def forward(self, latents: Tensor, which: Tensor, size: Tensor) -> Tensor:
        """The walk z + A (epsilon e_k): (N, d), (N,), (N,) -> (N, d).

        Args:
            latents: z or w.
            which: k of each.
            size: epsilon of each, signed, in mean deviations of the latents.
        """
        return latents + self._scale * size[:, None] * self.columns().T[which]


def fit(fields: Fields, setting: Setting) -> Fields:
    """As for every guessing game; more directions than dimensions can't be at right angles."""
    fields = deformator.fit(fields, setting)
    count = setting.chosen.get("count") or str(fitting.find(fields, "count").default)
    if count.isdecimal() and int(count) > setting.info.code_dim:
        return fitting.change(fields, "form", default="unit")
    return fields


@torch.no_grad()
def discover(
    generator: Generator, options: VoynovOptions, seed: int = 0, state: RunState | None = None
) -> Job[DirectionSet]:
    """Learn directions; goes on from `state` where one is given.

    Raises:
        OptionError: More orthonormal directions than dimensions, no such layers or space, or a
            state of another run.
        DivergedError: A loss is no longer a number.
    """
    check(options)
    if options.least > options.most:
        raise OptionError("least can't be more than most. Swap them.")
    space = choose_space(options.space, generator.info)
    if options.form == "orthonormal":
        check_count(options.count, generator.info.spaces[space].dim)
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
    latents: LatentSpace, options: VoynovOptions, seed: int, early: EarlyPictures | None = None
) -> DeformatorTask:
    """The game with straight directions."""

    def sizes(rng: np.random.Generator, count: int) -> NDArray[np.float64]:
        drawn = rng.uniform(-options.most, options.most, count)
        return np.copysign(np.maximum(np.abs(drawn), options.least), drawn)

    columns = Columns(options, latents, seed)
    return DeformatorTask(latents, options, seed, columns, sizes, _describe, early)


def _describe(game: DeformatorTask, losses: Mapping[str, float], step: int) -> DirectionSet:
    """Directions as they are now, the strongest first."""
    assert isinstance(game.deformator, Columns)
    assert isinstance(game.options, VoynovOptions)
    with torch.no_grad():
        columns = game.deformator.columns()
        rows, lengths = F.normalize(columns, dim=0).T, columns.norm(dim=0).tolist()
    # A direction whose length is learned keeps it as the step that counts as amount 1.
    own = lengths if game.options.form == "linear" else [1.0] * len(rows)
    strength, recognised = game.strength.value(), game.recognised.value()
    both = zip(strength, recognised, strict=True)
    return linear_set(
        game.latents.generator.info,
        METHOD,
        game.options,
        game.seed,
        rows,
        units=[unit * n for unit, n in zip(game.latents.units(rows), own, strict=True)],
        space=game.latents.space,
        layers=game.latents.layers,
        measured=[{**losses, "strength": s, "recognised": r} for s, r in both],
        steps=step,
        order=strongest_first(strength),
    )
