"""Preview strips from strangers: measured before anything unpacks them."""

import struct

from latentstudio.core.errors import PresetError

_PNG = b"\x89PNG\r\n\x1a\n"
_HEAD = struct.Struct(">8s4x4sII")
MOST_SIDE = 4096
MOST_PIXELS = 2**21
"""Of one strip: 2 megapixels."""


def check_strip(data: bytes, file: str, name: str) -> bytes:
    """The same bytes, where they begin as those of a PNG of a strip's size.

    Args:
        data: The picture.
        file: The preset's name, for messages.
        name: The preview's.

    Raises:
        PresetError: They don't.
    """
    if len(data) < _HEAD.size or not data.startswith(_PNG):
        raise PresetError(f"{file} holds a preview, {ascii(name)[:80]}, that isn't a PNG picture.")
    _, kind, width, height = _HEAD.unpack_from(data)
    small = 0 < width <= MOST_SIDE and 0 < height <= MOST_SIDE and width * height <= MOST_PIXELS
    if kind != b"IHDR" or not small:
        raise PresetError(
            f"{file} holds a preview, {ascii(name)[:80]}, of {width:,} × {height:,} pixels: "
            "no preview is so large."
        )
    return data
