"""Names for directions that only have a number, from what they do to a few pictures; kept."""

from collections.abc import Callable, Sequence

import numpy as np
import torch
import torch.nn.functional as nnf
from numpy.typing import NDArray
from torch import Tensor

from latentstudio.core.errors import LatentStudioError
from latentstudio.core.progress import Job, Step
from latentstudio.document.digest import digest_of
from latentstudio.document.direction import Direction
from latentstudio.engine.generator import Generator
from latentstudio.evaluate.change_maps import REACH, SIDE
from latentstudio.evaluate.effect_words import effect_name
from latentstudio.evaluate.effects import ENOUGH, images_of, starts_of
from latentstudio.evaluate.messages import EffectName, EffectNames
from latentstudio.evaluate.predictor import Predictor, as_colour
from latentstudio.evaluate.shape_words import shapes_of
from latentstudio.render.coarse import CoarsePreviews
from latentstudio.render.pipeline import Latents, Move, Pipeline
from latentstudio.store import effect_names

SEEDS = (500, 501, 502, 503, 504, 505)
"""Pictures that directions are tried on."""
_WORDS = "Naming directions"
_TELL_EVERY = 5
_BY_EYE = "places, colours, shapes"
"""What names without a predictor are read by; those of before had no shapes."""

Starts = Sequence[tuple[Latents, Tensor]]


def known_names(
    generator: Generator, directions: Sequence[Direction], predictor: Predictor | None
) -> EffectNames:
    """The names that were made before."""
    fingerprint = generator.info.fingerprint
    words = effect_names.kept(fingerprint, _reader(predictor))
    found = {one.id: words.get(digest_of(one)) for one in directions}
    named = {id: EffectName(*known) for id, known in found.items() if known}
    return EffectNames(named, fingerprint)


@torch.no_grad()
def name_effects(
    generator: Generator,
    directions: Sequence[Direction],
    predictor: Predictor | None = None,
    coarse: CoarsePreviews | None = None,
) -> Job[EffectNames]:
    """Name directions by what they change; what is known of the model is not made again.

    Args:
        generator: The model.
        directions: Some of its.
        predictor: Made for this model, or None: then names say where and how.
        coarse: Preview heads of a model whose pictures take long: theirs will do.

    Yields:
        A step for each picture; every few directions it carries all names so far.
    """
    fingerprint, reader = generator.info.fingerprint, _reader(predictor)
    words = effect_names.kept(fingerprint, reader)
    keys = {one.id: digest_of(one) for one in directions}
    missing = [one for one in directions if keys[one.id] not in words]
    pipeline = Pipeline(generator)
    images = images_of(pipeline, coarse.of_size(ENOUGH) if coarse else None)
    starts = list(starts_of(pipeline, images, SEEDS)) if missing else []
    made = 0

    def so_far() -> EffectNames:
        named = {id: EffectName(*words[k]) for id, k in keys.items() if k in words}
        return EffectNames(named, fingerprint)

    try:
        for index, one in enumerate(missing):
            done = index / len(missing)
            yield Step(done, _WORDS, None if made % _TELL_EVERY else so_far())
            try:
                found = yield from _named(pipeline, images, starts, one, predictor, done)
            except LatentStudioError:
                continue  # one that doesn't fit keeps its number; using it tells why
            words[keys[one.id]] = (found.attributes, found.where, found.ways)
            made += 1
    finally:
        if made:
            effect_names.keep(fingerprint, reader, words)
    return so_far()


def _named(
    pipeline: Pipeline,
    images: Callable[[Latents], Tensor],
    starts: Starts,
    direction: Direction,
    predictor: Predictor | None,
    fraction: float,
) -> Job[EffectName]:
    """Walk to both sides of each start, within the slider's range."""
    maps: list[NDArray[np.float32]] = []
    readings: list[NDArray[np.float32]] = []
    shapes: list[NDArray[np.float32]] = []
    ends = [max(-REACH, direction.low), min(REACH, direction.high)]
    for start, own in starts:
        both = images(pipeline.apply(start, [Move(direction, ends)])).clamp(-1.0, 1.0)
        side = min(SIDE, *both.shape[-2:])
        half = nnf.adaptive_avg_pool2d((both[1:] - both[:1]) / 2, side)
        maps.append(half[0].float().cpu().numpy())
        if predictor is None:
            shapes.append(shapes_of(both))
        else:
            three = torch.cat([both[:1], own.clamp(-1.0, 1.0), both[1:]]).cpu()
            readings.append(predictor.read(as_colour(three)).float().numpy())
        yield Step(fraction, _WORDS)
    if predictor is None:
        return effect_name(np.stack(maps), shapes=np.stack(shapes))
    return effect_name(np.stack(maps), np.stack(readings), predictor.attributes, face=True)


def _reader(predictor: Predictor | None) -> str:
    """What names were read by: another predictor gives others."""
    if predictor is None:
        return _BY_EYE
    return " ".join((predictor.id, *(one.name for one in predictor.attributes)))
