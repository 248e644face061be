"""What a predictor reads of directions, walked as `compare` walks them."""

import numpy as np

from latentstudio.core.progress import run
from latentstudio.document.direction import ModelKey
from latentstudio.evaluate.comparing import _read
from latentstudio.evaluate.contestants import Terms
from latentstudio.evaluate.pools import seed_pool
from latentstudio.evaluate.predictor import IDENTITY
from latentstudio.evaluate.tables import rank_values
from latentstudio.evaluate.traversing import traverser
from latentstudio.session.predictors import choose_predictor

FIRST_SEED, FRAMES = 1000, 3
"""Of the pictures that `compare` walks from by default; pictures in a walk."""


class Reading:
    """Reads directions of a model from some of the pictures that `compare` walks from.

    Attributes:
        suits: Whether there is a predictor that was made for the model.
    """

    def __init__(self, model, starts):
        key = ModelKey.of(model.info)
        self._predictor = run(choose_predictor(None, key))
        self.suits = self._predictor.suits(key)
        pool = seed_pool(model, range(FIRST_SEED, FIRST_SEED + starts))
        self._guide = run(traverser(model, pool, "straight"))

    def tables(self, directions):
        """Sizes of correlation and selectivity, (K, A) each, of all attributes but identity."""
        job = _read(self._guide, directions, self._predictor, Terms(frames=FRAMES))
        found = rank_values(run(job))
        named = [place for place, name in enumerate(found.attributes) if name != IDENTITY]
        return tuple(np.abs(table[:, named]) for table in (found.correlation, found.selectivity))
