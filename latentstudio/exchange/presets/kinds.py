"""Whether a direction has all that its kind needs."""

from collections.abc import Mapping

import numpy as np

from latentstudio.core.spaces import Space
from latentstudio.document.direction import ChannelGroups, CurvedPath, Direction, Local


def problem(direction: Direction, dims: Mapping[str, int]) -> str:
    """What is wrong with a direction, as the end of a sentence about it, or empty.

    Args:
        direction: To be looked at.
        dims: Length of a latent in each space, as far as it is known.
    """
    wanted = dims.get(direction.space, dims.get(Space.W))
    if wanted is not None and direction.vector.shape[-1] != wanted:
        return f"has {direction.vector.shape[-1]} numbers where the model has {wanted}"
    payload = direction.payload
    if isinstance(payload, CurvedPath):
        return _path_problem(payload)
    if isinstance(payload, Local):
        return _local_problem(payload)
    return _groups_problem(payload) if isinstance(payload, ChannelGroups) else ""


def _path_problem(path: CurvedPath) -> str:
    missing = [name for name, array in path.arrays.items() if not array.size]
    if missing:
        return f"is a curved path without its {' and '.join(missing)}"
    support, alphas, gammas = path.support, path.alphas, path.gammas
    if support.ndim != 2 or support.shape[1:] != path.vector.shape:
        return f"is a curved path with support vectors of shape {support.shape}"
    if alphas.shape != support.shape[:1] or gammas.shape not in (alphas.shape, (1,)):
        return "is a curved path whose weights and widths don't fit its support vectors"
    return "" if bool((gammas > 0).all()) else "is a curved path with a width that is not above 0"


def _groups_problem(groups: ChannelGroups) -> str:
    if not groups.labels.size:
        return "doesn't say which group each channel is in"
    return "" if groups.layer else "doesn't say which inner layer its channels are of"


def _local_problem(local: Local) -> str:
    points, amounts = local.points, local.amounts
    if not points.size and not amounts.size:
        return ""
    if points.shape[1:] != local.vector.shape or amounts.shape != points.shape[:1]:
        return f"bends along points of shape {points.shape}, which don't fit it"
    rising = len(amounts) >= 2 and bool((np.diff(amounts) > 0).all())
    zero = amounts == 0
    if not rising or not zero.any() or points[zero].any():
        return "bends along points that don't rise through its start"
    return ""
