"""The Haar wavelet transform between SWAGAN's colour layers and its images.

Four bands of C channels each, at half the size: means, and differences of rows, of columns, and
of diagonals, so scaled that the transform keeps lengths.

Source: Gal et al. 2021, "SWAGAN: A Style-based Wavelet-driven Generative Model", section 3.
"""

import torch
from torch import Tensor


def of_bands(bands: Tensor) -> Tensor:
    """The image of its bands: (N, 4 C, H, W) to (N, C, 2 H, 2 W)."""
    mean, rows, columns, diagonal = bands.chunk(4, dim=1)
    upper = torch.stack(
        [mean + rows + columns + diagonal, mean + rows - columns - diagonal], dim=-1
    )
    lower = torch.stack(
        [mean - rows + columns - diagonal, mean - rows - columns + diagonal], dim=-1
    )
    pairs = torch.stack([upper, lower], dim=-3) * 0.5  # (N, C, H, 2, W, 2)
    count, channels, height, _, width, _ = pairs.shape
    return pairs.reshape(count, channels, 2 * height, 2 * width)


def bands_of(image: Tensor) -> Tensor:
    """The bands of an image: (N, C, 2 H, 2 W) to (N, 4 C, H, W)."""
    upper, lower = image[:, :, 0::2], image[:, :, 1::2]
    a, b, c, d = upper[..., 0::2], upper[..., 1::2], lower[..., 0::2], lower[..., 1::2]
    bands = [a + b + c + d, a + b - c - d, a - b + c - d, a - b - c + d]
    return torch.cat(bands, dim=1) * 0.5
