"""What can be done to a mask: grow, shrink, invert, mirror, feather.

Lengths are shares of the picture's width, so that a mask means the same on a model of another size.
"""

import numpy as np

from latentstudio.region.masks import Mask


def inverted(mask: Mask) -> Mask:
    """What was inside is outside: (H, W), same shape."""
    return (1 - mask).astype(np.float32)


def mirrored(mask: Mask, axis: float = 0.5) -> Mask:
    """The mask and its mirror image about a vertical line, together.

    Args:
        mask: (H, W).
        axis: Where the line stands, as a share of the width.
    """
    width = mask.shape[1]
    columns = np.round(2 * axis * width).astype(int) - 1 - np.arange(width)
    inside = (columns >= 0) & (columns < width)
    other = np.where(inside, mask[:, columns.clip(0, width - 1)], 0)
    return np.maximum(mask, other).astype(np.float32)


def grown(mask: Mask, by: float) -> Mask:
    """Larger all round by a share of the width; smaller where that is below 0.

    (H, W) of 0 to 1, same shape.
    """
    from scipy.ndimage import grey_dilation, grey_erosion

    radius = abs(by) * mask.shape[1]
    if radius < 0.5:
        return mask.copy()
    reach = int(np.ceil(radius))
    grid = np.hypot(*np.mgrid[-reach : reach + 1, -reach : reach + 1])
    disc = grid <= radius
    wider = np.pad(mask, reach, mode="edge")
    change = grey_dilation if by > 0 else grey_erosion
    made = change(wider, footprint=disc)[reach:-reach, reach:-reach]
    return np.ascontiguousarray(made, np.float32)


def feathered(mask: Mask, by: float) -> Mask:
    """With a soft edge: a Gaussian of a share of the width, 0 or more; same shape."""
    from scipy.ndimage import gaussian_filter

    soft = gaussian_filter(mask.astype(np.float32), by * mask.shape[1], mode="nearest")
    return np.where(soft < 0.5 / 255, 0, soft).astype(np.float32)
