"""What the window is told of a file of latents; no torch, no Qt."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.spaces import Space

MOST = 25
"""Pictures taken from one file: the one that is shown, and 24 for the strip."""


@dataclass(frozen=True, slots=True, eq=False)
class LatentPictures:
    """What a file of latents holds.

    Attributes:
        name: The file's.
        codes: The first `MOST`, (dim,) float32 each, or (layers, dim) in W+.
        space: Where they live.
        count: How many there are in the file.
    """

    name: str
    codes: tuple[NDArray[np.float32], ...]
    space: Space
    count: int
