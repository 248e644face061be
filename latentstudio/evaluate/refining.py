"""Making one list of what several methods found: doubles merged, signs and steps made alike.

Nothing here knows attributes. Of directions that look alike the one stays that changes its part of
the picture most; first come those that change a small part, each unlike those before. On the
built-in model this finds more attributes with the first 32 and 64 than an order by how far from
normal a direction's readout of samples is, by strength, or by how steady the change is
(`docs/figures/find.md`).
"""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.spaces import Space
from latentstudio.document.direction import Direction, Linear
from latentstudio.evaluate.change_maps import ChangeMaps

SAME = 0.8
"""Two directions whose common changes have this cosine are doubles."""
LEAST_CONSISTENCY = 0.05
"""Below it a direction does something else to every picture."""
LONGEST = 6.0
_STEPS = (0.5, 2.0)
_FARTHEST = 4.0
_FLOOR = 1e-3
_PICTURE_FLOOR = 0.05
_COORDINATES = 64

Floats = NDArray[np.float64]


def read_out(codes: NDArray[np.floating], vectors: NDArray[np.floating]) -> Floats:
    """Skewness (K,) of samples read along directions.

    They are read by the weights b = (covariance)^-1 a whose pattern is a direction a.

    Args:
        codes: Samples of the space, (N, dim).
        vectors: Directions a, (K, dim).
    """
    apart = codes.astype(np.float64) - codes.mean(0)
    covariance = apart.T @ apart / len(apart)
    floor = _FLOOR * np.trace(covariance) / len(covariance)
    weights = np.linalg.solve(covariance + floor * np.eye(len(covariance)), vectors.T)
    return _skewness(apart @ weights)


def read_pictures(pictures: NDArray[np.floating], maps: ChangeMaps) -> Floats:
    """Skewness (K,) of pictures read by what directions change on them.

    For models whose codes are normal by themselves, so that only pictures can tell.

    Args:
        pictures: Samples, centred, (N, C, side, side), of the maps' size.
        maps: What K directions change.
    """
    rows = pictures.reshape(len(pictures), -1).astype(np.float64)
    scale = rows.std(0) + _PICTURE_FLOOR
    rows = rows / scale
    values, axes = np.linalg.eigh(rows.T @ rows / len(rows))
    values, axes = values[-_COORDINATES:], axes[:, -_COORDINATES:]
    white = axes / np.sqrt(np.maximum(values, 1e-9))
    weights = white.T @ (maps.maps.mean(1).reshape(len(maps), -1) / scale).T
    return _skewness(rows @ white @ weights)


def _skewness(rows: Floats) -> Floats:
    seen = rows / np.maximum(rows.std(0), 1e-12)
    found: Floats = np.power(seen, 3).mean(0)
    return found


def distinct(maps: ChangeMaps, same: float = SAME) -> list[int]:
    """Rows to keep, those that change their part most first, none like one before it.

    Args:
        maps: What directions change.
        same: Cosine from which on two are the same.
    """
    alike, steady = np.abs(maps.alike()), maps.consistency()
    kept: list[int] = []
    for row in np.argsort(-maps.peak(), kind="stable").tolist():
        if steady[row] >= LEAST_CONSISTENCY and all(alike[row, other] < same for other in kept):
            kept.append(row)
    return kept


def best_first(maps: ChangeMaps, most: int) -> list[int]:
    """Rows in the order in which they are worth a look, at most so many.

    Each next one is local and unlike those before: the largest of its rank in locality (0 to 1)
    times 1 - c^2, c the largest cosine of its change with theirs.
    """
    alike, locality = np.square(maps.alike()), maps.locality()
    rank = np.searchsorted(np.sort(locality), locality, side="right") / max(len(maps), 1)
    unlike, chosen = np.ones(len(maps)), list[int]()
    while len(chosen) < min(most, len(maps)):
        row = int(np.argmax(rank * unlike))
        chosen.append(row)
        unlike = np.minimum(unlike, np.maximum(1.0 - alike[row], 1e-9))
        unlike[row] = -1.0
    return chosen


def turned(direction: Direction, sign: float) -> Direction:
    """A straight direction with its sign changed where `sign` is below 0."""
    payload = direction.payload
    if sign >= 0 or not isinstance(payload, Linear):
        return direction
    back = Linear(-payload.vector)
    return replace(direction, payload=back, low=-direction.high, high=-direction.low)


def with_equal_steps(
    directions: Sequence[Direction], strength: NDArray[np.floating], typical: float = 0.0
) -> list[Direction]:
    """Give all straight directions steps that change pictures equally much.

    None becomes less than half or more than twice as long as it was, and sliders end where they
    did, so that nothing is walked farther.

    Args:
        directions: K of them.
        strength: Change that each makes with its present step, (K,).
        typical: Change that a step is to make; 0 for the median of theirs.
    """
    if not len(directions):
        return []
    typical = typical or float(np.median(strength))
    factors = np.clip(typical / np.maximum(strength, 1e-9), *_STEPS)
    return [_scaled(one, float(f)) for one, f in zip(directions, factors, strict=True)]


def _scaled(direction: Direction, factor: float) -> Direction:
    if not isinstance(direction.payload, Linear):
        return direction
    far = _FARTHEST if direction.space is not Space.Z else LONGEST
    reach = min(LONGEST, far / factor)
    return replace(direction, unit=direction.unit * factor, low=-reach, high=reach)
