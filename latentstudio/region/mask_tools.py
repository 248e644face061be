"""What can be done to a mask: grow, shrink, invert, mirror, feather, snap to edges.

Lengths are shares of the picture's width, so that a mask means the same on a model of another size.
"""

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.errors import OptionError
from latentstudio.region.masks import Mask, reduced

SNAP_SIDE = 128
"""Working size at which edges are looked for."""
UNSURE = 0.04
"""How far from the painted border the true one may lie, as a share of the width."""
EDGES = 90.0
"""How much a difference of colour holds the walker up; larger follows fainter edges."""


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


def snapped(mask: Mask, picture: NDArray[np.uint8], unsure: float = UNSURE) -> Mask:
    """A mask whose border follows the picture's edges.

    Well inside the painted border is inside, well outside is outside; between them each pixel
    takes the side that a random walk from it, held up by differences of colour, reaches first
    with the larger probability (Grady, IEEE PAMI 2006, "Random Walks for Image Segmentation").

    Args:
        mask: (H, W).
        picture: (H', W', 3), 8 bits, of any size with the same shape.
        unsure: How far the border may move, as a share of the width.

    Raises:
        OptionError: The mask is empty or full, or too small to have an inside.
    """
    side = min(SNAP_SIDE, *mask.shape)
    small = reduced(mask, side) >= 0.5
    from scipy.ndimage import distance_transform_edt

    if small.all() or not small.any():
        raise OptionError("Paint a part of the picture first; its border is then moved to edges.")
    deep = distance_transform_edt(small)
    reach = unsure * side
    inside = deep > min(reach, 0.6 * float(deep.max()))
    outside = distance_transform_edt(~small) > reach
    colours = _colours(picture, side)
    found = _walked(colours, inside, outside).astype(np.float32)
    from PIL import Image

    height, width = mask.shape
    larger = Image.fromarray(found, mode="F").resize((width, height), Image.Resampling.BILINEAR)
    # Hard at its own pixels, soft only as far as a pixel of the working size reaches.
    sharp = (np.asarray(larger, np.float32) - 0.5) * max(1.0, width / side) + 0.5
    made: Mask = sharp.clip(0, 1).astype(np.float32)
    return made


def _colours(picture: NDArray[np.uint8], side: int) -> NDArray[np.float64]:
    """(side, side, 3), 0 to 1."""
    from PIL import Image

    small = Image.fromarray(picture).resize((side, side), Image.Resampling.BOX)
    return np.asarray(small, np.float64) / 255


def _walked(
    colours: NDArray[np.float64], inside: NDArray[np.bool_], outside: NDArray[np.bool_]
) -> NDArray[np.bool_]:
    """Where a walker reaches the inside first: solves L_u x = -B^T m (Grady's equation 8)."""
    from scipy.sparse import coo_matrix, csr_matrix
    from scipy.sparse.linalg import spsolve

    height, width = inside.shape
    index = np.arange(height * width).reshape(height, width)
    one = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
    other = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
    flat = colours.reshape(-1, 3)
    weights = np.exp(-EDGES * np.square(flat[one] - flat[other]).sum(1)) + 1e-6
    size = height * width
    rows, columns = np.concatenate([one, other]), np.concatenate([other, one])
    links = coo_matrix((np.tile(weights, 2), (rows, columns)), (size, size)).tocsr()
    degree = np.asarray(links.sum(1)).ravel()
    known = (inside | outside).ravel()
    unknown = ~known
    chance = inside.ravel().astype(np.float64)
    if unknown.any():
        between: csr_matrix = links[unknown]
        system = (
            coo_matrix((degree[unknown], (range(unknown.sum()), range(unknown.sum()))))
            - between[:, unknown]
        )
        chance[unknown] = spsolve(system.tocsc(), between[:, known] @ chance[known])
    found: NDArray[np.bool_] = (chance > 0.5).reshape(height, width)
    return found
