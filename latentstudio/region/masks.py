"""Masks: where a picture may change, 1 inside and 0 outside, soft values between."""

import warnings
from io import BytesIO
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import read_file

Mask = NDArray[np.float32]
"""(H, W), values from 0 to 1."""

MAX_BYTES = 64 * 1024 * 1024
MAX_SIDE = 8192


def box_mask(side: int, x: int, y: int, width: int, height: int) -> Mask:
    """A rectangle of a square picture.

    Args:
        side: Of the picture, in pixels.
        x: Left edge in pixels, from the picture's left.
        y: Top edge in pixels, from the picture's top.
        width: In pixels.
        height: In pixels.

    Raises:
        OptionError: The box is empty or reaches beyond the picture.
    """
    if width < 1 or height < 1 or min(x, y) < 0 or max(x + width, y + height) > side:
        raise OptionError(
            f"The box {x},{y},{width},{height} does not lie within the picture of {side} x {side} "
            "pixels. Give x,y,w,h in pixels."
        )
    mask = np.zeros((side, side), np.float32)
    mask[y : y + height, x : x + width] = 1
    return mask


def read_mask(path: Path, side: int) -> Mask:
    """A mask from a PNG: white may change, black stays; what is transparent stays, too.

    Args:
        path: The file; a square picture of any size.
        side: Of the picture it is for; another size is brought to it.

    Raises:
        FileError: Missing, damaged, too large, or no PNG.
        OptionError: It isn't square.
    """
    grey = _read(path)
    if grey.width != grey.height:
        raise OptionError(
            f"The mask {path.name} is {grey.width} x {grey.height} pixels; it has to be square, "
            "as the picture is."
        )
    if grey.width != side:
        grey = grey.resize((side, side), Image.Resampling.BOX)
    mask: Mask = np.asarray(grey, np.float32) / np.float32(255)
    return mask


def checked(mask: Mask) -> Mask:
    """A mask that separates something from something else.

    Raises:
        OptionError: Nothing or everything may change.
    """
    if not mask.any():
        raise OptionError("The mask is empty. Paint where the picture may change.")
    if (mask >= 1).all():
        raise OptionError(
            "The mask covers the whole picture, so there is nothing to keep. Paint a part of it."
        )
    return mask


def reduced(mask: Mask, side: int) -> Mask:
    """A mask at the working size: each value the mean of the pixels it stands for.

    Args:
        mask: (H, H).
        side: At most H.
    """
    if len(mask) == side:
        return mask
    small = Image.fromarray(mask, mode="F").resize((side, side), Image.Resampling.BOX)
    return np.asarray(small, np.float32).clip(0, 1)


def _read(path: Path) -> Image.Image:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked
            file = BytesIO(read_file(path))  # whose length bounds what a damaged chunk asks for
            with Image.open(file, formats=("PNG",)) as picture:
                if max(picture.size) > MAX_SIDE:
                    raise _too_large(path)
                return _grey(picture)
    except FileNotFoundError:
        raise FileError(f"There is no file {path}.") from None
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise FileError(f"{path.name} can't be read as a mask. Give a PNG.") from error


def _too_large(path: Path) -> FileError:
    return FileError(f"The mask {path.name} is too large. Give a smaller PNG.")


def _grey(picture: Image.Image) -> Image.Image:
    if picture.mode in ("I", "I;16", "I;16B", "F"):  # 16 bits: "L" would cut off, not scale
        values = np.asarray(picture, np.float32) / 257
        return Image.fromarray(values.round().clip(0, 255).astype(np.uint8), mode="L")
    both = picture.convert("LA")
    grey, alpha = both.split()
    return Image.composite(grey, Image.new("L", grey.size, 0), alpha)
