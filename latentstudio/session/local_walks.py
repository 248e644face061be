"""How local directions are walked from a start: straight or along a path, protected or not."""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch
from torch import Tensor

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Job, Step, part
from latentstudio.core.spaces import Space
from latentstudio.document.assets import digest_of_array
from latentstudio.document.direction import Direction, DirectionSet, Local
from latentstudio.engine.generator import Generator, Noise
from latentstudio.region.leak import Leak, measure
from latentstudio.region.local_paths import PATHS, LocalPath, PathOptions, local_path
from latentstudio.region.masks import Mask
from latentstudio.region.pool_metric import PoolMetric
from latentstudio.render.drawing import at_their_truncation
from latentstudio.render.pipeline import Latents, Move, Pipeline

BASES = ("axes", "pool")
LEVEL = 0.25
"""Mean |change| inside, of a range of 2, at which directions are compared."""
FARTHEST = 24.0
"""Largest amount at which that is looked for."""


@dataclass(frozen=True, slots=True)
class LocalWalk:
    """How local directions are walked.

    Attributes:
        path: One of `region.local_paths.PATHS`.
        protect: Pixels outside the feathered mask stay as they are.
        basis: Tangents along the axes, or along the pool's eigenvectors.
    """

    path: str = "straight"
    protect: bool = False
    basis: str = "axes"

    def check(self, pictures: int) -> None:
        """Refuse what can't be done.

        Raises:
            OptionError: No such path or basis, or a path for several pictures.
        """
        if self.path not in PATHS:
            raise OptionError(f"A path is one of {', '.join(PATHS)}, not '{self.path}'.")
        if self.basis not in BASES:
            raise OptionError(f"A basis is one of {', '.join(BASES)}, not '{self.basis}'.")
        if self.path != "straight" and pictures > 1:
            raise OptionError(
                "A path is worked out for one picture. Give one seed, or choose --path straight."
            )


def as_local(directions: DirectionSet, mask: Mask, walk: LocalWalk) -> DirectionSet:
    """The same directions, with their mask, walked so. The mask is (H, W), 0 to 1."""
    held = np.ascontiguousarray(mask, np.float32)
    digest = digest_of_array(held)
    told = {"path": walk.path, "protect": walk.protect, "basis": walk.basis}

    def local(one: Direction) -> Direction:
        how = replace(one.provenance, options={**one.provenance.options, **told})
        return replace(one, payload=Local(one.vector, digest), provenance=how)

    return replace(
        directions, directions=tuple(map(local, directions.directions)), masks={digest: held}
    )


def with_paths(
    generator: Generator,
    latents: Latents,
    noise: Noise,
    mask: Mask,
    directions: DirectionSet,
    walk: LocalWalk,
    metric: PoolMetric | None = None,
    tau: float = 1e-3,
) -> Job[DirectionSet]:
    """Local directions along paths of one picture; straight ones stay as they are.

    The mask is (H, W), 0 to 1.

    Args:
        generator: The model.
        latents: The picture.
        noise: Its noise inputs.
        mask: Its region.
        directions: From `as_local`.
        walk: Which path.
        metric: The pool's, where it is known.
        tau: Of ReSeFa.
    """
    if walk.path == "straight":
        return directions
    network = at_their_truncation(generator, latents)
    options = PathOptions(walk.path, tau=tau)
    found: list[Direction] = []
    for index, one in enumerate(directions.directions):
        job = local_path(
            network, latents.codes, mask, one.vector, one.unit, options, latents.classes, noise,
            one.layers, metric,
        )  # fmt: skip
        start, end = index / len(directions), (index + 1) / len(directions)
        found.append(along(one, (yield from part(job, start, end))))
    return replace(directions, directions=tuple(found))


def along(direction: Direction, path: LocalPath) -> Direction:
    """A local direction that follows a path from now on; its slider ends where the path does.

    Where the path moves each layer by itself, it becomes one in W+.
    """
    assert isinstance(direction.payload, Local)
    vector, space = direction.vector, direction.space
    if path.points.ndim == 3 and vector.ndim == 1:
        vector, space = path.vector, Space.WPLUS
    payload = replace(direction.payload, vector=vector, points=path.points, amounts=path.amounts)
    low, high = float(np.floor(path.amounts[0])), float(np.ceil(path.amounts[-1]))
    return replace(direction, payload=payload, space=space, low=low, high=high, layers=path.layers)


def leaves_as(path: Direction, straight: Direction) -> bool:
    """Whether a direction along a path leaves its start the way a straight one does."""
    own = path.vector
    if own.ndim == 2 and straight.vector.ndim == 1:
        own = own[straight.layers[0] if straight.layers else 0]
    return np.array_equal(own, straight.vector)


def opposite(direction: Direction) -> Direction:
    """The same local direction with plus and minus exchanged."""
    payload = direction.payload
    assert isinstance(payload, Local)
    turned = replace(
        payload,
        vector=-payload.vector,
        points=np.ascontiguousarray(payload.points[::-1]),
        amounts=np.ascontiguousarray(-payload.amounts[::-1]),
    )
    return replace(direction, payload=turned, low=-direction.high, high=-direction.low)


def leaks_at_level(
    pipeline: Pipeline, latents: Latents, noise: Noise, mask: Mask, directions: Sequence[Direction]
) -> Job[list[float | None]]:
    """Leak of each direction where the mean change inside has reached `LEVEL`, unprotected.

    The mask is (H, W), the pictures' size, 0 to 1.

    Mean of both sides, of those that get there; None where neither does.
    """
    still = pipeline.images(latents, noise)

    def leak(direction: Direction, amount: float) -> Leak:
        moved = pipeline.apply(latents, [Move(direction, amount)])
        change = (pipeline.images(moved, noise) - still).abs().mean(0)
        return measure(_array(change), mask)

    found: list[float | None] = []
    for index, one in enumerate(directions):
        yield Step(index / len(directions), "Measuring what leaks")
        sides = [_where(one, sign, leak) for sign in (-1.0, 1.0)]
        reached = [side.ratio for side in sides if side is not None]
        found.append(float(np.mean(reached)) if reached else None)
    return found


def _where(direction: Direction, sign: float, leak: Any) -> Leak | None:
    """The leak where one side reaches the level: doubled until it does, then halved in between."""
    low, high = 0.0, 2.0
    at: Leak = leak(direction, sign * high)
    while at.strength < LEVEL:
        if high >= FARTHEST:
            return None
        low, high = high, min(2 * high, FARTHEST)
        at = leak(direction, sign * high)
    for _ in range(5):
        middle = (low + high) / 2
        between: Leak = leak(direction, sign * middle)
        if between.strength < LEVEL:
            low = middle
        else:
            high, at = middle, between
    return at


def _array(change: Tensor) -> Any:
    return change.detach().to(torch.float32).cpu().numpy()


@dataclass(frozen=True, slots=True, eq=False)
class LocalTrial:
    """A local direction tried on another picture.

    Attributes:
        seed: Which.
        image: With the edit, (C, H, W) float32.
        leak: Of the edit there.
    """

    seed: int
    image: Any
    leak: Leak


def try_on(
    generator: Generator,
    seeds: Sequence[int],
    direction: Direction,
    amount: float,
    mask: Mask,
    label: int | None = None,
    noise: Noise = "const",
) -> Job[list[LocalTrial]]:
    """How a direction does on other pictures, unprotected.

    The mask is (H, W), the pictures' size, 0 to 1.
    """
    pipeline, found = Pipeline(generator), list[LocalTrial]()
    for index, seed in enumerate(seeds):
        yield Step(index / len(seeds), "Trying it on others")
        start = pipeline.from_seeds([seed], None if label is None else [label])
        edited = pipeline.apply(start, [Move(direction, amount)])
        images = pipeline.images(edited, noise)
        change = (images - pipeline.images(start, noise))[0]
        found.append(LocalTrial(seed, _array(images[0]), measure(_array(change), mask)))
    return found
