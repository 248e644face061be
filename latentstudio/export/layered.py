"""Layers as files for paint programs: PSD by psd-tools."""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from latentstudio.core.files import atomic_path

PSD = ".psd"
_LONGEST = 120
"""Characters of a layer's name."""


@dataclass(frozen=True, slots=True, eq=False)
class Layer:
    """A layer as paint programs have it.

    Attributes:
        name: What it is called.
        pixels: (height, width, 3), 8 bits.
        mask: (height, width), 8 bits, or None.
    """

    name: str
    pixels: NDArray[np.uint8]
    mask: NDArray[np.uint8] | None = None


def write_psd(layers: Sequence[Layer], merged: NDArray[np.uint8], path: Path) -> None:
    """Write layers as a Photoshop document, which Krita, GIMP and Affinity read too.

    The old file stays whole until the new one is complete.

    Args:
        layers: The lowest first, all of one size.
        merged: What they look like together, (height, width, 3), 8 bits.
        path: Where to.

    Raises:
        FileError: The folder cannot be written to.
        ResourceError: The disk is full.
    """
    from psd_tools import PSDImage  # takes a while to import, and few sessions need it
    from psd_tools.constants import Tag

    document = PSDImage.frompil(Image.fromarray(np.ascontiguousarray(merged)))
    for layer in layers:
        picture = Image.fromarray(np.ascontiguousarray(layer.pixels))
        made = document.create_pixel_layer(picture, name=_old(layer.name))
        made.tagged_blocks.set_data(Tag.UNICODE_LAYER_NAME, layer.name[:_LONGEST])
        if layer.mask is not None:
            made.create_mask(Image.fromarray(layer.mask))
    with atomic_path(path) as temporary:
        document.save(temporary)


def _old(name: str) -> str:
    """A name for readers that know Mac OS Roman only."""
    return name[:_LONGEST].encode("macroman", errors="replace").decode("macroman")
