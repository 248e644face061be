"""Reading attributes off walks: from a folder of traversals, or as the walks are made."""

from pathlib import Path

import numpy as np
from torch import Tensor

from latentstudio.core.progress import Job, Step
from latentstudio.engine.images import from_pixels
from latentstudio.evaluate import traversals
from latentstudio.evaluate.predictor import Predictor, read_walk
from latentstudio.evaluate.traversals import Traversals
from latentstudio.evaluate.values import FORMAT, Values, ValuesRecord


def read_attributes(folder: Path, found: Traversals, predictor: Predictor) -> Job[Values]:
    """Read a predictor's attributes off every picture of a folder of traversals.

    Raises:
        FileError: A strip is missing or damaged.
        PluginError: The predictor failed.
    """
    reader = AttributeReader(found, predictor)
    total = len(found.directions) * len(found.starts)
    for direction in range(len(found.directions)):
        for start in range(len(found.starts)):
            frames = traversals.read_strip(folder, found, direction, start)
            reader.add(direction, start, from_pixels(frames))
            done = direction * len(found.starts) + start + 1
            yield Step(done / total, f"Reading attributes: {found.directions[direction].name}")
    return reader.result()


class AttributeReader:
    """Collects the attributes of walks, in any order.

    Args:
        found: What is walked.
        predictor: Reads it.
    """

    def __init__(self, found: Traversals, predictor: Predictor) -> None:
        self._found, self._predictor = found, predictor
        shape = (len(found.directions), len(found.starts), found.steps, len(predictor.along))
        self._values = np.zeros(shape, np.float32)

    def add(self, direction: int, start: int, images: Tensor) -> None:
        """Read the pictures of one walk, (K, C, H, W) in [-1, 1]."""
        values = read_walk(self._predictor, images.cpu(), self._found.middle)
        self._values[direction, start] = values.numpy()

    def result(self) -> Values:
        """All that was read."""
        found, predictor = self._found, self._predictor
        record = ValuesRecord(
            format=FORMAT,
            model=found.model,
            name=found.name,
            predictor=predictor.id,
            title=predictor.title,
            attributes=predictor.along,
            directions=tuple(one.id for one in found.directions),
            names=tuple(one.name for one in found.directions),
            amounts=tuple(tuple(found.amounts(i)) for i in range(len(found.directions))),
            starts=found.starts,
            walk=found.walk,
            pool=found.pool,
        )
        return Values(record, self._values)
