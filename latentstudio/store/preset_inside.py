"""What only a preset's numbers say: its masks, and how many points its paths have."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import Direction
from latentstudio.document.payloads import CurvedPath, Local
from latentstudio.exchange.presets import read_preset

_LARGEST = 64
"""Pixels of a mask's side that are kept: it is shown smaller."""
Small = NDArray[np.uint8]


@dataclass(frozen=True, slots=True, eq=False)
class Inside:
    """Of one preset.

    Attributes:
        path: Its file.
        masks: (h, w), 0 to 255, at most 64 a side, by id of a direction.
        points: Of directions that are paths, by id.
    """

    path: Path
    masks: Mapping[str, Small]
    points: Mapping[str, int]


def look_inside(path: Path) -> Job[Inside]:
    """Read all of a preset.

    Raises:
        PresetError: It can't be read.
    """
    yield Step(0.0)
    found = read_preset(path)
    masks, points = {}, {}
    for one in found.directions:
        digest = one.payload.mask if isinstance(one.payload, Local) else ""
        if digest in found.masks:
            masks[one.id] = _small(found.masks[digest])
        count = _points(one)
        if count:
            points[one.id] = count
    return Inside(path, masks, points)


def _points(one: Direction) -> int:
    payload = one.payload
    if isinstance(payload, CurvedPath):
        return len(payload.alphas)
    return len(payload.amounts) if isinstance(payload, Local) else 0


def _small(mask: NDArray[np.generic]) -> Small:
    """A mask, (h, w), with every n-th pixel, as bytes."""
    step = max(1, -(-max(mask.shape) // _LARGEST))
    some = mask[::step, ::step]
    scale = 1.0 if some.dtype == np.uint8 else 255.0
    shown: Small = np.clip(some.astype(np.float32) * scale, 0, 255).astype(np.uint8)
    return shown
