"""Edits put back into the whole photo, as a file of the photo's size."""

from pathlib import Path

import numpy as np

from latentstudio.core.progress import Job, Step
from latentstudio.document.assets import Assets
from latentstudio.document.state import Picture
from latentstudio.export.images import save_pixels
from latentstudio.inversion.blend import Floats, change, put_back
from latentstudio.inversion.crop import Crop
from latentstudio.inversion.pictures import Photo
from latentstudio.render.mask_images import painted
from latentstudio.render.renderer import Renderer


def _within(picture: Picture, assets: Assets) -> Floats | None:
    """Where masks let the photo change, (m, m) of 0 and 1; None where an edit has no mask."""
    uses = [edit.mask for edit in picture.active()]
    # What is blended by features reaches beyond its mask: it may change all of the photo's part.
    held = (use for use in uses if use is not None and use.protect and not use.features)
    masks = [painted(use, assets) for use in held]
    if not masks or len(masks) < len(uses):
        return None
    side = max(len(mask) for mask in masks)
    union = np.zeros((side, side), bool)
    for mask in masks:
        rows = np.arange(side) * len(mask) // side
        union |= mask[rows[:, None], rows]
    return union.astype(np.float32)


def save_blended(
    renderer: Renderer, photo: Photo, crop: Crop, picture: Picture, path: Path
) -> Job[Path]:
    """Write the whole photo with a picture's edits in it, at the photo's size.

    Where all edits are held to masks, the photo's own pixels stay outside of them.

    Raises:
        OptionError: The ending names no kind of picture.
        FileError: The folder can't be written to.
        ResourceError: The disk is full.
    """
    yield Step(0.1, "Rendering")
    before, after = renderer.pixels(picture.original()), renderer.pixels(picture)
    yield Step(0.4, "Blending")
    within = _within(picture, renderer.assets)
    result = put_back(photo.pixels, crop, change(before, after, within=within))
    yield Step(0.7, "Writing")
    save_pixels(result, path)
    return path
