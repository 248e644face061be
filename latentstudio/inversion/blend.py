"""Edits put back into the whole photo, which keeps its own pixels everywhere else.

What is added is the *change* that an edit makes, enlarged to the photo's size: so the photo's
own detail stays, also where a model draws far fewer pixels; where an edit removes what the detail
belongs to, it goes (`kept_structure`). Where nothing changes, or outside the mask, pixels are those
of the photo to the last bit.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageFilter

from latentstudio.core.errors import ShapeError
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.kept_structure import kept_structure

Pixels = NDArray[np.uint8]
Floats = NDArray[np.float32]

SEEN = (4.0, 12.0)
"""Of 255: a change below the first is none, above the second it is there wholly."""
SOFT = 0.03
"""Share of the frame over which edges of masks and of the frame itself fade."""
_ROWS = 512


@dataclass(frozen=True, slots=True, eq=False)
class Change:
    """What edits do to the square that a model sees.

    Attributes:
        by: (n, n, 3) float32: the edited picture less the reconstruction, in 8-bit steps.
        where: (n, n) float32, 0 to 1: how much of it is taken.
        within: (m, m) float32, 0 or 1, of any size: where the photo may change at all; None is
            everywhere. It is laid over the frame at the photo's size, so that its edge is as
            fine as it was painted, however small the model's pictures are.
        before: (n, n, 3) float32: the reconstruction.
        gone: (n, n) float32, 0 to 1: how much of the photo's detail, of what it has beside the
            reconstruction, goes.
    """

    by: Floats
    where: Floats
    within: Floats | None
    before: Floats
    gone: Floats


def change(
    before: Pixels, after: Pixels, mask: Floats | None = None, within: Floats | None = None
) -> Change:
    """What edits do.

    Args:
        before: The reconstruction without edits, (n, n, 3).
        after: With them.
        mask: (n, n), 0 to 1, where the photo may change; None takes whatever the edits change.
        within: See `Change`.

    Raises:
        ShapeError: Sizes differ.
    """
    if before.shape != after.shape or (mask is not None and mask.shape != before.shape[:2]):
        raise ShapeError("the two pictures and the mask have one size")
    by = after.astype(np.float32) - before.astype(np.float32)
    low, high = SEEN
    seen = ((np.abs(by).max(axis=2) - low) / (high - low)).clip(0, 1)
    where = _softened(seen) * _border(len(by))
    where = where if mask is None else where * mask
    gone = 1 - kept_structure(before, after)
    return Change(by, where, within, before.astype(np.float32), gone)


def put_back(photo: Pixels, crop: Crop, found: Change) -> Pixels:
    """The photo with a change in it, at its own size: (height, width, 3).

    Args:
        photo: (height, width, 3).
        crop: The frame that was cut out of it.
        found: Of the cut.
    """
    height, width = photo.shape[:2]
    left, top, right, bottom = crop.box(width, height)
    result = photo.copy()
    for start in range(top, bottom, _ROWS):
        stop = min(start + _ROWS, bottom)
        part = result[start:stop, left:right]
        share, added = _placed(crop, found, (left, start, right, stop), part)
        blended = (part + share[..., None] * added).round().clip(0, 255)
        part[:] = np.where(share[..., None] > 0, blended, part).astype(np.uint8)
    return result


def _placed(
    crop: Crop, found: Change, box: tuple[int, int, int, int], photo: Pixels
) -> tuple[Floats, Floats]:
    """Share (h, w) and change (h, w, 3) of the photo's pixels, (h, w, 3), in a box."""
    left, top, right, bottom = box

    def place(values: Floats, how: Image.Resampling) -> Floats:
        forward = np.vstack([crop.matrix(len(values)), [0, 0, 1]])
        matrix = np.linalg.inv(forward)[:2]
        matrix[:, 2] += matrix[:, :2] @ (left, top)
        moved = Image.fromarray(np.ascontiguousarray(values)).transform(
            (right - left, bottom - top), Image.Transform.AFFINE, matrix.flatten().tolist(), how
        )
        return np.asarray(moved, np.float32)

    share = place(found.where, Image.Resampling.BILINEAR).clip(0, 1)
    if found.within is not None:
        # Interpolated, no place outside has more than 3/4: its own 0 is the nearest of four.
        held = place(found.within, Image.Resampling.BILINEAR)
        share *= (4 * held - 3).clip(0, 1)
    gone, added = place(found.gone, Image.Resampling.BILINEAR).clip(0, 1), []
    for c in range(3):
        detail = photo[..., c] - place(found.before[..., c], Image.Resampling.BICUBIC)
        added.append(place(found.by[..., c], Image.Resampling.BICUBIC) - gone * detail)
    return share, np.stack(added, axis=2)


def _softened(seen: Floats) -> Floats:
    """A mask grown a little and with soft edges, so that nothing is cut."""
    reach = max(1, round(SOFT * len(seen)))
    picture = Image.fromarray((255 * seen).round().astype(np.uint8))
    grown = picture.filter(ImageFilter.MaxFilter(2 * reach + 1))
    soft = grown.filter(ImageFilter.GaussianBlur(reach / 2))
    return np.asarray(soft, np.float32) / np.float32(255)


def _border(size: int) -> Floats:
    """1 inside, fading to 0 at the frame's edge: (n, n)."""
    reach = max(2.0, SOFT * size)
    index = np.arange(size, dtype=np.float32)
    ramp = (np.minimum(index, size - 1 - index) / reach).clip(0, 1).astype(np.float32)
    return np.minimum(ramp[:, None], ramp[None])
