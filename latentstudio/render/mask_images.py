"""Masks from picture coordinates to a model's pixels: resampled and feathered."""

import numpy as np
import torch
import torch.nn.functional as nnf
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.document.assets import Array, Assets
from latentstudio.document.state import MaskUse

MOST_FEATHER = 1.0
_REACH = 3.0
"""Standard deviations after which the soft edge ends."""
_MARGIN, _LEAST_PART = 0.1, 0.2
"""Of a neighbourhood: what it shows beside the mask, and its least share of the picture."""
_FINEST = 2048
"""Pixels a side beyond which a painted edge is not told apart."""
_VISIBLE = 0.5 / 255
"""Less than this is 0: it could not be seen in eight bits."""


def mask_image(use: MaskUse, assets: Assets, size: tuple[int, int]) -> Tensor:
    """A mask at a picture's size: (H, W) float32, 0 to 1, exactly 0 outside.

    Args:
        use: Which mask, and how soft its edge.
        assets: Where it is kept, (h, w), as floats from 0 to 1 or bytes from 0 to 255.
        size: Height and width of the pictures, in pixels.

    Raises:
        MissingAssetError: It is not there.
        OptionError: It is no mask.
    """
    mask = resampled(mask_values(assets.get(use.digest)), size)
    return feathered(mask, use.feather * max(size))


def painted(use: MaskUse, assets: Assets) -> NDArray[np.bool_]:
    """Where a mask isn't 0, soft edge included, as finely as it was painted: (m, m).

    Raises:
        MissingAssetError: It is not there.
        OptionError: It is no mask.
    """
    mask = mask_values(assets.get(use.digest))
    side = min(max(mask.shape), _FINEST)
    found: NDArray[np.bool_] = mask_image(use, assets, (side, side)).numpy() > 0
    return found


def mask_values(array: Array) -> Tensor:
    """What an asset says as a mask: (h, w) float32, 0 to 1.

    Raises:
        OptionError: It has another shape, or values outside.
    """
    scale = 255 if array.dtype == np.uint8 else 1
    values = torch.from_numpy(array.astype(np.float32) / np.float32(scale))
    if values.ndim != 2 or not 0 <= float(values.min()) <= float(values.max()) <= 1:
        raise OptionError("A mask is one grey picture with values from 0 to 1. Choose another.")
    return values


def resampled(mask: Tensor, size: tuple[int, int]) -> Tensor:
    """A mask at another size: averaged where it shrinks, interpolated where it grows.

    Args:
        mask: (h, w).
        size: Height and width wanted.

    Returns:
        (H, W), of that size.
    """
    if mask.shape == size:
        return mask
    if mask.shape[0] >= size[0] and mask.shape[1] >= size[1]:
        return nnf.interpolate(mask[None, None], size, mode="area")[0, 0].clamp(0, 1)
    kind = {"mode": "bilinear", "align_corners": False, "antialias": True}
    return nnf.interpolate(mask[None, None], size, **kind)[0, 0].clamp(0, 1)  # type: ignore[arg-type]


def feathered(mask: Tensor, sigma: float) -> Tensor:
    """A mask with a soft edge: blurred by a Gaussian, the picture's border repeated.

    Args:
        mask: (H, W), 0 to 1.
        sigma: Standard deviation in pixels; 0 leaves it as it is.

    Returns:
        (H, W), 0 to 1; what can't be seen is exactly 0.
    """
    if sigma > 0:
        reach = max(1, round(_REACH * min(sigma, MOST_FEATHER * max(mask.shape))))
        steps = torch.arange(-reach, reach + 1, dtype=torch.float32)
        kernel = torch.exp(-0.5 * (steps / sigma) ** 2)
        kernel /= kernel.sum()
        mask = _along_rows(_along_rows(mask, kernel).T, kernel).T
    return torch.where(mask < _VISIBLE, torch.zeros_like(mask), mask.clamp(0, 1))


def _along_rows(mask: Tensor, kernel: Tensor) -> Tensor:
    reach = len(kernel) // 2
    ends = mask[:, :1].expand(-1, reach), mask[:, -1:].expand(-1, reach)
    wide = torch.cat([ends[0], mask, ends[1]], dim=1)
    return nnf.conv1d(wide[:, None], kernel[None, None])[:, 0]


def neighbourhood(mask: Tensor) -> tuple[int, int, int, int]:
    """A square around what is painted, with some of what lies next to it.

    Args:
        mask: (H, W).

    Returns:
        Left, top, right and bottom in pixels, within the picture; all of it where nothing is
        painted.
    """
    height, width = mask.shape
    rows, columns = mask.amax(1).nonzero()[:, 0], mask.amax(0).nonzero()[:, 0]
    if not len(rows):
        return 0, 0, width, height
    top, bottom = int(rows[0]), int(rows[-1]) + 1
    left, right = int(columns[0]), int(columns[-1]) + 1
    wanted = round(max(bottom - top, right - left) * (1 + 2 * _MARGIN))
    side = min(max(wanted, round(_LEAST_PART * max(height, width))), height, width)
    from_left = min(max((left + right - side) // 2, 0), width - side)
    from_top = min(max((top + bottom - side) // 2, 0), height - side)
    return from_left, from_top, from_left + side, from_top + side
