"""Draws from a model, and their covariance in bounded memory."""

from collections.abc import Callable

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.marked import marked
from latentstudio.core.progress import Job, Step
from latentstudio.engine.generator import Generator
from latentstudio.engine.priors import draw_z

BATCH = 256
SAMPLED = marked("Sampled")
"""Draws between two yields: some 50 ms for a mapping network of 8 layers of 512."""


def draw(generator: Generator, seed: int, index: int, count: int) -> tuple[Tensor, Tensor | None]:
    """Batch number `index` of a run: latents (count, z_dim) and classes (count,) or None.

    It depends on `seed`, `index` and `count` alone, so a run that was stopped goes on exactly
    where it was without saving the state of a random generator.
    """
    rng = np.random.default_rng([seed, index])
    z = draw_z(generator, count, rng)
    if not generator.info.classes:
        return z, None
    classes = rng.integers(generator.info.classes, size=count)
    return z, torch.from_numpy(classes).to(generator.device)


class Moments:
    """Sums for the covariance of x within classes, and for its covariance with y, in float64.

    Differences between the means of classes don't count: what is wanted is how pictures vary
    while their class stays the same.
    """

    def __init__(self, classes: int, dim: int, other: int = 0) -> None:
        double = torch.float64
        self.count = torch.zeros(max(classes, 1), dtype=double)
        self.sum = torch.zeros(max(classes, 1), dim, dtype=double)
        self.sum_other = torch.zeros(max(classes, 1), other, dtype=double)
        self.outer = torch.zeros(dim, dim, dtype=double)
        self.cross = torch.zeros(other, dim, dtype=double)

    def add(self, x: Tensor, classes: Tensor | None = None, y: Tensor | None = None) -> None:
        """Add a batch x (N, dim), with y (N, other) where wanted."""
        x = x.double().cpu()
        place = torch.zeros(len(x), dtype=torch.int64) if classes is None else classes.cpu()
        self.count.index_add_(0, place, torch.ones(len(x), dtype=torch.float64))
        self.sum.index_add_(0, place, x)
        self.outer += x.T @ x
        if y is not None:
            y = y.double().cpu()
            self.sum_other.index_add_(0, place, y)
            self.cross += y.T @ x

    def mean(self) -> Tensor:
        """Mean of x over all classes, (dim,)."""
        return self.sum.sum(0) / self.count.sum()

    def covariance(self) -> Tensor:
        """Covariance of x, (dim, dim)."""
        means = self.sum / self.count.clamp_min(1).sqrt()[:, None]
        return (self.outer - means.T @ means) / self._freedom()

    def cross_covariance(self) -> Tensor:
        """Covariance of y with x, (other, dim)."""
        shares = self.sum / self.count.clamp_min(1)[:, None]
        return (self.cross - self.sum_other.T @ shares) / self._freedom()

    def _freedom(self) -> float:
        """Samples less means taken away, at least 1."""
        return max(1.0, (self.count.sum() - (self.count > 0).sum()).item())


@torch.no_grad()
def code_moments(generator: Generator, seed: int, samples: int) -> Job[Moments]:
    """Moments of the codes of `samples` draws."""
    info = generator.info
    moments = Moments(info.classes, info.code_dim)
    yield from accumulate(
        generator, seed, samples, lambda z, classes: moments.add(generator.map(z, classes), classes)
    )
    return moments


@torch.no_grad()
def accumulate(
    generator: Generator,
    seed: int,
    samples: int,
    add: Callable[[Tensor, Tensor | None], None],
    message: str = SAMPLED,
) -> Job[None]:
    """Draw `samples` latents and hand them to `add` (z, classes), `BATCH` at a time."""
    for index, start in enumerate(range(0, samples, BATCH)):
        count = min(BATCH, samples - start)
        add(*draw(generator, seed, index, count))
        yield Step((start + count) / samples, f"{message} {start + count:,} of {samples:,}")
