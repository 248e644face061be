"""What one direction changes, read by the predictor made for the open model."""

import numpy as np
import torch

from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import Direction, ModelKey
from latentstudio.engine.generator import Generator
from latentstudio.evaluate.attributes import AttributeReader
from latentstudio.evaluate.messages import Changes
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.ranking import Ranking
from latentstudio.evaluate.tables import rank_values
from latentstudio.evaluate.traversing import plan, traverser
from latentstudio.session.predictors import choose_predictor

SEEDS = range(8)
STEPS = 3
MOST = 3
"""Attributes that are told."""
_LEAST = 0.05
"""Correlation below which an attribute does not count as changed."""


@torch.no_grad()
def changes(generator: Generator, direction: Direction) -> Job[Changes]:
    """Walk a direction over half its range from a few seeds and read what changes.

    Returns:
        Without attributes where no predictor was made for this model.

    Raises:
        LatentStudioError: The predictor or the walk failed.
    """
    key = ModelKey.of(generator.info)
    predictor = yield from choose_predictor(None, key)
    if not predictor.suits(key):
        return Changes(direction.id)
    pool = seed_pool(generator, SEEDS)
    reach = max(abs(direction.low), abs(direction.high)) / 2
    walked = plan(generator, pool, [direction], steps=STEPS, reach=reach)
    guide = yield from traverser(generator, pool, "straight")
    reading = AttributeReader(walked, predictor)
    for start in range(len(pool)):
        reading.add(0, start, guide.images(direction, start, walked.amounts(0)))
        yield Step((start + 1) / len(pool))
    return Changes(direction.id, _strongest(rank_values(reading.result())))


def _strongest(found: Ranking) -> tuple[tuple[str, float], ...]:
    """The attributes that change most, strongest first."""
    sizes = np.abs(found.correlation[0])
    chosen = [column for column in found.strongest(0) if sizes[column] >= _LEAST][:MOST]
    return tuple((found.attributes[i], float(found.correlation[0, i])) for i in chosen)
