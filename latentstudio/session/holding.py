"""Any direction held to one part of a picture, and what that saves."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
import torch

from latentstudio.core.errors import AbilityError, OptionError
from latentstudio.core.progress import Job, part
from latentstudio.document.assets import digest_of_array
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.document.state import MaskUse, Picture
from latentstudio.engine.generator import Generator, Noise
from latentstudio.evaluate.local_names import place
from latentstudio.region.masks import Mask, checked
from latentstudio.render.pipeline import Latents, Pipeline
from latentstudio.render.renderer import Renderer
from latentstudio.session.leaking import faces
from latentstudio.session.local_walks import leaks_at_level
from latentstudio.session.path_making import RegionPlace, held
from latentstudio.session.region_messages import PathRequest


@dataclass(frozen=True, slots=True, eq=False)
class Held:
    """A direction that is held to a region.

    Attributes:
        directions: It alone, with its mask.
        level: Its leak where the mean change inside has reached `local_walks.LEVEL`, or None.
        free: The same of the direction as it was.
    """

    directions: DirectionSet
    level: float | None
    free: float | None


@torch.no_grad()
def hold(
    generator: Generator,
    latents: Latents,
    noise: Noise,
    mask: Mask,
    known: Direction,
    protect: bool = False,
) -> Job[Held]:
    """Walk any direction so that it stays in a region of one picture.

    Args:
        generator: The model.
        latents: The picture.
        noise: Its noise inputs.
        mask: The region, (height, width) of the picture, 0 to 1.
        known: The direction, a straight one of the model's own code.
        protect: Pixels outside stay as they are.

    Raises:
        OptionError: Several pictures, a mask of nothing or everything, or no such direction.
        AbilityError: Some channels of the picture follow other edits.
    """
    if len(latents) > 1:
        raise OptionError("A direction is held to a region of one picture. Give one seed.")
    if latents.mixes:
        raise AbilityError("A direction can't be held while groups of channels are off.")
    kept = np.ascontiguousarray(checked(mask), np.float32)
    digest = digest_of_array(kept)
    where = place(mask, (yield from faces(generator)))
    request = PathRequest(Picture(), known.id, use=MaskUse(digest), name=where)
    there = RegionPlace(generator, latents, noise, mask)
    one = yield from part(held(Renderer(generator), known, there, request, where), 0.0, 0.8)
    options = {**one.provenance.options, "protect": protect}
    one = replace(one, provenance=replace(one.provenance, options=options))
    job = leaks_at_level(Pipeline(generator), latents, noise, mask, [known, one])
    free, level = yield from part(job, 0.8, 1.0)
    alone = DirectionSet(ModelKey.of(generator.info), (one,), masks={digest: kept})
    return Held(alone, level, free)


def record(found: Held, of: str) -> dict[str, Any]:
    """The findings as plain values; the keys are promised in the documentation.

    Args:
        found: What was worked out.
        of: Name of the direction that is held.
    """
    (one,) = found.directions.directions
    names = ("leak", "locality", "strength")
    measured = {name: one.measured[name] for name in names}
    return {
        "held": of,
        "path": "feedback",
        "protect": bool(one.provenance.options["protect"]),
        "layers": None if one.layers is None else list(one.layers),
        "directions": [
            {**measured, "leak_at_0.25": found.level, "free_leak_at_0.25": found.free,
             "name": one.name},
        ],
    }  # fmt: skip
