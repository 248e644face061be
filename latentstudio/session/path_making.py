"""Paths for the window: a local slider that bends, and any direction held to a region."""

import uuid
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from latentstudio.core.errors import OptionError
from latentstudio.core.progress import Job, part
from latentstudio.document.direction import Direction, DirectionSet, Local, ModelKey
from latentstudio.engine.generator import Generator, Noise
from latentstudio.region.leak import Leak
from latentstudio.region.local_paths import PathOptions, local_path, refines
from latentstudio.region.masks import Mask, checked
from latentstudio.region.pool_metric import PoolMetric
from latentstudio.render.coarse import SLOW
from latentstudio.render.drawing import at_their_truncation
from latentstudio.render.pipeline import Latents, Pipeline
from latentstudio.render.renderer import Renderer
from latentstudio.session.early_readout import reading_for
from latentstudio.session.local_leaks import AMOUNT, real_leaks
from latentstudio.session.local_walks import along
from latentstudio.session.region_messages import PathRequest

LED, FRESH = 64, 16
"""Tangents at the start of a path while somebody waits, and those pushed anew at each step; see
`region.path_columns`."""
SLOW_LED, SLOW_FRESH = 48, 8
"""The same of a model whose pictures take long."""
DESCENTS, SLOW_DESCENTS = 12, 6
"""Steps of descent at each point of a refined path while somebody waits, and the same."""


@dataclass(frozen=True, slots=True, eq=False)
class RegionPlace:
    """Where a path is walked.

    Attributes:
        network: What draws the picture: the model, or a copy fitted to its photo.
        latents: The picture's.
        noise: Its noise inputs.
        mask: The region, (H, W), 0 to 1.
        metric: The pool's, where it is known.
    """

    network: Generator
    latents: Latents
    noise: Noise
    mask: Mask
    metric: PoolMetric | None = None


def bent(
    renderer: Renderer, known: Direction, place: RegionPlace, request: PathRequest
) -> Job[Direction]:
    """A straight local direction along a path that leaks less; id and name stay.

    Args:
        renderer: Of the model.
        known: The straight one.
        place: Where.
        request: Says how far it has been seen.
    """
    path = yield from part(_walked(renderer, known, place, request, hold=False), 0.0, 0.95)
    return (yield from part(_measured(renderer, path, place), 0.95, 1.0))


def held(
    renderer: Renderer, known: Direction, place: RegionPlace, request: PathRequest, where: str
) -> Job[Direction]:
    """Any direction of a picture's code, held to a region.

    Args:
        renderer: Of the model.
        known: The direction.
        place: Where; its mask is the region.
        request: Names the region.
        where: The region in a word.

    Raises:
        OptionError: It is no straight line in the model's own code, or the mask is empty or full.
    """
    checked(place.mask)
    code = renderer.generator.info.code_space
    if not known.straight or known.vector.ndim != 1 or known.space is not code:
        raise OptionError(
            f"{known.name} can't be held to a region: only straight directions of "
            f"{code.upper()} can, and those that take one step for all layers."
        )
    assert request.use is not None
    vector: NDArray[np.float32] = known.vector.astype(np.float32)
    options = {**known.provenance.options, "hold": True, "path": "feedback", "protect": True}
    local = replace(
        known,
        id=f"held-{uuid.uuid4().hex[:8]}",
        name=f"{known.name}, {where.lower()} only",
        group=f"{where}, held",
        payload=Local(vector, request.use.digest),
        provenance=replace(known.provenance, of=known.id, options=options),
        measured={},
    )
    path = yield from part(_walked(renderer, local, place, request, hold=True), 0.0, 0.95)
    return (yield from part(_measured(renderer, path, place), 0.95, 1.0))


def replaced(found: DirectionSet | None, model: ModelKey, one: Direction) -> DirectionSet:
    """All directions, one in the place of the one of its id, or before all others."""
    known = found or DirectionSet(model, ())
    if any(d.id == one.id for d in known.directions):
        rows = tuple(one if d.id == one.id else d for d in known.directions)
    else:
        rows = (one, *known.directions)
    return replace(known, directions=rows)


def _walked(
    renderer: Renderer, known: Direction, place: RegionPlace, request: PathRequest, hold: bool
) -> Job[Direction]:
    slow = renderer.milliseconds > 1000 * SLOW
    led, fresh = (SLOW_LED, SLOW_FRESH) if slow else (LED, FRESH)
    descents = SLOW_DESCENTS if slow else DESCENTS
    options = PathOptions(led=led, fresh=fresh, tau=request.tau, descents=descents)
    walk = local_path(
        at_their_truncation(place.network, place.latents), place.latents.codes, place.mask,
        known.vector, known.unit, options, place.latents.classes, place.noise, known.layers,
        place.metric, hold, reading_for(place.network, renderer.coarse, known.layers),
        request.used,
    )  # fmt: skip
    found = along(known, (yield from walk))
    kind = "refined" if refines(place.network.info, hold) else "feedback"
    told = {**known.provenance.options, "path": kind}
    return replace(found, provenance=replace(known.provenance, options=told))


def _measured(renderer: Renderer, one: Direction, place: RegionPlace) -> Job[Direction]:
    """With what its pictures show, as straight ones have it."""
    alone = DirectionSet(ModelKey.of(renderer.generator.info), (one,))
    job = real_leaks(Pipeline(place.network), place.latents, place.noise, place.mask, alone)
    (leak,) = yield from job
    return replace(one, measured={**one.measured, **_figures(leak)})


def _figures(leak: Leak) -> dict[str, float | None]:
    ratio = leak.ratio if np.isfinite(leak.ratio) else None
    return {"leak": ratio, "locality": leak.local, "strength": leak.strength / AMOUNT}
