"""A picture's Jacobian computed column by column, with local answers from what is there so far.

Tangents are pushed along a basis, the ones that matter most first: the eigenvectors of the pool's
metric where it is known (`region.pool_metric`), else those of `region.tangent_order`, which cost
nothing. At any time M_f and M_b are exact along the tangents
that have arrived; along the others they are the pool's means, or nothing where there is no pool.
With all of them the answer is that of the whole Jacobian.
"""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import ResourceError
from latentstudio.core.progress import Job, Step, stop_point
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.jacobian import Jacobian, chunk
from latentstudio.engine.pushforward import Readout, pusher
from latentstudio.engine.shapes import check_shape
from latentstudio.region.grams import MaskedGrams
from latentstudio.region.masks import Mask, reduced
from latentstudio.region.pool_metric import Matrix, PoolMetric
from latentstudio.region.tangent_order import usual_basis

SHOWN = (0, 16, 32, 64, 128, 256)
"""Numbers of tangents after which an answer is worth another look."""


@dataclass(frozen=True, slots=True, eq=False)
class PartialJacobian:
    """The part of a picture's Jacobian that is known so far.

    Attributes:
        values: (side, side, C, dim) float32, J times the basis; the first `known` columns of the
            last axis have arrived, the others are not to be read.
        known: So many.
        basis: Unit rows, (dim, dim).
        metric: The pool's, whose basis it is, or None.
        codes: (1, layers, dim), where it is taken.
        layers: First and last layer that the steps reach, or None for all.
    """

    values: NDArray[np.float32]
    known: int
    basis: NDArray[np.float32]
    metric: PoolMetric | None
    codes: NDArray[np.float32]
    layers: tuple[int, int] | None = None

    @property
    def exact(self) -> bool:
        """All tangents have arrived."""
        return self.known == len(self.basis)

    @property
    def side(self) -> int:
        return int(self.values.shape[0])

    def jacobian(self) -> Jacobian:
        """The Jacobian along the tangents that have arrived, nothing along the others."""
        led = torch.from_numpy(self.values[..., : self.known])
        values = led @ torch.from_numpy(self.basis[: self.known])
        return Jacobian(values, torch.from_numpy(self.codes), self.layers)


class PartialGrams:
    """M_f and M_b of a partial Jacobian, for one mask after another, in the basis's coordinates.

    Args:
        partial: What is known.
        led: Use so many leading tangents at most: later strokes cost the square of that.
    """

    def __init__(self, partial: PartialJacobian, led: int | None = None) -> None:
        self._known = min(partial.known, led or partial.known)
        self.basis = partial.basis.astype(np.float64)
        self._pool = partial.metric if self._known < len(self.basis) and led is None else None
        self._grams: MaskedGrams | None = None
        if self._known:
            values = torch.from_numpy(partial.values[..., : self._known])
            self._grams = MaskedGrams(values)
        self._side = partial.side

    def paint(self, mask: Mask) -> tuple[Matrix, Matrix]:
        """Take over a mask of any size; M_f and M_b, (n, n), by `rows` of the basis."""
        exact: tuple[Matrix, Matrix] | None = None
        if self._grams is not None:
            self._grams.paint(reduced(mask, self._side))
            exact = self._grams.inside().numpy(), self._grams.outside().numpy()
        if self._pool is None:
            return exact or (np.zeros((0, 0)), np.zeros((0, 0)))
        pool = self._pool.grams(mask)
        if exact is None:
            return pool
        for guess, sure in zip(pool, exact, strict=True):
            guess[: self._known, self._known :] = 0  # mixed products of two sources
            guess[self._known :, : self._known] = 0  # need not belong to any matrix
            guess[: self._known, : self._known] = sure
        return pool

    def rows(self, count: int) -> Matrix:
        """The basis that (n, n) matrices of `paint` refer to: (n, dim)."""
        return self.basis[:count]


@torch.no_grad()
def progressive_jacobian(
    generator: Generator,
    codes: Tensor,
    classes: Tensor | None = None,
    noise: Noise = "const",
    layers: tuple[int, int] | None = None,
    reading: Readout | None = None,
    metric: PoolMetric | None = None,
) -> Job[PartialJacobian]:
    """Push all tangents of a picture, the most telling ones first.

    Args:
        generator: The model, at the truncation of the picture.
        codes: The picture's, (1, layers, dim).
        classes: (1,), for conditional models.
        noise: As for the picture.
        layers: First and last layer that the steps reach; None for all.
        reading: Where pictures are read.
        metric: The pool's, of the same layers, where it is known.

    Yields:
        A step for every few tangents; now and then with a `PartialJacobian`.

    Raises:
        ShapeError: Not one picture, or layers that don't exist.
        ResourceError: The Jacobian doesn't fit into memory, whatever its size.
    """
    info = generator.info
    check_shape(codes, "one layers dim", one=1, layers=info.code_layers, dim=info.code_dim)
    if metric is not None and (metric.layers != layers or metric.dim != info.code_dim):
        metric = None
    basis = torch.from_numpy(metric.basis) if metric else usual_basis(generator, layers)
    reading = reading or Readout()
    known = first_answer(metric, codes, reading.side, layers) if metric else None
    yield Step(0.0, "Looking at the picture", known)
    push = pusher(generator, codes, classes, noise, layers, reading)
    axes = basis.to(codes)
    size = chunk(generator, reading)
    first = push(axes[: min(size, SHOWN[1])]).cpu()
    values = _room(first, len(basis))
    where = codes.float().cpu().numpy()

    def so_far(known: int) -> PartialJacobian:
        return PartialJacobian(values, known, basis.numpy(), metric, where, layers)

    done, due = len(first), iter(SHOWN)
    values[..., :done] = first.permute(2, 3, 1, 0).numpy()
    shown = next(due)
    while done < len(basis):
        fresh = None
        while done >= shown:
            fresh, shown = so_far(done), next(due, len(basis) + 1)
        yield Step(done / len(basis), "Seeing what the region can do", fresh)
        stop_point()
        columns = push(axes[done : done + size]).cpu()
        values[..., done : done + len(columns)] = columns.permute(2, 3, 1, 0).numpy()
        done += len(columns)
    return so_far(done)


def first_answer(
    metric: PoolMetric, codes: Tensor, side: int, layers: tuple[int, int] | None
) -> PartialJacobian:
    """What the pool alone says, before any tangent. Codes are (1, layers, dim)."""
    nothing = np.zeros((side, side, 1, 0), np.float32)
    where = codes.detach().float().cpu().numpy()
    return PartialJacobian(nothing, 0, metric.basis, metric, where, layers)


def smaller(reading: Readout) -> Iterator[Readout]:
    """The same reading, then at smaller working sizes, for machines with little memory."""
    side = reading.side
    while side >= 16:
        yield Readout(side, reading.head)
        side //= 2


def _room(first: Tensor, dim: int) -> NDArray[np.float32]:
    """Memory for all columns: (side, side, C, dim)."""
    _, colours, height, width = first.shape
    try:
        return np.empty((height, width, colours, dim), np.float32)
    except MemoryError:
        size = height * width * colours * dim * 4 / 1e6
        raise ResourceError(
            f"What a region can do takes {size:,.0f} MB here. Close other programs."
        ) from None
