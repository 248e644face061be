"""Distortion: how much the directions of greatest change turn from place to place in a code space.

Choi et al., ICML 2022 ("Analyzing the Latent Space of GAN through Local Dimension Estimation") and
ICLR 2022 ("Do Not Escape From the Manifold", Local Basis). At a code z the leading left singular
vectors of the mapping's Jacobian span a subspace of w; how far the subspaces of two places lie
apart is their distance on the Grassmann manifold. Distortion is the mean distance of random places
over that of near ones: 1 in a space that bends no more from far than from near, and lower values
mean straight directions hold farther. It is a property of the model and needs no labels.
"""

import torch
from torch import Tensor

from latentstudio.core.progress import Job, Step
from latentstudio.discovery.sampling import draw
from latentstudio.engine.generator import Generator

PAIRS = 16
RANK = 10
NEAR = 0.1
"""Step between near places, in deviations of z."""


@torch.no_grad()
def distortion(
    generator: Generator, pairs: int = PAIRS, rank: int = RANK, seed: int = 0
) -> Job[float]:
    """Distortion of W; for models with a mapping network."""
    z, classes = draw(generator, seed, 0, 2 * pairs)
    step, _ = draw(generator, seed, 1, 2 * pairs)
    near = z + NEAR * step
    far_sum, near_sum = 0.0, 0.0
    for index in range(pairs):
        labels = None if classes is None else classes[2 * index : 2 * index + 1].expand(3)
        three = torch.stack([z[2 * index], z[2 * index + 1], near[2 * index]])
        first, other, close = (
            local_basis(generator, one, None if labels is None else labels[:1], rank)
            for one in three
        )
        far_sum += grassmann(first, other)
        near_sum += grassmann(first, close)
        yield Step((index + 1) / pairs, "Measuring distortion")
    return far_sum / max(near_sum, 1e-12)


def local_basis(generator: Generator, z: Tensor, classes: Tensor | None, rank: int) -> Tensor:
    """Leading left singular vectors of dw/dz at a latent (dim,): (code_dim, rank)."""

    def mapped(latent: Tensor) -> Tensor:
        return generator.map(latent[None], classes)[0]

    jacobian = torch.func.jacfwd(mapped)(z)
    left = torch.linalg.svd(jacobian.double(), full_matrices=False)[0]
    basis: Tensor = left[:, :rank]
    return basis


def grassmann(first: Tensor, other: Tensor) -> float:
    """Geodesic distance of the subspaces of two orthonormal bases, (dim, r) each.

    The root of the summed squares of the principal angles.
    """
    cosines = torch.linalg.svdvals(first.T @ other).clamp(0.0, 1.0)
    return float(torch.arccos(cosines).square().sum().sqrt())
