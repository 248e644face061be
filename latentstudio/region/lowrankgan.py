"""LowRankGAN: the region's principal space, projected on what leaves the rest alone.

Zhu et al., NeurIPS 2021, "Low-Rank Subspaces in GANs", arXiv:2106.04488. Symbols here and there:

* M = L + S (`split`): a Gram matrix as a low-rank part and a sparse one, by principal component
  pursuit, min ||L||_* + lambda ||S||_1 subject to L + S = M (Candes et al. 2011, ADMM), with
  mu = d^2 / (4 ||M||_1), ||.||_1 the largest column sum, until ||L + S - M||_F is below 1e-7 of
  ||M||_F, or 10,000 iterations;
* the principal space of the region: right singular vectors of L_f up to its rank;
* the null space of the rest: those of L_b beyond its rank; `relax` more widen it;
* found: the first projected on the second, of unit length.
"""

from dataclasses import dataclass

import numpy as np

from latentstudio.core.options import option
from latentstudio.core.progress import Job, Step, part, stop_point
from latentstudio.region.subspace import Matrix, Subspace

METHOD = ("lowrankgan", "LowRankGAN")
PUBLISHED = 1 / 60, 512
"""lambda, and the dimensions it was published for."""
TOLERANCE = 1e-7
ITERATIONS = 10_000


@dataclass(frozen=True, slots=True)
class LowRankOptions:
    """What can be set."""

    layers: str = option(
        "auto",
        "Layers",
        "Layers of a StyleGAN that may change: auto, all, one, or a range such as 4-7.",
    )
    sparsity: float = option(
        0.0,
        "Sparsity",
        "Larger leaves more directions (λ); 0 takes the published 1/60, scaled to the model.",
        low=0.0,
        high=10.0,
        advanced=True,
    )
    relax: int = option(
        0,
        "Freer",
        "So many directions of the surroundings may change, too: more change, more leak.",
        low=0,
        high=4096,
    )


def usual_sparsity(dim: int) -> float:
    """The λ of `dim` dimensions: the published one, by the square root law of the pursuit."""
    value, published = PUBLISHED
    return value * float(np.sqrt(published / dim))


def find(inside: Matrix, outside: Matrix, options: LowRankOptions, count: int) -> Job[Subspace]:
    """Split both products, and project one on the other.

    Args:
        inside: M_f, (dim, dim), symmetric.
        outside: M_b, (dim, dim), symmetric.
        options: Sparsity and relax count.
        count: Most directions, 1 to dim.

    Returns:
        Unit rows, strongest first, at most `count` and the rank of L_f, with the singular values
        of L_f.
    """
    sparsity = options.sparsity or usual_sparsity(len(inside))
    region = yield from part(split(inside, sparsity), 0.0, 0.5)
    rest = yield from part(split(outside, sparsity), 0.5, 1.0)
    vectors = project(region, rest, options.relax)[:count]
    values = np.linalg.svd(region, compute_uv=False)[: len(vectors)].astype(np.float64)
    return Subspace(vectors, values, rank(region))


def split(matrix: Matrix, sparsity: float) -> Job[Matrix]:
    """Principal component pursuit of a symmetric matrix.

    Args:
        matrix: M, (dim, dim).
        sparsity: lambda.

    Yields:
        A step every few iterations.

    Returns:
        L, (dim, dim).
    """
    dim, size = len(matrix), float(np.linalg.norm(matrix))
    mu = dim**2 / (4 * float(np.abs(matrix).sum(axis=0).max()))
    sparse, dual = np.zeros_like(matrix), np.zeros_like(matrix)
    low = np.zeros_like(matrix)
    for iteration in range(ITERATIONS):
        low = _shrink_spectrum(matrix - sparse + dual / mu, 1 / mu)
        sparse = _shrink(matrix - low + dual / mu, sparsity / mu)
        rest = matrix - low - sparse
        dual += mu * rest
        if np.linalg.norm(rest) < TOLERANCE * size:
            break
        if iteration % 8 == 0:
            yield Step(iteration / ITERATIONS, "Separating what is shared from what is not")
            stop_point()
    return low


def project(region: Matrix, rest: Matrix, relax: int = 0) -> Matrix:
    """Directions of the region that the rest doesn't notice.

    Args:
        region: L_f, (dim, dim).
        rest: L_b, (dim, dim).
        relax: So many of the weakest directions of the rest count as unnoticed, too; its strongest
            one never does.

    Returns:
        Unit rows (rank of L_f, dim), strongest first; fewer where nothing is left of one.
    """
    principal = np.linalg.svd(region)[2][: rank(region)]
    noticed = rank(rest)
    null = np.linalg.svd(rest)[2][min(noticed, max(noticed - relax, 1)) :]
    rows = principal @ null.T @ null
    lengths = np.linalg.norm(rows, axis=1)
    left = lengths > 1e-9
    found: Matrix = rows[left] / lengths[left, None]
    return found


def rank(matrix: Matrix) -> int:
    """Rank by NumPy's own threshold. The matrix is (m, n)."""
    return int(np.linalg.matrix_rank(matrix))


def _shrink(matrix: Matrix, by: float) -> Matrix:
    """Every entry nearer to 0 by `by`."""
    shrunk: Matrix = np.sign(matrix) * np.maximum(np.abs(matrix) - by, 0)
    return shrunk


def _shrink_spectrum(matrix: Matrix, by: float) -> Matrix:
    """Every singular value nearer to 0: of a symmetric matrix, every eigenvalue."""
    values, vectors = np.linalg.eigh((matrix + matrix.T) / 2)
    shrunk: Matrix = (vectors * _shrink(values, by)) @ vectors.T
    return shrunk
