"""Pictures as files: PNG, WebP and JPEG, 8 bit, marked as sRGB."""

import functools
import io
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageCms, PngImagePlugin

from latentstudio.core.errors import OptionError
from latentstudio.core.files import atomic_path
from latentstudio.export.metadata import NOTHING, PictureMetadata, add_chunks, settings_for

Pixels = NDArray[np.uint8]
"""(height, width, 3), sRGB; with a fourth channel for alpha."""

FORMATS = {".png": "PNG", ".webp": "WEBP", ".jpg": "JPEG", ".jpeg": "JPEG"}
"""File name endings and what they mean."""

QUALITY = 95
"""Of JPEG where none is asked for."""
LOSSLESS = 100
"""The quality from which on WebP loses nothing."""

_RELATIVE_COLORIMETRIC = b"\x01"


def save_pixels(
    pixels: Pixels,
    path: Path,
    *,
    scale: int = 1,
    smooth: bool = True,
    quality: int | None = None,
    metadata: PictureMetadata = NOTHING,
) -> None:
    """Write one picture; the old file stays whole until the new one is complete.

    Args:
        pixels: (height, width, 3), sRGB, or (height, width, 4) with alpha, which PNG and WebP
            keep and JPEG shows on white.
        path: Its ending picks the format. PNG loses nothing.
        scale: How many times larger to save it.
        smooth: Lanczos when enlarging, else each pixel becomes a square.
        quality: Of JPEG and WebP, 1 to 100; None is 95 for JPEG and lossless for WebP.
        metadata: What the file says of itself.

    Raises:
        OptionError: The ending names none of the formats, or there is no such quality.
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
    """
    kind = FORMATS.get(path.suffix.lower())
    if kind is None:
        raise OptionError(
            f"{path.name} names no kind of picture. End it in .png, .webp or .jpg to save it."
        )
    data = encoded(pixels, kind, scale=scale, smooth=smooth, quality=quality, metadata=metadata)
    with atomic_path(path) as temporary:
        temporary.write_bytes(data)


def encoded(
    pixels: Pixels,
    kind: str,
    *,
    scale: int = 1,
    smooth: bool = True,
    quality: int | None = None,
    metadata: PictureMetadata = NOTHING,
) -> bytes:
    """The bytes of a picture's file.

    Args:
        pixels: As `save_pixels` takes them, (height, width, 3) or (height, width, 4).
        kind: ``PNG``, ``WEBP`` or ``JPEG``.
        scale: How many times larger.
        smooth: How it is enlarged.
        quality: As `save_pixels` has it.
        metadata: What the file says of itself.

    Raises:
        OptionError: There is no such scale or quality.
    """
    if quality is not None and not 1 <= quality <= LOSSLESS:
        raise OptionError(f"A picture can't have the quality {quality}. Choose 1 to 100.")
    picture = enlarged(Image.fromarray(np.ascontiguousarray(pixels)), scale, smooth)
    if kind == "JPEG" and picture.mode == "RGBA":
        white = Image.new("RGBA", picture.size, "white")
        picture = Image.alpha_composite(white, picture).convert("RGB")
    made = io.BytesIO()
    picture.save(made, format=kind, **_settings(kind, quality, metadata))
    return made.getvalue()


def resized(pixels: NDArray[np.uint8], scale: int, smooth: bool) -> NDArray[np.uint8]:
    """Pixels or a mask, (height, width) or (height, width, C), a whole number of times larger.

    Raises as `enlarged`.
    """
    return np.asarray(enlarged(Image.fromarray(np.ascontiguousarray(pixels)), scale, smooth))


def png_bytes(pixels: Pixels, most: int) -> bytes:
    """A picture as a PNG file, reduced to at most `most` pixels a side.

    Pixels are (height, width, 3 or 4).
    """
    picture = Image.fromarray(np.ascontiguousarray(pixels))
    picture.thumbnail((most, most), Image.Resampling.BOX)
    made = io.BytesIO()
    picture.save(made, format="PNG", **_settings("PNG", None, NOTHING))
    return made.getvalue()


def enlarged(picture: Image.Image, scale: int, smooth: bool) -> Image.Image:
    """A picture a whole number of times larger.

    Raises:
        OptionError: The scale is not 1 to 16, or the result has a side above 16,383 pixels
            (WebP's limit).
    """
    if scale == 1:
        return picture
    size = (picture.width * scale, picture.height * scale)
    if not 1 <= scale <= 16 or max(size) > 16_383:
        raise OptionError(f"A picture can't be saved {scale} times as large. Choose 1 to 16.")
    return picture.resize(size, Image.Resampling.LANCZOS if smooth else Image.Resampling.NEAREST)


def _settings(kind: str, quality: int | None, metadata: PictureMetadata) -> dict[str, Any]:
    if kind == "PNG":
        chunks = PngImagePlugin.PngInfo()
        chunks.add(b"sRGB", _RELATIVE_COLORIMETRIC)
        add_chunks(chunks, metadata)
        return {"pnginfo": chunks}
    more = {"icc_profile": srgb_profile(), **settings_for(kind, metadata)}
    if kind == "WEBP":
        lossless = quality is None or quality >= LOSSLESS
        return {"lossless": True, **more} if lossless else {"quality": quality, **more}
    return {"quality": quality or QUALITY, "subsampling": 0, **more}


@functools.cache
def srgb_profile() -> bytes:
    """An ICC profile of sRGB, the same bytes every time."""
    profile = bytearray(ImageCms.ImageCmsProfile(ImageCms.createProfile("sRGB")).tobytes())
    # ICC.1:2022, 7.2: bytes 24 to 35 are the date it was made, 84 to 99 a checksum over it.
    profile[24:36] = bytes(12)
    profile[84:100] = bytes(16)
    return bytes(profile)
