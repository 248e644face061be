"""Discovery methods against each other: which finds the best direction for each attribute.

Every method finds equally many directions with equally many steps, from the same seed. Every
direction is walked from the same pool to the same change of the picture, so that a long unit or
a shy one gives no method an advantage. Random directions are the floor.
"""

import itertools
import math
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Job, Step, part
from latentstudio.document.direction import Direction
from latentstudio.engine.generator import Generator
from latentstudio.evaluate.attributes import AttributeReader
from latentstudio.evaluate.contestants import Contestant, Terms, find_all, random_directions
from latentstudio.evaluate.pool import Pool
from latentstudio.evaluate.predictor import Predictor
from latentstudio.evaluate.ranking import Ranking
from latentstudio.evaluate.tables import places_of, rank_values
from latentstudio.evaluate.traversing import Traverser, plan, traverser, with_reaches
from latentstudio.evaluate.values import Values

METHOD_SHARE = 0.5
"""Part of the time that finding directions takes, for the progress."""
_PROBES = 4
_COMPARED = 32
_GRID = (1 / 8, 1 / 4, 1 / 2, 1.0)
_HALF_WAY = 0.5
"""Part of the way to another picture's codes that any direction may be walked at most.

Its slider's length, where that is more. Four deviations alone would end a walk early where codes
vary little, and no way at all lets mouths and brows, which are few pixels, be walked until they
change a picture as much as a hat does, where faces break and predictors read anything."""


@dataclass(frozen=True, slots=True, eq=False)
class Comparison:
    """What came out.

    Attributes:
        contestants: Those that found directions.
        directions: Of all contestants, one after the other.
        rows: For each contestant, the places of its directions.
        values: What was read along the walks.
        ranking: What follows.
        guide: Makes the walks' pictures again.
        missing: A sentence for each method that could not take part.
    """

    contestants: tuple[Contestant, ...]
    directions: tuple[Direction, ...]
    rows: tuple[range, ...]
    values: Values
    ranking: Ranking
    guide: Traverser
    missing: tuple[str, ...]

    def best(self, contestant: int, column: int, *, selective: bool = False) -> int:
        """Which of a contestant's directions changes an attribute most, or most alone."""
        found = self.ranking
        table = found.selectivity if selective else np.abs(found.correlation)
        return max(self.rows[contestant], key=lambda row: float(table[row, column]))


def compare(
    generator: Generator,
    contestants: Sequence[Contestant],
    pool: Pool,
    predictor: Predictor,
    terms: Terms,
    keep: Path | None = None,
    only: Sequence[str] = (),
) -> Job[Comparison]:
    """Find directions by every method, walk them all, read attributes and rank.

    Args:
        generator: The model.
        contestants: Methods and their options.
        pool: Where walks start.
        predictor: Reads attributes.
        terms: What is equal for all.
        keep: Folder for each method's directions; those found there in the same way before
            are taken from it.
        only: Rank by these attributes; by all where empty.

    Raises:
        OptionError: An unknown method, option or attribute, a pool of one picture, or no method
            that can run here.
    """
    places_of(only, predictor.along)  # said before hours of learning
    if len(pool) < 2:
        raise OptionError(
            "The change of a walk is measured by the difference of two pictures, and the pool "
            "holds one. Make a pool of more."
        )
    search = find_all(generator, contestants, terms, keep, predictor)
    sets, missing = yield from part(search, 0, METHOD_SHARE)
    if not sets:
        raise OptionError(" ".join(["No method can find directions in this model.", *missing]))
    directions = tuple(one for _, found in sets for one in found)
    guide = yield from traverser(generator, pool, terms.walk)
    job = _read(guide, directions, predictor, terms)
    values = yield from part(job, METHOD_SHARE, 1.0)
    ends = np.cumsum([0, *(len(found) for _, found in sets)]).tolist()
    return Comparison(
        contestants=tuple(contestant for contestant, _ in sets),
        directions=directions,
        rows=tuple(range(a, b) for a, b in itertools.pairwise(ends)),
        values=values,
        ranking=rank_values(values, only),
        guide=guide,
        missing=tuple(missing),
    )


@torch.no_grad()
def reach_of(guide: Traverser, direction: Direction, change: float) -> float:
    """The amount at which a direction changes pictures by so much (root mean square).

    It is measured to both sides of a few starts and read off a grid; a direction that stays
    below is walked as far as the grid goes.
    """
    own = own_pictures(guide, direction, _PROBES)
    return _reach_of(guide, direction, change, own, _apart(guide, direction))


@torch.no_grad()
def own_pictures(guide: Traverser, direction: Direction, count: int) -> Tensor:
    """The pictures that walks start from, at most so many: (N, C, H, W)."""
    starts = range(min(count, len(guide.pool)))
    return torch.cat([guide.images(direction, start, [0.0]) for start in starts]).clamp(-1.0, 1.0)


@torch.no_grad()
def _apart(guide: Traverser, direction: Direction) -> Tensor:
    """Mean squared distance of two starts' codes in each layer, (layers,)."""
    starts = range(min(_COMPARED, len(guide.pool)))
    codes = torch.cat([guide.codes(direction, start, [0.0]) for start in starts])
    return (codes - codes.roll(1, 0)).square().sum(2).mean(0)


def _farthest(guide: Traverser, direction: Direction, apart: Tensor) -> float:
    """The largest amount to walk to: half the way to another picture, or the slider's end.

    Distances are those of codes, in the layers that the direction changes.
    """
    end = max(abs(direction.low), abs(direction.high))
    codes = guide.codes(direction, 0, [0.0, end])
    moved = (codes[1] - codes[0]).square().sum(1)
    whole = float(apart[moved > 0].sum())
    return float(end * max(1.0, _HALF_WAY * math.sqrt(whole / max(float(moved.sum()), 1e-30))))


@torch.no_grad()
def _reach_of(
    guide: Traverser, direction: Direction, change: float, own: Tensor, apart: Tensor
) -> float:
    """`reach_of` with the first starts' pictures (N, C, H, W) and `_apart`, made once for all."""
    grid = _farthest(guide, direction, apart) * np.array(_GRID)
    amounts = [*grid.tolist(), *(-grid).tolist()]
    curves = []
    for start in range(min(_PROBES, len(own))):
        images = guide.images(direction, start, amounts).clamp(-1.0, 1.0)
        changes = (images - own[start]).square().mean((1, 2, 3)).sqrt()
        curves.append(changes.reshape(2, -1).mean(0).cpu().numpy())
    curve = np.maximum.accumulate(np.mean(curves, axis=0))
    return float(np.interp(change, [0.0, *curve], [0.0, *grid]))


@torch.no_grad()
def difference(guide: Traverser) -> float:
    """Mean difference of two pictures of the pool, root mean square over pixels."""
    anything = random_directions(guide.generator, 1, 0).directions[0]
    return _difference(own_pictures(guide, anything, _COMPARED))


def _difference(images: Tensor) -> float:
    """Mean difference of neighbours among pictures (N, C, H, W), root mean square over pixels."""
    return float((images - images.roll(1, 0)).square().mean((1, 2, 3)).sqrt().mean())


def _read(
    guide: Traverser, directions: Sequence[Direction], predictor: Predictor, terms: Terms
) -> Job[Values]:
    first = own_pictures(guide, directions[0], max(_COMPARED, _PROBES))
    target, apart = terms.change * _difference(first), _apart(guide, directions[0])
    reaches = []
    for index, direction in enumerate(directions):
        reaches.append(_reach_of(guide, direction, target, first, apart))
        yield Step(0.2 * (index + 1) / len(directions), f"Measuring {direction.name}")
    walked = plan(guide.generator, guide.pool, directions, walk=terms.walk, steps=terms.frames)
    walked = with_reaches(walked, reaches)
    reading, total = AttributeReader(walked, predictor), len(directions) * len(guide.pool)
    for start in range(len(guide.pool)):  # outside, so that each start's own picture is made once
        own = guide.images(directions[0], start, [0.0])
        for index, direction in enumerate(directions):
            amounts = walked.amounts(index)
            middle = walked.middle
            moved = guide.images(direction, start, amounts[:middle] + amounts[middle + 1 :])
            reading.add(index, start, torch.cat([moved[:middle], own, moved[middle:]]))
            done = (start * len(directions) + index + 1) / total
            yield Step(0.2 + 0.8 * done, f"Reading walks from {walked.starts[start]}")
    return reading.result()
