"""Animations of a walk, there and back: WebP (small, true colours) and GIF (shown anywhere)."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np
from PIL import Image

from latentstudio.core.errors import OptionError
from latentstudio.core.files import atomic_path
from latentstudio.export.images import Pixels, enlarged

ANIMATIONS = (".webp", ".gif")
FRAME_MS = 90
_SMALLEST = 128
"""Pixels of a side at least: smaller pictures are enlarged, or nobody sees them move."""
_WEBP = {"quality": 80, "method": 2}


def save_animation(frames: Sequence[Pixels], path: Path, *, ms: int = FRAME_MS) -> None:
    """Write frames as an endless animation that goes there and back.

    Args:
        frames: At least two of one size, (height, width, 3), sRGB.
        path: Its ending picks the form.
        ms: How long each frame stays, in milliseconds.

    Raises:
        OptionError: Another ending.
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
    """
    kind = path.suffix.lower()
    if kind not in ANIMATIONS:
        raise OptionError(f"{path.name} names no kind of animation. End it in .webp or .gif.")
    scale = -(-_SMALLEST // len(frames[0]))
    pictures = [enlarged(Image.fromarray(np.ascontiguousarray(f)), scale, True) for f in frames]
    first, *rest = pictures + pictures[-2:0:-1]
    more = dict(_WEBP) if kind == ".webp" else {"disposal": 1}
    with atomic_path(path) as temporary:
        first.save(
            temporary,
            format=kind[1:].upper(),
            save_all=True,
            append_images=rest,
            duration=ms,
            loop=0,
            **more,
        )
