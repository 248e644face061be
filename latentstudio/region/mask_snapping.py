"""A mask's border moved to the edges of the picture.

A random walker with priors (Grady, CVPR 2005, "Multilabel Random Walker Image Segmentation Using
Prior Models"): between what is surely inside and surely outside, each pixel takes the side that a
walk from it reaches first with the larger probability. Steep colours hold the walk up, and on the
way it may end at a side by its own colour, as likely as that colour is there.
"""

from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.errors import OptionError
from latentstudio.region.masks import Mask, reduced

if TYPE_CHECKING:
    from scipy.sparse import csr_matrix

SNAP_SIDE = 128
"""Working size at which edges are looked for."""
UNSURE = 0.04
"""How far from the painted border the true one may lie, as a share of the width."""
COLOURS = 0.3
"""How much a pixel's own colour counts against where a walk from it leads."""
BINS = 24
"""Of each colour channel, in the histograms that say where a colour is likely."""
BLUR = 1.2
"""Bins by which they are blurred."""


def snapped(mask: Mask, picture: NDArray[np.uint8], unsure: float = UNSURE) -> Mask:
    """A mask whose border follows the picture's edges.

    Well inside the painted border is inside, well outside is outside; what lies between is decided
    by colours.

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
    """Where a walker reaches the inside first: (L_u + g I) x = -B^T m + g p (Grady's equation 5).

    p is how likely a pixel's colour is inside, g is `COLOURS`.
    """
    from scipy.sparse import coo_matrix, csr_matrix
    from scipy.sparse.linalg import spsolve

    known = (inside | outside).ravel()
    unknown, chance = ~known, inside.ravel().astype(np.float64)
    if not unknown.any():
        return inside
    links = _links(colours, unknown)
    degree = np.asarray(links.sum(1)).ravel()[unknown]
    between: csr_matrix = links[unknown]
    places = range(len(degree))
    system = coo_matrix((degree + COLOURS, (places, places))) - between[:, unknown]
    likely = _likely_inside(colours, inside, outside).ravel()[unknown]
    given = between[:, known] @ chance[known] + COLOURS * likely
    chance[unknown] = spsolve(system.tocsc(), given)
    found: NDArray[np.bool_] = (chance > 0.5).reshape(inside.shape)
    return found


def _links(colours: NDArray[np.float64], unknown: NDArray[np.bool_]) -> "csr_matrix":
    """How easily a walk goes from a pixel to its neighbours: (pixels, pixels).

    Steps of colour count by their mean square where something is to be decided: faint edges are
    edges where there are no others.
    """
    from scipy.sparse import coo_matrix

    height, width = colours.shape[:2]
    index = np.arange(height * width).reshape(height, width)
    one = np.concatenate([index[:, :-1].ravel(), index[:-1].ravel()])
    other = np.concatenate([index[:, 1:].ravel(), index[1:].ravel()])
    flat = colours.reshape(-1, 3)
    steps = np.square(flat[one] - flat[other]).sum(1)
    usual = max(float(steps[unknown[one] | unknown[other]].mean()), 1e-5)
    weights = np.exp(-steps / usual) + 1e-6
    rows, columns = np.concatenate([one, other]), np.concatenate([other, one])
    return coo_matrix((np.tile(weights, 2), (rows, columns)), (index.size, index.size)).tocsr()


def _likely_inside(
    colours: NDArray[np.float64], inside: NDArray[np.bool_], outside: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """How likely each pixel's colour is inside, by blurred histograms: (side, side), 0 to 1."""
    from scipy.ndimage import gaussian_filter

    bins = (colours * BINS).astype(np.int64).clip(0, BINS - 1).reshape(-1, 3)
    place = np.ravel_multi_index(tuple(bins.T), (BINS,) * 3)
    shares = []
    for part in (inside, outside):
        counts = np.bincount(place[part.ravel()], minlength=BINS**3).astype(np.float64)
        blurred = gaussian_filter(counts.reshape((BINS,) * 3), BLUR).ravel()
        shares.append(blurred[place] / blurred.sum() + 1e-7)
    found: NDArray[np.float64] = (shares[0] / (shares[0] + shares[1])).reshape(inside.shape)
    return found
