"""ReSeFa: directions that change the region most for what they change around it.

Zhu et al., ICML 2022, "Region-Based Semantic Factorization in GANs", arXiv:2202.09649. With
M_f and M_b of `region.grams`, maximise v^T M_f v / v^T M_b v: the leading solutions of the
generalised symmetric eigenproblem

    M_f v = lambda (M_b + tau tr(M_b) I) v.

tau keeps directions that change nothing anywhere from winning. lambda says how much stronger a
direction is inside than outside.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.options import option
from latentstudio.core.progress import Job, Step
from latentstudio.region.subspace import Subspace

METHOD = ("resefa", "ReSeFa")


@dataclass(frozen=True, slots=True)
class ResefaOptions:
    """What can be set."""

    layers: str = option(
        "auto",
        "Layers",
        "Layers of a StyleGAN that may change: auto, all, one, or a range such as 4-7.",
    )
    tau: float = option(
        1e-3,
        "Tighter or freer",
        "Smaller leaks less, larger changes more (τ).",
        low=1e-9,
        high=10.0,
    )


def find(
    inside: NDArray[np.float64], outside: NDArray[np.float64], options: ResefaOptions, count: int
) -> Job[Subspace]:
    """As `solve`, with the rank of M_f.

    Args:
        inside: M_f, (dim, dim), symmetric.
        outside: M_b, (dim, dim), symmetric.
        options: Its tau counts.
        count: K, 1 to dim.
    """
    yield Step(0.0, "Solving")
    vectors, values = solve(inside, outside, options.tau, count)
    return Subspace(vectors, values, int(np.linalg.matrix_rank(inside)))


def solve(
    inside: NDArray[np.float64], outside: NDArray[np.float64], tau: float, count: int
) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """The leading `count` directions.

    Args:
        inside: M_f, (dim, dim), symmetric.
        outside: M_b, (dim, dim), symmetric.
        tau: Share of M_b's trace that is added to each of its diagonal entries.
        count: K, 1 to dim.

    Returns:
        Unit vectors (K, dim) and their eigenvalues (K,), largest first.
    """
    from scipy.linalg import eigh  # takes a third of a second, and not every session paints

    dim = len(inside)
    # Surroundings that nothing changes leave M_b singular: then all count alike.
    floor = max(tau * np.trace(outside), 1e-9 * np.trace(inside), np.finfo(np.float64).tiny)
    kept = outside + floor * np.eye(dim)
    values, vectors = eigh(inside, kept, subset_by_index=[dim - count, dim - 1])
    rows = vectors.T[::-1]
    return rows / np.linalg.norm(rows, axis=1, keepdims=True), values[::-1].copy()
