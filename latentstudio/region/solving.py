"""Local directions of what is known of a picture, for one mask after another."""

from collections.abc import Sequence
from typing import Any

import numpy as np

from latentstudio.core.progress import Job
from latentstudio.region import registry
from latentstudio.region.masks import Mask, checked
from latentstudio.region.progressive_jacobian import PartialGrams, PartialJacobian
from latentstudio.region.subspace import Matrix, Subspace


class LocalSolver:
    """Solves for directions while somebody paints.

    Args:
        partials: What is known of a picture, or of several: then the products are the means, so
            that what is found is local in each of them.
        led: Leading tangents at most while a stroke lasts; None for all that are known.
    """

    def __init__(self, partials: Sequence[PartialJacobian], led: int | None = None) -> None:
        self._grams = [PartialGrams(partial, led) for partial in partials]

    def solve(self, mask: Mask, options: Any, count: int) -> Job[Subspace]:
        """Directions of a mask, unit rows in the model's own coordinates, best first.

        Args:
            mask: (side, side), any size.
            options: Of one of `registry.METHODS`.
            count: Most directions.

        Raises:
            OptionError: A mask of nothing or everything, or an option out of its range.
        """
        inside, outside, rows = self._products(checked(mask))
        count = min(count, len(inside))
        found = yield from registry.find(inside, outside, options, count)
        vectors = found.vectors if rows is None else found.vectors @ rows
        lengths = np.linalg.norm(vectors, axis=1, keepdims=True)
        return Subspace(vectors / np.maximum(lengths, 1e-12), found.values, found.rank)

    def _products(self, mask: Mask) -> tuple[Matrix, Matrix, Matrix | None]:
        """M_f, M_b, and the rows of the basis that they refer to; None for the model's own."""
        if len(self._grams) == 1:
            inside, outside = self._grams[0].paint(mask)
            return inside, outside, self._grams[0].rows(len(inside))
        pairs = []
        for grams in self._grams:
            found = grams.paint(mask)
            rows = grams.rows(len(found[0]))
            pairs.append([rows.T @ product @ rows for product in found])
        inside, outside = (np.mean([pair[i] for pair in pairs], axis=0) for i in (0, 1))
        return inside, outside, None
