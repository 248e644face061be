"""Many draws from a model's prior at once.

A seed is one picture, and drawing by seed starts a random generator for each: half a millisecond
a latent. Statistics need a hundred thousand latents and no seeds.
"""

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.spaces import Prior, Space
from latentstudio.engine.generator import Generator

TRUNCATED_AT = 2.0
"""Where BigGAN's truncated normal ends, in deviations (Brock et al. 2019)."""
_BELOW = 0.022750131948179195
"""Normal distribution function at -2."""


def draw_z(generator: Generator, count: int, rng: np.random.Generator) -> Tensor:
    """Independent draws of z, (count, z_dim) float32 on the generator's device."""
    space = generator.info.spaces[Space.Z]
    shape = (count, space.dim)
    if space.prior is Prior.UNIFORM:
        z = rng.uniform(-1.0, 1.0, shape).astype(np.float32)
    elif space.prior is Prior.TRUNCATED:
        from scipy.special import ndtri  # takes half a second, and few models need it

        z = ndtri(rng.uniform(_BELOW, 1 - _BELOW, shape)).astype(np.float32)
    else:
        z = rng.standard_normal(shape, dtype=np.float32)
    return torch.from_numpy(z).to(generator.device)
