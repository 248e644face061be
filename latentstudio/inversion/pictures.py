"""Opening somebody's own picture: any usual file becomes upright 8-bit sRGB pixels.

The size is looked at before anything is decoded. What was done on the way that a person may
want to know (a colour profile that could not be read, the first of several frames) is said in
short sentences.
"""

import hashlib
import io
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, ImageOps

from latentstudio.core.errors import FileError, ResourceError
from latentstudio.core.files import read_file

Pixels = NDArray[np.uint8]
"""(height, width, 3), sRGB."""

FORMATS = ("PNG", "JPEG", "WEBP", "TIFF")
ENDINGS = (".png", ".jpg", ".jpeg", ".webp", ".tif", ".tiff")
MAX_BYTES = 512 * 1024 * 1024
MAX_SIDE = 20_000
MAX_PIXELS = 100_000_000
"""300 MB as pixels; turning and converting takes three times as much for a moment."""
LARGEST_COPY = 32 * 1024 * 1024
"""Bytes of a photo's file up to which it is kept with the documents that use it."""
WHITE = (255, 255, 255)

_CMYK, _LAB = "CMYK", "LAB"
_BROKEN = (OSError, ValueError, SyntaxError, EOFError, MemoryError, IndexError, TypeError)


@dataclass(frozen=True, slots=True, eq=False)
class Photo:
    """A picture of one's own.

    Attributes:
        pixels: (height, width, 3) uint8, sRGB, the right way up.
        name: What to call it: the file's name.
        notes: What was done that isn't seen, a sentence each.
        file: The bytes it was read from; empty where they are too many to be kept with a
            document (`LARGEST_COPY`), or not known.
        digest: SHA-256 of the file, or empty where it isn't known.
    """

    pixels: Pixels
    name: str
    notes: tuple[str, ...] = ()
    file: bytes = b""
    digest: str = ""

    @property
    def width(self) -> int:
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        return int(self.pixels.shape[0])


def read_photo(path: Path, background: tuple[int, int, int] = WHITE) -> Photo:
    """Read a picture's file.

    Args:
        path: PNG, JPEG, WebP or TIFF.
        background: sRGB colour under what is transparent.

    Raises:
        FileError: Missing, damaged, empty, no picture, or larger than can be opened.
        ResourceError: Memory ran out while it was decoded.
    """
    try:
        size = path.stat().st_size
        if size > MAX_BYTES:
            raise _too_large(path.name, f"the file has {size / 1e6:,.0f} MB")
        data = read_file(path)
    except FileNotFoundError:
        raise FileError(f"There is no file {path}. Check the path.") from None
    except IsADirectoryError:
        raise FileError(f"{path} is a folder. Give a picture.") from None
    except OSError as error:
        reason = (error.strerror or str(error)).lower()
        raise FileError(f"{path} can't be read ({reason}).") from error
    return decode_photo(data, path.name, background)


def decode_photo(data: bytes, name: str, background: tuple[int, int, int] = WHITE) -> Photo:
    """The same from memory, as a paste brings it; errors as `read_photo`."""
    notes: list[str] = []
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # sizes are checked here, and odd tags don't matter
            with Image.open(io.BytesIO(data), formats=FORMATS) as opened:
                _check_size(opened, name)
                if getattr(opened, "n_frames", 1) > 1 and opened.format != "MPO":
                    notes.append(f"{name} holds several frames; the first one was taken.")
                pixels = _pixels(opened, notes, background)
    except MemoryError as error:
        raise ResourceError(f"{name} needs more memory than is free. Make it smaller.") from error
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise _too_large(name, "it holds too many pixels") from error
    except _BROKEN as error:
        raise FileError(
            f"{name} isn't a picture that can be read. Give a PNG, JPEG, WebP or TIFF file."
        ) from error
    file = data if len(data) <= LARGEST_COPY else b""
    return Photo(pixels, name, tuple(notes), file, hashlib.sha256(data).hexdigest())


def _check_size(picture: Image.Image, name: str) -> None:
    width, height = picture.size
    if width < 1 or height < 1:
        raise FileError(f"{name} has no pixels. Give another picture.")
    if max(width, height) > MAX_SIDE or width * height > MAX_PIXELS:
        raise _too_large(name, f"it has {width:,} x {height:,} pixels")


def _pixels(picture: Image.Image, notes: list[str], background: tuple[int, int, int]) -> Pixels:
    profile = picture.info.get("icc_profile")
    upright = ImageOps.exif_transpose(picture)
    alpha = _alpha(upright)
    colours = _to_srgb(_eight_bits(upright), profile, notes)
    if alpha is not None:
        under = Image.new("RGB", colours.size, background)
        colours = Image.composite(colours, under, alpha)
    return np.array(colours, np.uint8)  # own memory


def _alpha(picture: Image.Image) -> Image.Image | None:
    """What is transparent, or None where nothing is."""
    if picture.mode in ("RGBA", "LA", "PA"):
        return picture.getchannel("A")
    if picture.mode in ("RGBa", "La") or "transparency" in picture.info:
        return picture.convert("RGBA").getchannel("A")
    return None


def _eight_bits(picture: Image.Image) -> Image.Image:
    """Modes with 8 bits a channel: L, RGB, CMYK or LAB."""
    if picture.mode.startswith(("I", "F")):  # "L" would cut such values off, not scale them
        return Image.fromarray(_scaled(np.asarray(picture, np.float32)))
    if picture.mode in ("L", "RGB", _CMYK, _LAB):
        return picture
    return picture.convert("L" if picture.mode in ("1", "LA", "La") else "RGB")


def _scaled(values: NDArray[np.float32]) -> Pixels:
    """16-bit or decimal grey as 8 bits: decimals of 0 to 1 are 0 to 255."""
    known = np.nan_to_num(values, nan=0.0, posinf=0.0, neginf=0.0)
    most = float(known.max(initial=0.0))
    factor = 255.0 if most <= 1 else 1.0 if most <= 255 else 1 / 257
    return (known * factor).round().clip(0, 255).astype(np.uint8)


def _to_srgb(picture: Image.Image, profile: Any, notes: list[str]) -> Image.Image:
    """Colours by the file's profile, or as its mode usually means."""
    if isinstance(profile, bytes) and profile:
        try:
            source = ImageCms.ImageCmsProfile(io.BytesIO(profile))
            made = ImageCms.profileToProfile(
                picture, source, ImageCms.createProfile("sRGB"), outputMode="RGB"
            )
            if made is not None:
                return made
        except (ImageCms.PyCMSError, OSError, ValueError):
            notes.append("The colour profile could not be read, so colours may look different.")
    if picture.mode == _LAB:
        lab, srgb = ImageCms.createProfile("LAB"), ImageCms.createProfile("sRGB")
        made = ImageCms.profileToProfile(picture, lab, srgb, outputMode="RGB")
        return picture.convert("RGB") if made is None else made
    if picture.mode == _CMYK and not profile:
        notes.append(
            "It is made for print (CMYK) without a profile, so colours may look different."
        )
    return picture.convert("RGB")


def _too_large(name: str, why: str) -> FileError:
    return FileError(
        f"{name} is too large: {why}. Pictures may have {MAX_SIDE:,} pixels on a side and "
        f"{MAX_PIXELS // 10**6} million in all."
    )
