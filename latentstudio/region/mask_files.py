"""Masks from and to picture files: what is white may change, what is black stays.

What counts in a file, decided once: the picture is turned as its EXIF data says; grey is what the
colours look like (CMYK and palettes too); 16 bits are scaled; what is transparent stays, and where
all colours are the same the transparency alone is the mask.
"""

import io
import warnings
from pathlib import Path

import numpy as np
from PIL import Image, ImageOps

from latentstudio.core.errors import FileError, OptionError
from latentstudio.core.files import read_file, write_bytes
from latentstudio.region.masks import MAX_BYTES, MAX_SIDE, Mask, Size, sides

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF", "BMP")
_DEEP = ("I", "I;16", "I;16B", "I;16L", "F")


def read_mask(path: Path, size: Size, rescale: bool = True) -> Mask:
    """A mask from a picture file.

    Args:
        path: The file.
        size: Height and width of the mask wanted.
        rescale: Bring a picture of another size, and of the same shape, to it; else such a
            picture is refused.

    Returns:
        (H, W) of the size wanted, 0 to 1.

    Raises:
        FileError: Missing, damaged, too large, or no picture.
        OptionError: Another size, and not to be rescaled; or another shape.
    """
    grey = _read(path)
    height, width = sides(size)
    if abs(grey.width * height - grey.height * width) >= max(height, width):
        shape = "square" if height == width else f"of the shape of {width} x {height}"
        raise OptionError(
            f"The mask {path.name} is {grey.width} x {grey.height} pixels; it has to be {shape}, "
            "as the picture is."
        )
    if grey.size != (width, height):
        if not rescale:
            raise OptionError(
                f"The mask {path.name} is {grey.width} x {grey.height} pixels and the picture "
                f"{width} x {height}. Let it be rescaled, or choose another."
            )
        grey = grey.resize((width, height), Image.Resampling.BOX)
    mask: Mask = np.asarray(grey, np.float32) / np.float32(255)
    return mask


def write_mask(mask: Mask, path: Path) -> None:
    """Write a mask as a grey PNG of 16 bits, which reads as the same to 1/65535.

    The mask is (H, W), 0 to 1; what is outside is clipped.

    Raises:
        FileError: It can't be written there.
    """
    deep = (mask.astype(np.float64) * 65535).round().clip(0, 65535).astype(np.uint16)
    held = io.BytesIO()
    Image.fromarray(deep).save(held, format="PNG")
    write_bytes(path, held.getvalue())


def _read(path: Path) -> Image.Image:
    try:
        if path.stat().st_size > MAX_BYTES:
            raise _too_large(path)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore", Image.DecompressionBombWarning)  # the size is checked
            file = io.BytesIO(read_file(path))  # whose length bounds what a damaged chunk asks for
            with Image.open(file, formats=FORMATS) as picture:
                if max(picture.size) > MAX_SIDE:
                    raise _too_large(path)
                return _grey(ImageOps.exif_transpose(picture))
    except FileNotFoundError:
        raise FileError(f"There is no file {path}.") from None
    except Image.DecompressionBombError as error:
        raise _too_large(path) from error
    except (OSError, ValueError, SyntaxError) as error:
        raise FileError(f"{path.name} can't be read as a mask. Give a PNG.") from error


def _too_large(path: Path) -> FileError:
    return FileError(f"The mask {path.name} is too large. Give a smaller PNG.")


def _grey(picture: Image.Image) -> Image.Image:
    """8 bits of grey; what is transparent is black."""
    if picture.mode in _DEEP:  # 16 bits: "L" would cut off, not scale
        values = np.asarray(picture, np.float32) / 257
        return Image.fromarray(values.round().clip(0, 255).astype(np.uint8))
    if picture.mode in ("CMYK", "YCbCr", "LAB", "HSV"):
        picture = picture.convert("RGB")
    seen = picture.convert("RGBA") if picture.mode == "P" else picture
    grey, alpha = seen.convert("LA").split()
    low, high = grey.getextrema()
    soft = alpha.getextrema() != (255, 255)
    if soft and low == high:
        return alpha
    return Image.composite(grey, Image.new("L", grey.size, 0), alpha)
