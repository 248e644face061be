"""Masks: where a picture may change, 1 inside and 0 outside, soft values between."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentstudio.core.errors import OptionError

Mask = NDArray[np.float32]
"""(H, W), values from 0 to 1."""

MAX_BYTES = 64 * 1024 * 1024
MAX_SIDE = 8192


Size = int | tuple[int, int]
"""Height and width of a picture in pixels, or the side of a square one."""


def box_mask(size: Size, x: int, y: int, width: int, height: int) -> Mask:
    """A rectangle of a picture.

    Args:
        size: Of the picture.
        x: Left edge in pixels, from the picture's left.
        y: Top edge in pixels, from the picture's top.
        width: In pixels.
        height: In pixels.

    Returns:
        (H, W), the picture's: 1 in the box and 0 outside.

    Raises:
        OptionError: The box is empty or reaches beyond the picture.

    Example:
        >>> box_mask((2, 4), x=1, y=0, width=2, height=1).tolist()
        [[0.0, 1.0, 1.0, 0.0], [0.0, 0.0, 0.0, 0.0]]
    """
    high, wide = sides(size)
    if width < 1 or height < 1 or min(x, y) < 0 or x + width > wide or y + height > high:
        raise OptionError(
            f"The box {x},{y},{width},{height} does not lie within the picture of {wide} x {high} "
            "pixels. Give x,y,w,h in pixels."
        )
    mask = np.zeros((high, wide), np.float32)
    mask[y : y + height, x : x + width] = 1
    return mask


def checked(mask: Mask) -> Mask:
    """A mask that separates something from something else: (H, W), given back as it is.

    Raises:
        OptionError: Nothing or everything may change, or it is no mask.
    """
    if not np.isfinite(mask).all():
        raise OptionError("The mask holds values that aren't numbers. Paint it anew.")
    if not mask.any():
        raise OptionError("The mask is empty. Paint where the picture may change.")
    if (mask >= 1).all():
        raise OptionError(
            "The mask covers the whole picture, so there is nothing to keep. Paint a part of it."
        )
    return mask


def reduced(mask: Mask, size: Size) -> Mask:
    """A mask at the working size: each value the mean of the pixels it stands for.

    Args:
        mask: (H, W); one that is not square may be brought to a square, too.
        size: Of the result: its side, or height and width.
    """
    height, width = sides(size)
    if mask.shape == (height, width):
        return mask
    small = Image.fromarray(mask, mode="F").resize((width, height), Image.Resampling.BOX)
    return np.asarray(small, np.float32).clip(0, 1)


def sides(size: Size) -> tuple[int, int]:
    """Height and width."""
    return (size, size) if isinstance(size, int) else size
