"""Local directions of what is known of a picture, for one mask after another."""

from typing import Any

import numpy as np

from latentstudio.core.progress import Job
from latentstudio.region import registry
from latentstudio.region.masks import Mask, checked
from latentstudio.region.sharpening import Partial, PartialGrams
from latentstudio.region.subspace import Subspace


class LocalSolver:
    """Solves for directions while somebody paints.

    Args:
        partial: What is known of the picture.
        led: Leading tangents at most while a stroke lasts; None for all that are known.
    """

    def __init__(self, partial: Partial, led: int | None = None) -> None:
        self._grams = PartialGrams(partial, led)

    def solve(self, mask: Mask, options: Any, count: int) -> Job[Subspace]:
        """Directions of a mask, unit rows in the model's own coordinates, best first.

        Args:
            mask: (side, side), any size.
            options: Of one of `registry.METHODS`.
            count: Most directions.

        Raises:
            OptionError: A mask of nothing or everything, or an option out of its range.
        """
        inside, outside = self._grams.paint(checked(mask))
        rows = self._grams.rows(len(inside))
        count = min(count, len(inside))
        found = yield from registry.find(inside, outside, options, count)
        vectors = found.vectors @ rows
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return Subspace(vectors / np.maximum(lengths, 1e-12), found.values, found.rank)
