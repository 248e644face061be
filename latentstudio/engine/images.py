"""From what a generator makes to what a screen or a file takes."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import ShapeError
from latentstudio.engine.shapes import check_shape

RGBA = 4
"""Channels of a picture with alpha."""
SQUARES, LIGHT, DARK = 32, 204, 153
"""Squares along the longer side of the checkerboard behind what is transparent, and their greys."""


@torch.no_grad()
def to_pixels(images: Tensor) -> NDArray[np.uint8]:
    """Images as 8-bit sRGB.

    Args:
        images: (N, C, H, W) with 1, 3 or 4 channels, nominally in [-1, 1]; what is outside is
            clipped, grey is repeated in three channels, what is transparent lies on a
            checkerboard. Left unchanged.

    Returns:
        (N, H, W, 3), contiguous and its own memory. −1 is 0, 0 is 128, 1 is 255.

    Example:
        >>> to_pixels(torch.tensor([-1.0, 0.0, 1.0]).view(1, 3, 1, 1)).tolist()
        [[[[0, 128, 255]]]]
    """
    channels = check_shape(images, "N C H W")["C"]
    if channels == RGBA:
        return _on_checkerboard(with_alpha(images))
    if channels not in (1, 3):
        raise ShapeError(f"a picture has 1, 3 or 4 channels, not {channels}")
    return _bytes(images)


@torch.no_grad()
def with_alpha(images: Tensor) -> NDArray[np.uint8]:
    """Images as they are saved: (N, H, W, 4) where they have alpha, else as `to_pixels`."""
    return _bytes(images) if images.shape[1] == RGBA else to_pixels(images)


def _on_checkerboard(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """Pixels with alpha (N, H, W, 4) as they look on light and dark squares: (N, H, W, 3)."""
    _, height, width, _ = pixels.shape
    square = max(1, max(height, width) // SQUARES)
    rows, columns = np.arange(height) // square, np.arange(width) // square
    dark = (rows[:, None] + columns[None, :]) % 2
    board = np.where(dark[..., None], DARK, LIGHT).astype(np.float32)
    share = pixels[..., 3:].astype(np.float32) / 255
    mixed = pixels[..., :3] * share + board * (1 - share)
    return np.ascontiguousarray((mixed + 0.5).astype(np.uint8))


def _bytes(images: Tensor) -> NDArray[np.uint8]:
    count, channels, height, width = images.shape
    # One copy into the order a screen wants; all else happens in it.
    scaled = torch.empty(
        (count, height, width, channels), dtype=torch.float32, device=images.device
    )
    torch.mul(images.permute(0, 2, 3, 1), 127.5, out=scaled)
    small = scaled.add_(128.0).clamp_(0.0, 255.0).to(torch.uint8).cpu()
    if channels == 1:
        small = small.expand(-1, -1, -1, 3).contiguous()
    return small.numpy()


def from_pixels(pixels: NDArray[np.uint8]) -> Tensor:
    """8-bit sRGB as images: (N, H, W, 3) to (N, 3, H, W) float32 in [-1, 1]."""
    batch = torch.from_numpy(np.ascontiguousarray(pixels))
    check_shape(batch, "N H W C", C=3)
    return batch.permute(0, 3, 1, 2).float().div_(127.5).sub_(1.0)
