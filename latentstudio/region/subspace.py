"""The subspace of local directions that a method finds, and what its input must satisfy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.errors import OptionError

Matrix = NDArray[np.float64]


@dataclass(frozen=True, slots=True, eq=False)
class Subspace:
    """Local directions of a region with their values.

    Attributes:
        vectors: Unit rows (K, dim), float64, best first.
        values: (K,). ReSeFa: eigenvalues, how much stronger inside than outside. LowRankGAN:
            singular values of the region's low-rank part.
        rank: How many directions the method sees in the region at all.
    """

    vectors: NDArray[np.float64]
    values: NDArray[np.float64]
    rank: int


def check_numbers(*products: Matrix) -> None:
    """Refuse pictures that are no pictures.

    Raises:
        OptionError: Some values are no numbers.
    """
    if not all(np.isfinite(one).all() for one in products):
        raise OptionError(
            "This picture holds values that aren't numbers, so nothing can be said of its parts. "
            "Choose another one."
        )
