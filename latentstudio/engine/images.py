"""From what a generator makes to what a screen or a file takes."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import ShapeError
from latentstudio.engine.shapes import check_shape


@torch.no_grad()
def to_pixels(images: Tensor) -> NDArray[np.uint8]:
    """Images as 8-bit sRGB.

    Args:
        images: (N, C, H, W) with 1 or 3 channels, nominally in [-1, 1]; what is outside is
            clipped, grey is repeated in three channels. Left unchanged.

    Returns:
        (N, H, W, 3), contiguous and its own memory. −1 is 0, 0 is 128, 1 is 255.
    """
    count, channels, height, width = check_shape(images, "N C H W").values()
    if channels not in (1, 3):
        raise ShapeError(f"a picture has 1 or 3 channels, not {channels}")
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
