"""Paths that stay in their region: straight, curved, curved with feedback, or refined.

A direction that is local at the start leaves its region as it goes, since the Jacobian turns. A
path is walked in steps instead, with J and the masked products anew at each:

* *curved*: on along the last direction, projected on the span of the leading local directions
  there (ReSeFa, Zhu et al., ICML 2022);
* *with feedback*: besides, what has leaked so far is undone. With B the rows of J outside the mask
  and e the change there since the start,

      c = -(B^T B + lambda tr(B^T B) I)^-1 B^T e,

  less the part of c that would undo the change inside, and no longer than `most` steps.

* *refined*: every point leaks as little as it can (`region.refined_path`).

J is taken along a leading basis only (`region.progressive_jacobian`), which with the last
direction is enough. A direction that somebody else found can be *held* to a region in the same way:
it is kept as it is, and c undoes what the step itself would change outside, too.

Points are kept, so that the slider that goes there and back is at the very same latent.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Job, Step
from latentstudio.core.spaces import Ability, GeneratorInfo
from latentstudio.engine.generator import Generator, Noise
from latentstudio.engine.pushforward import Readout
from latentstudio.region.masks import Mask, checked
from latentstudio.region.path_options import MOST_STEPS, PATHS, REACH, PathOptions
from latentstudio.region.path_side import PathSide, as_straight, rising
from latentstudio.region.path_walk import PathWalk
from latentstudio.region.pool_metric import PoolMetric
from latentstudio.region.refined_path import RefinedWalk
from latentstudio.region.subspace import check_numbers

__all__ = ["PATHS", "REACH", "LocalPath", "PathOptions", "local_path"]


@dataclass(frozen=True, slots=True, eq=False)
class LocalPath:
    """The points of a path.

    Attributes:
        points: Displacements from the start, (n, dim), or (n, layers, dim) where each layer has
            its own; 0 among them, the side of minus first.
        amounts: The slider's amount at each, (n,), rising: where the straight direction changes
            the inside as much.
        inside: Mean |change| inside at each, (n,), by the small pictures.
        leak: Change outside over change inside at each, (n,); 0 at the start.
        vector: Along which it leaves, (dim,), or (layers, dim).
        layers: Which layers the displacements are added to, or None for all.
    """

    points: NDArray[np.float32]
    amounts: NDArray[np.float32]
    inside: NDArray[np.float32]
    leak: NDArray[np.float32]
    vector: NDArray[np.float32]
    layers: tuple[int, int] | None

    def at(self, amount: float) -> NDArray[np.float32]:
        """The displacement of an amount, (dim,) or (layers, dim).

        Between two points straight, beyond the last as there.
        """
        index = int(np.clip(np.searchsorted(self.amounts, amount), 1, len(self.amounts) - 1))
        low, high = self.amounts[index - 1], self.amounts[index]
        share = np.float32((amount - low) / (high - low))
        before, after = self.points[index - 1], self.points[index]
        found: NDArray[np.float32] = before + share * (after - before)
        return found


@torch.no_grad()
def local_path(
    generator: Generator,
    codes: Tensor,
    mask: Mask,
    vector: NDArray[np.floating],
    unit: float,
    options: PathOptions | None = None,
    classes: Tensor | None = None,
    noise: Noise = "const",
    layers: tuple[int, int] | None = None,
    metric: PoolMetric | None = None,
    hold: bool = False,
    reading: Readout | None = None,
    used: Sequence[float] = (),
) -> Job[LocalPath]:
    """Walk a local direction to both sides of a picture.

    Args:
        generator: The model, at the truncation of the picture.
        codes: The picture's, (1, layers, dim).
        mask: (side, side), any size.
        vector: The direction, unit length, (dim,).
        unit: Its unit: the length of amount 1.
        options: How.
        classes: (1,), for conditional models.
        noise: As for the picture.
        layers: First and last layer that it changes.
        metric: The pool's, where it is known: its basis is better.
        hold: The direction is not a local one: keep it, and undo what it does outside.
        reading: Where pictures are read.
        used: Amounts at which somebody has seen the straight direction: it stays straight as far
            as these, is at the same latent to the bit there, and bends only from there on.

    Yields:
        A step for each step.

    Raises:
        OptionError: A mask of nothing or everything, a path of no such name, a picture or a
            direction of values that aren't numbers, or nothing changes the region.
    """
    options = options or PathOptions()
    if options.path not in PATHS:
        raise OptionError(f"A path is one of {', '.join(PATHS)}, not '{options.path}'.")
    if options.path == "refined" and not refines(generator.info, hold):
        options = replace(options, path="feedback")
    check_numbers(np.asarray(vector, np.float64))
    given = (generator, codes, checked(mask), options, classes, noise, layers, reading)
    first = torch.from_numpy(np.asarray(vector, np.float32)).to(codes)
    sides, reached = [], layers
    if options.path == "refined":
        refined = RefinedWalk(*given)
        reached = refined.layers
        for sign, done in ((-1.0, 0.0), (1.0, 0.5)):
            sides.append(
                (yield from refined.side(sign * first, unit, _seen(used, sign), done, 0.5))
            )
        first = refined.straight(first)
    else:
        walk = PathWalk(*given)
        walk.choose_basis(metric)
        for sign, done in ((-1.0, 0.0), (1.0, 0.5)):
            walk.begin_side()
            seen = _seen(used, sign)
            sides.append((yield from _side(walk, sign * first, unit, hold, done, seen)))
    behind, ahead = sides
    return _whole(behind, ahead, first.float().cpu().numpy(), reached)


def refines(info: GeneratorInfo, hold: bool = False) -> bool:
    """Whether a path can be refined: otherwise one with feedback takes its place."""
    return Ability.GRADIENT in info.abilities and not hold


def _seen(used: Sequence[float], sign: float) -> list[float]:
    """Amounts of one side, from the start outward."""
    return sorted(abs(amount) for amount in used if sign * amount > 0)


def _whole(
    behind: PathSide,
    ahead: PathSide,
    vector: NDArray[np.float32],
    layers: tuple[int, int] | None,
) -> LocalPath:
    """Both sides with the start between them."""
    zero = np.zeros(1, np.float32)
    return LocalPath(
        np.concatenate([behind.points[::-1], np.zeros_like(ahead.points[:1]), ahead.points]),
        np.concatenate([-behind.amounts[::-1], zero, ahead.amounts]),
        np.concatenate([behind.inside[::-1], zero, ahead.inside]),
        np.concatenate([behind.leak[::-1], zero, ahead.leak]),
        vector,
        layers,
    )


def _side(
    walk: PathWalk, vector: Tensor, unit: float, hold: bool, done: float, seen: Sequence[float]
) -> Job[PathSide]:
    """Walk to one side until the inside has changed enough; straight as far as it was seen."""
    options = walk.options
    longest = options.step * unit
    here, last = torch.zeros_like(vector), vector
    points: list[NDArray[np.float32]] = []
    inside: list[float] = []
    leak: list[float] = []
    for amount in seen:
        here = amount * (vector * unit)  # in this order: as `render.moves` has it
        strength, leaked = walk.measured(walk.change(here))
        points.append(here.float().cpu().numpy())
        inside.append(strength)
        leak.append(leaked)
    for index in range(MOST_STEPS if not inside or inside[-1] < options.reach else 0):
        yield Step(done + index / MOST_STEPS / 2, "Working out a path")
        if options.path == "straight":
            here = here + longest * vector
        else:
            here, last = walk.step(here, last, longest, hold)
        change = walk.change(here)
        strength, leaked = walk.measured(change)
        if not np.isfinite(strength) or (index > 3 and strength < 0.5 * max(inside)):
            break  # it leads nowhere
        points.append(here.float().cpu().numpy())
        inside.append(strength)
        leak.append(leaked)
        if strength >= options.reach:
            break
    if not points:
        raise OptionError("Nothing changes this region from here. Choose another direction.")
    walked = len(points) - len(seen)
    amounts = (seen[-1] if seen else 0.0) + options.step * np.arange(1, walked + 1)
    if options.path != "straight":

        def strength_at(amount: float) -> float:
            return walk.measured(walk.change(amount * unit * vector))[0]

        amounts = as_straight(strength_at, np.array(inside))[len(seen) :]
    amounts = rising(np.array([*seen, *amounts]), len(seen))
    return PathSide.of(points, amounts, inside, leak)
