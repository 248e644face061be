"""Whether a direction has all that its kind needs."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.spaces import Space
from latentstudio.document import groups
from latentstudio.document.direction import Direction

_MOST_GROUPS = 1000


def problem(direction: Direction, dims: Mapping[str, int]) -> str:
    """What is wrong with a direction, as the end of a sentence about it, or empty.

    Args:
        direction: To be looked at.
        dims: Length of a latent in each space, as far as it is known.
    """
    wanted = dims.get(direction.space, dims.get(Space.W))
    if wanted is not None and direction.vector.shape[-1] != wanted:
        return f"has {direction.vector.shape[-1]} numbers where its model has {wanted}"
    if direction.kind == "rbf":
        return _path_problem(direction)
    return _groups_problem(direction) if direction.kind == "channels" else ""


def _path_problem(direction: Direction) -> str:
    missing = [name for name in ("support", "alphas", "gammas") if name not in direction.arrays]
    if missing:
        return f"is a curved path without its {' and '.join(missing)}"
    support, alphas, gammas = (direction.arrays[n] for n in ("support", "alphas", "gammas"))
    if support.ndim != 2 or support.shape[1:] != direction.vector.shape or not len(support):
        return f"is a curved path with support vectors of shape {support.shape}"
    if alphas.shape != support.shape[:1] or gammas.shape not in (alphas.shape, (1,)):
        return "is a curved path whose weights and widths don't fit its support vectors"
    return "" if _positive(gammas) else "is a curved path with a width that is not above 0"


def _groups_problem(direction: Direction) -> str:
    found = direction.arrays.get(groups.LABELS, np.empty(0, np.float32))
    whole = found.ndim == 1 and len(found) and bool((found == np.rint(found)).all())
    if not whole or not 0 <= found.min() <= found.max() < _MOST_GROUPS:
        return "doesn't say which group each channel is in"
    return "" if groups.layer(direction) else "doesn't say which inner layer its channels are of"


def _positive(values: NDArray[np.float32]) -> bool:
    return bool((values > 0).all())
