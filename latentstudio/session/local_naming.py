"""Names of local directions, from what they do to a few pictures."""

from collections.abc import Sequence
from dataclasses import replace

import numpy as np
import torch

from latentstudio.core.progress import Job, Step
from latentstudio.document.direction import Direction, DirectionSet, ModelKey
from latentstudio.engine.generator import Noise
from latentstudio.evaluate.local_names import local_name
from latentstudio.evaluate.predictor import Predictor, as_colour
from latentstudio.region.masks import Mask
from latentstudio.render.pipeline import Latents, Move, Pipeline
from latentstudio.session.predictors import choose_predictor

OTHERS = (900_101, 900_102, 900_103)
"""Seeds of further pictures on which a direction is looked at."""
FAR = 2.0 / 3.0
"""How much of the slider's range is walked to either side."""


def named(
    pipeline: Pipeline,
    latents: Latents,
    noise: Noise,
    mask: Mask,
    directions: DirectionSet,
) -> Job[DirectionSet]:
    """The same directions with plain names, each used once. The mask is (H, W), 0 to 1.

    Args:
        pipeline: Of the model.
        latents: The pictures they were found in.
        noise: Theirs.
        mask: The region.
        directions: Local ones.
    """
    predictor = yield from choose_predictor(None, directions.model)
    label = None if latents.classes is None else [int(latents.classes[0])]
    others = pipeline.from_seeds(OTHERS, label, latents.truncation)
    found: list[Direction] = []
    names: list[str] = []
    for index, one in enumerate(directions.directions):
        yield Step(index / len(directions), "Naming what was found")
        name = _name(pipeline, (latents.take([0]), others), noise, mask, one, predictor)
        names.append(name)
        again = names.count(name)
        found.append(replace(one, name=name if again == 1 else f"{name} {again}"))
    return replace(directions, directions=tuple(found))


def _name(
    pipeline: Pipeline,
    starts: Sequence[Latents],
    noise: Noise,
    mask: Mask,
    direction: Direction,
    predictor: Predictor,
) -> str:
    """By the mean of all pictures, the direction's own once more than each other."""
    suits = not predictor.missing() and bool(predictor.attributes)
    readings, changes = [], []
    for start in starts:
        ends = []
        for amount in (FAR * direction.low, FAR * direction.high):
            moved = pipeline.apply(start, [Move(direction, amount)])
            ends.append(pipeline.images(moved, noise))
        changes.append((ends[1] - ends[0]).mean(0))
        if suits:
            with torch.inference_mode():
                read = [predictor.read(as_colour(images)).float().mean(0) for images in ends]
            readings.append(torch.stack(read).cpu().numpy())
    change = torch.stack(changes).mean(0).cpu().numpy()
    known = np.mean(readings, axis=0) if readings else None
    face = predictor.suits(_model(pipeline))
    return local_name(mask, change, known, predictor.attributes, face)


def _model(pipeline: Pipeline) -> ModelKey:
    return ModelKey.of(pipeline.generator.info)
