"""What directions change on pictures: small maps of the change, measured on a few starts."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import torch
import torch.nn.functional as nnf
from numpy.typing import NDArray

from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import Direction
from latentstudio.evaluate.predictor import Predictor, as_colour
from latentstudio.evaluate.shape_words import MEASURES, shapes_of
from latentstudio.evaluate.traversing import Traverser

SIDE = 16
REACH = 2.0
"""How many units to either side directions are walked."""
_PEAK = 1 / 32
"""Part of a picture's pixels that is looked at for the largest change."""

Floats = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class ChangeMaps:
    """The change of pictures that K directions make, from S starts.

    Attributes:
        maps: (K, S, C, side, side): half the difference of the pictures at both ends.
        readings: (K, S, 3, A): attributes at the lower end, the start and the upper end; A is 0
            without a predictor.
        shapes: (K, S, 2, M): of the figure at both ends, see `shape_words.shapes_of`; M is 0 with
            a predictor, which says more.
    """

    maps: Floats
    readings: Floats
    shapes: Floats

    def __len__(self) -> int:
        return len(self.maps)

    def take(self, rows: Sequence[int]) -> "ChangeMaps":
        """Those of some directions."""
        index = list(rows)
        return ChangeMaps(self.maps[index], self.readings[index], self.shapes[index])

    def joined(self, other: "ChangeMaps") -> "ChangeMaps":
        """These and then those."""
        return ChangeMaps(
            np.concatenate([self.maps, other.maps]),
            np.concatenate([self.readings, other.readings]),
            np.concatenate([self.shapes, other.shapes]),
        )

    def strength(self) -> Floats:
        """Root mean square change, (K,)."""
        found: Floats = np.sqrt(np.square(self.maps).mean((1, 2, 3, 4)))
        return found

    def locality(self) -> Floats:
        """1 less the share of the picture that an even change of the same kind covers, (K,)."""
        size = self._sizes()
        squares = np.maximum(np.square(size).sum(1), 1e-12) * size.shape[1]
        found: Floats = 1.0 - np.square(size.sum(1)) / squares
        return found

    def peak(self) -> Floats:
        """How much that part of the picture changes that changes most, (K,)."""
        size = np.sort(self._sizes(), axis=1)
        found: Floats = size[:, -max(1, round(_PEAK * size.shape[1])) :].mean(1)
        return found

    def _sizes(self) -> Floats:
        """Root mean square change of each pixel over starts and colours, (K, side side)."""
        found: Floats = np.sqrt(np.square(self.maps).mean((1, 2))).reshape(len(self), -1)
        return found

    def mean_directions(self) -> Floats:
        """The change common to all starts, at unit length: (K, C side side).

        Every start counts alike, however much it changes.
        """
        rows = self.maps.reshape(*self.maps.shape[:2], -1)
        rows = rows / np.maximum(np.linalg.norm(rows, axis=2, keepdims=True), 1e-9)
        mean = rows.mean(1)
        found: Floats = mean / np.maximum(np.linalg.norm(mean, axis=1, keepdims=True), 1e-9)
        return found

    def alike(self) -> Floats:
        """Cosine of the common changes of every two directions, (K, K)."""
        rows = self.mean_directions()
        found: Floats = rows @ rows.T
        return found

    def consistency(self) -> Floats:
        """Mean cosine of a direction's changes from two different starts, (K,)."""
        rows = self.maps.reshape(*self.maps.shape[:2], -1)
        rows = rows / np.maximum(np.linalg.norm(rows, axis=2, keepdims=True), 1e-9)
        many = rows.shape[1]
        found: Floats = (np.square(rows.sum(1)).sum(1) - many) / max(many * (many - 1), 1)
        return found


@torch.no_grad()
def change_maps(
    guide: Traverser,
    directions: Sequence[Direction],
    predictor: Predictor | None = None,
    reach: float = REACH,
) -> Job[ChangeMaps]:
    """Walk directions to both sides of every start of a pool and see what changes.

    Args:
        guide: Makes the pictures.
        directions: K of them.
        predictor: Reads attributes off the same pictures, or None.
        reach: How far, in units.
    """
    channels, side = guide.generator.info.channels, min(SIDE, guide.generator.info.resolution)
    many = len(guide.pool)
    maps = np.zeros((len(directions), many, channels, side, side), np.float32)
    readings = np.zeros(
        (len(directions), many, 3, len(predictor.attributes) if predictor else 0), np.float32
    )
    shapes = np.zeros((len(directions), many, 2, 0 if predictor else MEASURES), np.float32)
    for start in range(many):
        own = guide.images(directions[0], start, [0.0]).clamp(-1.0, 1.0) if directions else None
        for row, direction in enumerate(directions):
            ends = guide.images(direction, start, [-reach, reach]).clamp(-1.0, 1.0)
            half = (ends[1:] - ends[:1]) / 2
            maps[row, start] = nnf.adaptive_avg_pool2d(half, side)[0].float().cpu().numpy()
            if predictor is None:
                shapes[row, start] = shapes_of(ends)
            elif own is not None:
                three = torch.cat([ends[:1], own, ends[1:]]).cpu()
                readings[row, start] = predictor.read(as_colour(three)).float().numpy()
            done = (start * len(directions) + row + 1) / (many * len(directions))
            yield Step(done, f"Seeing what {direction.name} changes")
    return ChangeMaps(maps, readings, shapes)
