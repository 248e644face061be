"""What local directions leak, seen on real pictures: measured, and noted in the directions."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import Direction, DirectionSet
from latentstudio.engine.generator import Noise
from latentstudio.region.leak import Leak, measure
from latentstudio.region.masks import Mask
from latentstudio.region.subspace import Subspace
from latentstudio.render.pipeline import Latents, Move, Pipeline

VISIBLE = 0.25
"""Mean |change| inside the mask, of a range of 2, that a slider should reach."""
MOST_REACH = 3
"""Times as far as other sliders it may go for that."""
AMOUNT = 2.0
"""Amount, to both sides, at which the leak of the real edit is measured."""


def real_leaks(
    pipeline: Pipeline, latents: Latents, noise: Noise, mask: Mask, directions: DirectionSet
) -> Job[tuple[Leak, ...]]:
    """Leak of each direction as its pictures show it, mean over all of them.

    The mask is (H, W), the pictures' size, 0 to 1.
    """
    still, count = pipeline.images(latents, noise), len(latents)
    both = latents.take([*range(count), *range(count)])
    amounts = [-AMOUNT] * count + [AMOUNT] * count
    found: list[Leak] = []
    for index, direction in enumerate(directions.directions):
        yield Step(index / len(directions), "Measuring what leaks")
        moved = pipeline.apply(both, [Move(direction, amounts)])
        away = pipeline.images(moved, noise) - torch.cat([still, still])
        change = away.abs().mean(0).cpu().numpy()
        found.append(measure(change, mask))
    return tuple(found)


def noted(
    directions: DirectionSet, found: Subspace, predicted: Sequence[Leak], real: Sequence[Leak]
) -> DirectionSet:
    """The same directions, with what was measured."""

    def noted(direction: Direction, value: float, model: Leak, leak: Leak) -> Direction:
        strength = leak.strength / AMOUNT
        measured = {
            "eigenvalue": float(value),
            "predicted_leak": _finite(model.ratio),
            "leak": _finite(leak.ratio),
            "locality": leak.local,
            "strength": strength,
        }
        if direction.payload.arrays:  # a path ends where it ends
            return replace(direction, measured=measured)
        reach = _reach(direction.high, strength)
        return replace(direction, low=-reach, high=reach, measured=measured)

    rows = zip(directions.directions, found.values, predicted, real, strict=True)
    return replace(directions, directions=tuple(noted(*row) for row in rows))


def _reach(usual: float, strength: float) -> float:
    """Greatest amount a slider offers: a local change is small, so usually more than elsewhere."""
    wanted = VISIBLE / strength if strength else np.inf
    return round(min(max(usual, wanted), MOST_REACH * usual))


def _finite(ratio: float) -> float | None:
    """A leak as files hold it: None where nothing changes inside."""
    return ratio if np.isfinite(ratio) else None
