"""Where a learning method's latents come from, how they are walked, what synthesis gets."""

from dataclasses import dataclass, replace

import torch
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.layer_range import parse_layers
from latentstudio.core.marked import marked
from latentstudio.core.progress import Job
from latentstudio.core.spaces import GeneratorInfo, Prior, Space
from latentstudio.discovery.sampling import Moments, accumulate, draw
from latentstudio.engine.generator import Generator
from latentstudio.engine.walks import retract
from latentstudio.engine.whitening import WALK_FLOOR, Whitening, from_covariance

SAMPLES = 16_384
"""Draws from which mean, scale and whitening of a space are measured."""
ALL = slice(None)
_SEED = 20_260_401  # the space's, not the run's: two runs see the same space


@dataclass(frozen=True, slots=True, eq=False)
class LatentSpace:
    """The latents of one space of a model, in float32 on its device.

    Attributes:
        generator: The model.
        space: Z or W, where latents are walked.
        layers: First and last layer that the walk applies to; None for all.
        mean: (dim,).
        scale: Mean standard deviation of a coordinate, so that sizes given for a standard
            normal (amounts, radii of support sets) mean the same in any space.
        covariance: (dim, dim), float64 on the CPU; None for a standard normal.
        whitening: Where the space is not round by itself; floored for walks.
        frame: (dim, dim), with it: displacement of the latent for one whitened deviation along
            each axis of the whitened space, by its true deviation. The chart bends (it undoes a
            leaky ReLU), so this is its best straight line over samples.
    """

    generator: Generator
    space: Space
    layers: tuple[int, int] | None
    mean: Tensor
    scale: float = 1.0
    covariance: Tensor | None = None
    whitening: Whitening | None = None
    frame: Tensor | None = None

    @property
    def dim(self) -> int:
        return self.generator.info.spaces[self.space].dim

    @torch.no_grad()
    def start(
        self, seed: int, step: int, count: int, rows: slice | Tensor = ALL
    ) -> tuple[Tensor, Tensor | None]:
        """Latents (count, dim) and classes (count,) of a step, or some of them.

        What is drawn depends on `count` alone, so that processes that take different rows
        share one batch.
        """
        z, classes = draw(self.generator, seed, step, count)
        z, classes = z[rows], None if classes is None else classes[rows]
        return (self.generator.map(z, classes) if self.space is Space.W else z), classes

    def displacement(self, rows: Tensor) -> Tensor:
        """Displacements of latents for rows given in deviations of the round space.

        (..., dim) -> (..., dim): what is 6 deviations long along a strong axis of W is shorter
        along a weak one.
        """
        return rows * self.scale if self.frame is None else rows @ self.frame.T

    def on_shell(self, start: Tensor, shift: Tensor) -> Tensor:
        """The density-preserving walk: (N, dim), (N, dim) -> (N, dim).

        v = whiten(p(start + shift)) at the radius of whiten(p(start)), mapped back; under a
        normal prior that is ||z|| (z + shift) / ||z + shift||.
        """
        return self._from_round(retract(self._to_round(start), self._to_round(start + shift)))

    def codes(self, moved: Tensor, start: Tensor, classes: Tensor | None) -> Tensor:
        """What synthesis gets: (N, layers, code_dim), walked in `layers` only."""
        full = self._broadcast(moved, classes)
        if self.layers is None:
            return full
        first, last = self.layers
        full = full.clone()
        kept = self._broadcast(start, classes)
        full[:, :first] = kept[:, :first]
        full[:, last + 1 :] = kept[:, last + 1 :]
        return full

    def to_code(self, latents: Tensor, classes: Tensor | None) -> Tensor:
        """Codes of latents: (N, dim) -> (N, code_dim)."""
        mapped = self.space is Space.Z and self.generator.info.code_space is Space.W
        return self.generator.map(latents, classes) if mapped else latents

    def units(self, vectors: Tensor) -> list[float]:
        """Standard deviation along each row of `vectors` (K, dim)."""
        if self.covariance is None:
            return [1.0] * len(vectors)
        rows = vectors.detach().double().cpu()
        spread: list[float] = (rows @ self.covariance * rows).sum(1).clamp_min(0).sqrt().tolist()
        return spread

    def _broadcast(self, latents: Tensor, classes: Tensor | None) -> Tensor:
        return self.generator.broadcast(self.to_code(latents, classes))

    def _to_round(self, latents: Tensor) -> Tensor:
        p = self.generator.to_normal(latents) if self._charted else latents
        return self.whitening.apply(p) if self.whitening else p

    def _from_round(self, v: Tensor) -> Tensor:
        p = self.whitening.undo(v) if self.whitening else v
        return self.generator.from_normal(p) if self._charted else p

    @property
    def _charted(self) -> bool:
        """The generator's chart belongs to its code space."""
        return self.space is self.generator.info.code_space


@torch.no_grad()
def survey(generator: Generator, space: str, layers: str) -> Job[LatentSpace]:
    """Get to know a space before a run: its mean, scale and whitening.

    Args:
        generator: The model.
        space: ``auto`` (the space of its codes), ``z`` or ``w``.
        layers: A range such as ``4-7``, or ``all``.

    Raises:
        OptionError: The model has no such space or layers.
    """
    info = generator.info
    chosen = choose_space(space, info)
    dim, prior = info.spaces[chosen].dim, info.spaces[chosen].prior
    found = LatentSpace(
        generator,
        chosen,
        parse_layers(layers, info.code_layers),
        torch.zeros(dim, device=generator.device),
    )
    if prior in (Prior.NORMAL, Prior.NORMALISED):
        return found
    plain, charted = Moments(0, dim), Moments(0, dim, other=dim)

    def add(z: Tensor, classes: Tensor | None) -> None:
        code = generator.map(z, classes) if chosen is Space.W else z
        plain.add(code)
        if prior is Prior.MAPPED:
            charted.add(generator.to_normal(code), y=code)

    yield from accumulate(generator, _SEED, SAMPLES, add, marked("Measured"))
    found = replace(
        found,
        mean=plain.mean().to(found.mean),
        scale=plain.covariance().trace().div(dim).sqrt().item(),
        covariance=plain.covariance(),
    )
    return _whitened(found, charted) if prior is Prior.MAPPED else found


def choose_space(name: str, info: GeneratorInfo) -> Space:
    """The space of an option.

    Raises:
        OptionError: The model doesn't have it.
    """
    if name == "auto":
        return info.code_space
    if name == Space.W and Space.W not in info.spaces:
        raise OptionError("space can't be w: this model has no mapping network. Choose z.")
    return Space(name)


def _whitened(latents: LatentSpace, charted: Moments) -> LatentSpace:
    """Add whitening and frame, from the moments of p (x) and w (y)."""
    mean, covariance = charted.mean(), charted.covariance()
    exact, walked = from_covariance(mean, covariance), from_covariance(mean, covariance, WALK_FLOOR)
    # Slope of each coordinate of w over its p: the chart works on each by itself.
    slope = charted.cross_covariance().diagonal() / covariance.diagonal().clamp_min(1e-30)
    frame = slope[:, None] * exact.basis * exact.deviations
    parts = (part.to(latents.mean) for part in (walked.mean, walked.basis, walked.deviations))
    return replace(latents, whitening=Whitening(*parts), frame=frame.to(latents.mean))
