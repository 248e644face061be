"""Whitening of a gaussianised code.

Zhu et al. 2020, "Improved StyleGAN Embedding: Where are the Good Latents?", arXiv:2012.09036.
"""

from dataclasses import dataclass

import torch
from torch import Tensor

FLOOR = 1e-6
"""Least eigenvalue, as a share of the largest."""
WALK_FLOOR = 0.04
"""The same for walks: a deviation of 0.2 of the largest.

Undoing the mapping's leaky ReLU bends straight lines, so a straight step in w always has a part
along the few axes that hardly vary. Divided by their true deviations that part outweighs the
rest: on the built-in model a step of one deviation measured 74 to 100 against a radius of 16, and
pulled back to its shell the walk went elsewhere (cosine with the step 0.1; with this floor 0.97).
"""


@dataclass(frozen=True, slots=True, eq=False)
class Whitening:
    """v = (p - mean) E / sqrt(eigenvalues), with p the gaussianised code.

    Attributes:
        mean: (dim,).
        basis: Eigenvectors of the covariance as columns, (dim, dim).
        deviations: Square roots of the eigenvalues, floored at 1e-6 of the largest, (dim,).
    """

    mean: Tensor
    basis: Tensor
    deviations: Tensor

    def apply(self, p: Tensor) -> Tensor:
        """(..., dim) to whitened coordinates of the same shape."""
        return (p - self.mean) @ self.basis / self.deviations

    def undo(self, v: Tensor) -> Tensor:
        """Inverse of `apply`: (..., dim), same shape."""
        return (v * self.deviations) @ self.basis.T + self.mean


def whiten(p: Tensor) -> Whitening:
    """Centre and whitening of samples (n, dim), float64."""
    mean = p.mean(0)
    centred = p - mean
    return from_covariance(mean, centred.T @ centred / (len(p) - 1))


def from_covariance(mean: Tensor, covariance: Tensor, floor: float = FLOOR) -> Whitening:
    """Whitening by a mean (dim,) and a covariance (dim, dim), float64."""
    values, basis = torch.linalg.eigh(covariance)
    return Whitening(mean, basis, values.clamp_min(floor * float(values[-1])).sqrt())
