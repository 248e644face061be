"""Regularisation of fitted noise inputs: neighbouring values must stay uncorrelated.

Karras et al. 2020, "Analyzing and Improving the Image Quality of StyleGAN", appendix D: squares
of the correlation with the neighbour to the right and below, at every size down to 8 pixels.
"""

import torch
import torch.nn.functional as F
from torch import Tensor

LEAST = 8


def is_noise(name: str) -> bool:
    """Whether a weight of this name is a noise input."""
    return name.endswith("noise_const")


def correlation(noise: Tensor) -> Tensor:
    """How much an image of noise (n, n) knows of itself: 0 for white noise."""
    level = noise[None, None]
    total = noise.new_zeros(())
    while True:
        for axis in (2, 3):
            total = total + (level * torch.roll(level, 1, axis)).mean().square()
        if level.shape[-1] <= LEAST:
            return total
        level = F.avg_pool2d(level, 2) * 2  # white noise keeps its size
