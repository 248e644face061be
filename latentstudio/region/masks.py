"""Masks: where a picture may change, 1 inside and 0 outside, soft values between."""

import warnings
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import open_file

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

    Raises:
        OptionError: The box is empty or reaches beyond the picture.
    """
    high, wide = _pair(size)
    if width < 1 or height < 1 or min(x, y) < 0 or x + width > wide or y + height > high:
        raise OptionError(
            f"The box {x},{y},{width},{height} does not lie within the picture of {wide} x {high} "
            "pixels. Give x,y,w,h in pixels."
        )
    mask = np.zeros((high, wide), np.float32)
    mask[y : y + height, x : x + width] = 1
    return mask


def read_mask(path: Path, size: Size) -> Mask:
    """A mask from a PNG: white may change, black stays; what is transparent stays, too.

    Args:
        path: The file; a picture of any size, and of the shape of the picture it is for.
        size: Of that picture; another size is brought to it.

    Raises:
        FileError: Missing, damaged, too large, or no PNG.
        OptionError: It is of another shape.
    """
    grey = _read(path)
    height, width = _pair(size)
    if abs(grey.width * height - grey.height * width) >= max(height, width):
        shape = "square" if height == width else f"of the shape of {width} x {height}"
        raise OptionError(
            f"The mask {path.name} is {grey.width} x {grey.height} pixels; it has to be {shape}, "
            "as the picture is."
        )
    if grey.size != (width, height):
        grey = grey.resize((width, height), Image.Resampling.BOX)
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


def reduced(mask: Mask, size: Size) -> Mask:
    """A mask at the working size: each value the mean of the pixels it stands for.

    Args:
        mask: (H, W).
        size: At most (H, W).
    """
    height, width = _pair(size)
    if mask.shape == (height, width):
        return mask
    small = Image.fromarray(mask, mode="F").resize((width, height), Image.Resampling.BOX)
    return np.asarray(small, np.float32).clip(0, 1)


def _pair(size: Size) -> tuple[int, int]:
    return (size, size) if isinstance(size, int) else size


def _read(path: Path) -> Image.Image:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked
            with open_file(path) as file, Image.open(file, formats=("PNG",)) as picture:
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
