"""DP-LaSE: directions that change much, change different things, and keep the density.

Li et al., ACM Multimedia 2021, "Discovering Density-Preserving Latent Space Walks in GANs for
Semantic Image Transformations". Symbols here and there:

* K, d: directions, and dimensions of the latent; D0 (K, d): what is learned (`d0`);
  D: D0 with rows of unit length, made anew in each step (`unit_rows`). In W both live in its
  whitened space, where the density is round as it is in Z, and T means the same;
* z_i, z_j: the latent walked along the random directions i and j by t ~ U(-T, T) on its shell;
* F: features at a layer (`features.Features`); delta_i = F(z_i) - F(z);
* a, b, c: weights of the three terms (`losses`).

Left out on purpose: random weights per direction, which three of the authors' scripts add.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
import torch
import torch.nn.functional as F
from torch import Tensor, nn

from latentstudio.core.options import check, option
from latentstudio.core.progress import Job, part
from latentstudio.core.spaces import GeneratorInfo, Space
from latentstudio.discovery import fitting, learning_options, processes
from latentstudio.discovery.features import STYLES as STYLES
from latentstudio.discovery.features import Features, layers_of, usual_layer
from latentstudio.discovery.fitting import Fields, Setting
from latentstudio.discovery.latents import LatentSpace, choose_space, survey
from latentstudio.discovery.learning_options import weight
from latentstudio.discovery.result import check_count, linear_set, strongest_first
from latentstudio.discovery.running_means import RunningMean
from latentstudio.discovery.state import RunState
from latentstudio.discovery.training import Run, train
from latentstudio.document.direction import DirectionSet
from latentstudio.engine.generator import Generator

METHOD = ("dp-lase", "DP-LaSE")
APART_MORE, APART_LESS = 0.1, 0.001


@dataclass(frozen=True, slots=True)
class DpLaseOptions:
    """What can be set. Weights, batch and longest walk are the paper's, for Z; its rate is 1e-4.

    Directions are kept at their random lengths, about the square root of the dimensions, so a
    rate of 1e-4 turns them by six degrees at most in a thousand steps: see `docs/figures/find.md`.
    """

    count: int = option(20, "Directions", "How many to find.", low=1, high=512)
    steps: int = learning_options.steps(5000)
    layer: str = option(
        "auto",
        "Inner layer",
        "Where changes are looked at. An early layer finds coarse things such as age and pose, "
        "a later one fine things such as glasses. ‘styles’ looks at what the layers are told.",
    )
    layers: str = learning_options.layers()
    space: str = learning_options.space()
    scale: float = option(
        6.0,
        "Longest walk",
        "How far pictures are walked while learning (the paper’s T, 6 to 10).",
        low=0.01,
        high=100.0,
        unit="σ",
    )
    change: float = weight(1.0, "Strong change", "Weight of changing a lot (a).")
    apart: float = weight(
        0.1,
        "Different changes",
        "Weight of directions doing different things (b). The paper takes 0.1 in Z, and 0.001 "
        "in W and for small models.",
    )
    square: float = weight(
        1.0,
        "Right angles",
        "Weight of directions being at right angles (c). It acts only where they are not "
        "straightened after each step.",
    )
    straighten: bool = option(
        True,
        "Straighten after each step",
        "Keep directions at right angles by force (Gram-Schmidt).",
        advanced=True,
    )
    rate: float = learning_options.rate(0.003)
    batch: int = learning_options.batch(16)


def fit(fields: Fields, setting: Setting) -> Fields:
    """Count, steps, space and layer for this model, and the weight b that its kind takes."""
    info = setting.info
    fields = fitting.at_most_dim(fitting.spaces(fields, setting), setting)
    fields = fitting.change(fields, "layer", choices=("auto", *layers_of(info)))
    layer = setting.chosen.get("layer", "auto")
    if (usual_layer(info) if layer == "auto" and layers_of(info) else layer) != STYLES:
        fields = fitting.steps(fields, setting)  # styles are a product, other layers a network
    apart = usual_apart(info, setting.chosen.get("space", "auto"))
    return fitting.change(fields, "apart", default=apart)


def gram_schmidt(d0: Tensor) -> Tensor:
    """Subtract from each row its projections on the rows above; lengths are not restored.

    (K, d) -> (K, d), K at most d. By a QR decomposition: d0^T = Q R makes row k equal to
    sum_i R_ik q_i, of which only R_kk q_k is orthogonal to the rows above.
    """
    q, r = torch.linalg.qr(d0.T)
    rows: Tensor = (q * r.diagonal()).T
    return rows


def unit_rows(d0: Tensor) -> Tensor:
    """D: rows of D0 at unit length, (K, d) -> (K, d)."""
    return F.normalize(d0, dim=1)


def change_term(delta: Tensor) -> Tensor:
    """mean(delta^2) of each picture: (N, ...) -> (N,)."""
    return delta.flatten(1).square().mean(1)


def apart_term(delta_i: Tensor, delta_j: Tensor) -> Tensor:
    """cos^2 of two changes: (N, C) or (N, C, H, W) -> (N,).

    On feature maps per channel over positions, then the mean over channels.
    """
    if delta_i.ndim == 2:
        return F.cosine_similarity(delta_i, delta_j, dim=1).square()
    cosines = F.cosine_similarity(delta_i.flatten(2), delta_j.flatten(2), dim=2)
    return cosines.square().mean(1)


def square_term(directions: Tensor) -> Tensor:
    """mean((D D^T - I)^2): (K, d) -> ()."""
    gram = directions @ directions.T
    return (gram - torch.eye(len(gram), device=gram.device)).square().mean()


def usual_apart(info: GeneratorInfo, space: str) -> float:
    """The weight b as the authors take it: 0.1 in Z of StyleGAN and BigGAN, 0.001 elsewhere.

    Args:
        info: Facts of the model.
        space: The option.
    """
    if Space.W in info.spaces:
        return APART_MORE if space == Space.Z else APART_LESS
    return APART_MORE if info.family.startswith("biggan") else APART_LESS


class DpLase(nn.Module):
    """The learned matrix, and the three terms.

    Attributes:
        d0: D0, (K, d).
        strength: Mean of delta^2 per squared amount, of each direction.
    """

    def __init__(self, latents: LatentSpace, options: DpLaseOptions, seed: int) -> None:
        super().__init__()
        self._latents, self._options, self._seed = latents, options, seed
        self._features = Features(latents, options.layer)
        rng = torch.Generator().manual_seed(seed)
        d0 = gram_schmidt(torch.randn(options.count, latents.dim, generator=rng))
        device = latents.generator.device
        self.d0 = nn.Parameter(d0.to(device))
        self.strength = RunningMean(options.count).to(device)

    @property
    def module(self) -> nn.Module:
        return self

    def groups(self) -> list[dict[str, Any]]:
        return [{"params": [self.d0], "lr": self._options.rate}]

    def losses(self, step: int, batch: int) -> dict[str, Tensor]:
        """-a mean(mean(delta_i^2) + mean(delta_j^2)) + b mean(cos^2) + c mean((D D^T - I)^2).

        Scalars () by name: that sum as ``loss``, and its means.
        """
        directions = unit_rows(self.d0)
        total, ours = processes.share(batch)
        start, classes = self._latents.start(self._seed, step, total, ours)
        i, j, t = (drawn[ours] for drawn in self._draw(step, total))
        delta_i, delta_j = self._deltas(start, classes, directions[i], directions[j], t)
        # Every picture has one pair i, j: means over equal shares add up to the whole's.
        per_picture = change_term(delta_i), change_term(delta_j)
        change = (per_picture[0] + per_picture[1]).mean()
        apart = apart_term(delta_i, delta_j).mean() if len(directions) > 1 else change * 0
        square = square_term(directions)
        # Strength: change per squared amount.
        self.strength.add(torch.cat([i, j]), torch.cat(per_picture), t.square().repeat(2))
        o = self._options
        loss = -o.change * change + o.apart * apart + o.square * square
        return {"loss": loss, "change": change, "apart": apart, "square": square}

    def constrain(self) -> None:
        if self._options.straighten:
            self.d0.copy_(gram_schmidt(self.d0))

    def found(self, losses: Mapping[str, float], step: int) -> DirectionSet:
        """Directions as they are now, those that change most first."""
        with torch.no_grad():
            rows = self._latents.displacement(unit_rows(self.d0))
        units = rows.norm(dim=1)
        strength = self.strength.value()
        shared = {"layer": self._features.layer, **losses}
        return linear_set(
            self._latents.generator.info,
            METHOD,
            self._options,
            self._seed,
            rows / units[:, None],
            units=units.tolist(),
            space=self._latents.space,
            layers=self._latents.layers,
            measured=[{**shared, "strength": s} for s in strength],
            steps=step,
            order=strongest_first(strength),
        )

    def _draw(self, step: int, batch: int) -> tuple[Tensor, Tensor, Tensor]:
        """Two different directions i and j for each picture, and t ~ U(-T, T): (batch,) each."""
        rng = np.random.default_rng([self._seed, step, 1])
        count, device = self._options.count, self._latents.mean.device
        i = rng.integers(count, size=batch)
        j = (i + rng.integers(1, max(count, 2), size=batch)) % count
        t = rng.uniform(-1, 1, batch) * self._options.scale
        i_, j_, t_ = (torch.from_numpy(drawn).to(device) for drawn in (i, j, t))
        return i_, j_, t_.float()

    def _deltas(
        self, start: Tensor, classes: Tensor | None, u_i: Tensor, u_j: Tensor, t: Tensor
    ) -> tuple[Tensor, Tensor]:
        """delta_i and delta_j, (N, C) or (N, C, H, W) each, for u_i and u_j (N, d) and t (N,).

        Both walks go through the network as one batch.
        """
        with torch.no_grad():
            still = self._features(start, start, classes)
        twice = start.repeat(2, 1)
        shift = self._latents.displacement(torch.cat([u_i, u_j]) * t.repeat(2)[:, None])
        moved = self._latents.on_shell(twice, shift)
        both = self._features(moved, twice, None if classes is None else classes.repeat(2))
        delta_i, delta_j = both.chunk(2)
        return delta_i - still, delta_j - still


@torch.no_grad()
def discover(
    generator: Generator, options: DpLaseOptions, seed: int = 0, state: RunState | None = None
) -> Job[DirectionSet]:
    """Learn directions; goes on from `state` where one is given.

    Raises:
        OptionError: More directions than dimensions, no such layer or space, or a state of
            another run.
        DivergedError: A loss is no longer a number.
    """
    check(options)
    space = choose_space(options.space, generator.info)
    check_count(options.count, generator.info.spaces[space].dim)
    latents = yield from part(survey(generator, options.space, options.layers), 0.0, 0.02)
    task = DpLase(latents, options, seed)
    run = Run(
        METHOD[0], generator.info, options, seed, options.steps, options.batch, generator.device
    )
    found = yield from part(train(task, run, state), 0.02, 1.0)
    return found
