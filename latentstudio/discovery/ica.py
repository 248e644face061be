"""Independent component analysis: axes along which samples are least like a normal distribution.

Symmetric FastICA with the contrast log cosh (Hyvärinen, IEEE Transactions on Neural Networks
1999, "Fast and Robust Fixed-Point Algorithms for Independent Component Analysis").
"""

import torch
from torch import Tensor

from latentstudio.core.progress import Job, Step, part

MOST_TURNS = 200
TOLERANCE = 1e-3
SPARE = 16
"""Dimensions kept beyond the wanted ones while the leading subspace is sought."""
PASSES = 4
_LEAST_PART = 1e-6
"""Axes with less than this part of the largest variance are rounding, and are left out."""


@torch.no_grad()
def unmix(rows: Tensor, count: int, rng: torch.Generator) -> Job[Tensor]:
    """A matrix that reads independent components off samples.

    Args:
        rows: Centred samples, (N, D).
        count: How many components; fewer come out where samples vary along fewer axes.
        rng: Where the search starts.

    Returns:
        (D, K), K at most `count`: the columns of ``rows @ matrix`` have variance 1 and are
        uncorrelated, those farthest from normal (by kurtosis) first, each turned so that its
        longer tail is on the positive side.
    """
    white = yield from part(whitening(rows, count, rng), 0.0, 0.3)
    if not white.shape[1]:
        return white  # nothing varies, as in a part of pictures that is always black
    seen = rows @ white
    turn = yield from part(rotation(seen, rng), 0.3, 1.0)
    found = seen @ turn
    turn = turn * skewness(found).sign()
    turn = turn[:, kurtosis(found).argsort(descending=True)]
    matrix: Tensor = white @ turn
    return matrix


@torch.no_grad()
def whitening(rows: Tensor, count: int, rng: torch.Generator) -> Job[Tensor]:
    """A matrix (D, K) that gives the leading principal coordinates, each of variance 1."""
    size = min(count + SPARE, *rows.shape)
    basis = torch.linalg.qr(torch.randn(rows.shape[1], size, generator=rng).to(rows))[0]
    for turn in range(PASSES):
        basis = torch.linalg.qr(rows.T @ (rows @ basis))[0]
        yield Step((turn + 1) / PASSES, "Looking for what varies")
    seen = rows @ basis
    values, axes = torch.linalg.eigh((seen.T @ seen).double() / len(rows))
    values, axes = values.flip(0)[:count], axes.flip(1)[:, :count]
    kept = values > _LEAST_PART * values[0]
    matrix: Tensor = basis @ (axes[:, kept] / values[kept].sqrt()).to(basis)
    return matrix


@torch.no_grad()
def rotation(white: Tensor, rng: torch.Generator) -> Job[Tensor]:
    """The rotation (K, K) after which whitened samples (N, K) are as far from normal as can be."""
    count = white.shape[1]
    turned = _square(torch.randn(count, count, generator=rng).to(white))  # rows are axes
    for turn in range(MOST_TURNS):
        seen = torch.tanh(white @ turned.T)
        new = seen.T @ white / len(white) - (1 - seen.square()).mean(0)[:, None] * turned
        new = _square(new)
        change = float(((new * turned).sum(1).abs() - 1).abs().max())
        turned = new
        yield Step(turn / MOST_TURNS, "Looking for what changes by itself")
        if change < TOLERANCE:
            break
    return turned.T


def kurtosis(rows: Tensor) -> Tensor:
    """Excess kurtosis of each column, (N, K) -> (K,): 0 for a normal distribution."""
    apart = rows - rows.mean(0)
    return apart.pow(4).mean(0) / apart.square().mean(0).square().clamp_min(1e-30) - 3


def skewness(rows: Tensor) -> Tensor:
    """Skewness of each column, (N, K) -> (K,): above 0 where the upper tail is longer."""
    apart = rows - rows.mean(0)
    return apart.pow(3).mean(0) / apart.square().mean(0).pow(1.5).clamp_min(1e-30)


def _square(rows: Tensor) -> Tensor:
    """(W W^T)^(-1/2) W: the orthonormal rows nearest to W."""
    left, _, right = torch.linalg.svd(rows, full_matrices=False)
    nearest: Tensor = left @ right
    return nearest
